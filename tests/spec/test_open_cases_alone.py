"""An export of open cases alone, such as a list of what lies on the desks: it is published, and said to be that."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.invented_run import invented_run, invented_tables

import efficacy_analytics as ea
from efficacy_analytics.documents.blocks import KeyFigures, sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.department_page.standing import department_row
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.judged_day import judged_on
from efficacy_analytics.vocabulary import LANGUAGES, Language, heading
from efficacy_analytics.workflows.steps import judged_day_lines, kept_notices

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[event]
case_id = "no"
activity = "at"
started_at = "arrived"
completed_at = {{ any = ["done"], optional = true }}
[case]
accepted_at = "accepted"
due_on = "due"
"""
OPEN = "no,at,arrived,accepted,due\nA,审核,2024-03-06 09:00,2024-03-05 09:00,2024-03-12\nB,收件,,2024-03-08 09:00,\n"


def delivered(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.toml").write_text(LAYOUT.format())
    (folder / f"{name}.csv").write_text(text)
    ingest(folder / "lake", [folder / f"{name}.csv"], str(folder / f"{name}.toml"), delivered_on=dt.date(2024, 6, 30))


def test_open_cases_alone_are_judged_on_the_day_of_the_last_acceptance_and_are_said_to_be_alone(tmp_path: Path) -> None:
    delivered(tmp_path, "desk", OPEN)
    snapshot = publish(tmp_path / "lake")
    assert judged_on(snapshot) == dt.date(2024, 3, 8)
    told = [(one["code"], one["count"]) for one in kept_notices(tmp_path / "lake")]
    assert ("open_cases_alone", 2) in told


def test_a_list_of_open_cases_beside_others_does_not_move_the_day_of_judgement_to_its_delivery(tmp_path: Path) -> None:
    delivered(tmp_path, "desk", OPEN)
    done = "no,at,arrived,accepted,due,done\nC,审核,2024-03-06 09:00,2024-03-05 09:00,,2024-03-20 10:00\n"
    delivered(tmp_path, "archive", done)
    snapshot = publish(tmp_path / "lake")
    assert judged_on(snapshot) == dt.date(2024, 3, 20)
    assert "open_cases_alone" not in [one["code"] for one in kept_notices(tmp_path / "lake")]


def test_cases_that_are_open_because_they_are_judged_early_are_not_said_to_be_alone(tmp_path: Path) -> None:
    done = "no,at,arrived,accepted,due,done\nC,审核,2024-03-06 09:00,2024-03-05 09:00,,2024-03-20 10:00\n"
    delivered(tmp_path, "archive", done)
    publish(tmp_path / "lake", as_on=dt.date(2024, 3, 7))
    assert "open_cases_alone" not in [one["code"] for one in kept_notices(tmp_path / "lake")]


def test_a_day_of_judgement_before_all_data_is_refused_and_one_before_its_end_is_said(tmp_path: Path) -> None:
    done = "no,at,arrived,accepted,due,done\nC,审核,2024-03-06 09:00,2024-03-05 09:00,,2024-03-20 10:00\n"
    delivered(tmp_path, "archive", done)
    with pytest.raises(CallError, match="1990-01-01 is before the first day of the data, 2024-03-05") as refused:
        publish(tmp_path / "lake", as_on=dt.date(1990, 1, 1))
    assert (refused.value.exit_code, "2024-03-05" in refused.value.hint) == (2, True)
    snapshot = publish(tmp_path / "lake", as_on=dt.date(2024, 3, 5))
    (_, warning) = judged_day_lines(tmp_path / "lake", snapshot, as_known_on=None, is_said=True)
    assert "the data goes on until 2024-03-20" in warning
    whole = publish(tmp_path / "lake", as_on=dt.date(2024, 3, 20))
    assert len(judged_day_lines(tmp_path / "lake", whole, as_known_on=None, is_said=True)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_open_cases_alone_no_share_on_time_is_told(tmp_path: Path, language: Language) -> None:
    none = pl.lit(0)
    tables = invented_tables()
    for name in ("on_time", "departments", "period_changes"):
        tables[name] = tables[name].with_columns(completed_count=none, on_time_share=pl.lit(0.0))
    tables["departments"] = tables["departments"].with_columns(overall_on_time_share=pl.lit(0.0))
    run = invented_run(tmp_path, tables)
    blocks = [block for name in ("main_points", "summary", "on_time") for block in SECTIONS[name].blocks(run, language)]
    assert department_row(run, "D01", language)["on_time_share"] is None
    told = [name for block in blocks if isinstance(block, KeyFigures) for name, _ in block.figures]
    assert told
    assert heading("on_time_share", language) not in told
    told_of_share = {"zh": "按时办结率为", "en": "n time: "}[language]
    assert not [one for one in sentences(blocks) if told_of_share in one]


def test_where_every_case_has_one_step_the_front_door_says_that_nothing_waits_between_steps(tmp_path: Path) -> None:
    done = "no,at,arrived,accepted,due,done\nC,审核,2024-03-06 09:00,2024-03-05 09:00,,2024-03-20 10:00\n"
    delivered(tmp_path, "archive", done)
    publish(tmp_path / "lake")
    log = ea.Lake(tmp_path / "lake").log()
    with pytest.raises(CannotAnswerError, match="no step of these cases follows another one"):
        log.cases_behind()
    log.close()
