"""Rows that intake refused are in no figure: the head of every document says how many, and why."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from support.intake import ingest
from support.invented_page import document_of
from support.invented_run import invented_run
from support.small_city import small_city

from efficacy_analytics.documents.briefing.masthead import masthead
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.content import Masthead
from efficacy_analytics.documents.kinds import KINDS, document_content
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.notices import refused_rows
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.lake.contract.refusal_rules import GROUPS, OF_LIFECYCLE, REASONS, group_of
from efficacy_analytics.lake.delivery import deliveries
from efficacy_analytics.lake.intake.single_rows.rows_to_correct import write_to_correct
from efficacy_analytics.lake.notices import Notice
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.steps import kept_notices

LAYOUT = """format = "csv"
time_zone = "Europe/Berlin"
calendar = "weekdays"
[event]
case_id = "case"
activity = "step"
completed_at = "done"
"""
ROWS = """case,step,done
A,receive,2024-03-04
A,decide,2024-03-32
B,receive,2024-03-04
B,,2024-03-05
B,decide,soon
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    (tmp_path / "hall.toml").write_text(LAYOUT)
    (tmp_path / "log.csv").write_text(ROWS)
    ingest(tmp_path / "lake", [tmp_path / "log.csv"], str(tmp_path / "hall.toml"))
    return tmp_path / "lake"


def told(notices: list[Notice]) -> list[tuple[str, str, int, int]]:
    return [(notice.code, notice.subject, notice.count, notice.of) for notice in notices]


REFUSED = [("rows_refused", "missing", 1, 5), ("rows_refused", "not_readable", 2, 5)]


def test_a_snapshot_keeps_how_many_rows_of_its_deliveries_were_refused_and_why(lake: Path) -> None:
    publish(lake)
    kept = [Notice(**notice) for notice in kept_notices(lake)]
    assert [one for one in told(kept) if one[0] == "rows_refused"] == REFUSED


def test_a_row_that_came_again_corrected_is_refused_once_and_told_as_corrected(lake: Path, tmp_path: Path) -> None:
    name = deliveries(lake)[0].delivery
    (file,) = write_to_correct(lake, name, tmp_path / "corrected")
    file.write_text(file.read_text().replace("2024-03-32", "2024-03-06"))
    ingest(lake, [file], str(tmp_path / "hall.toml"), corrects=name)
    assert told(refused_rows(deliveries(lake))) == [*REFUSED, ("rows_corrected", "", 1, 0)]


def test_a_delivery_of_which_nothing_is_used_tells_nothing_of_its_refused_rows(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "again.csv").write_text(ROWS.replace("soon", "2024-03-07"))
    ingest(lake, [tmp_path / "again.csv"], str(tmp_path / "hall.toml"))
    publish(lake)
    kept = told([Notice(**notice) for notice in kept_notices(lake)])
    assert ("rows_refused", "not_readable", 1, 5) in kept
    assert sum(count for code, _, count, _ in kept if code == "rows_refused") == 2


def test_every_rule_is_of_a_kind_that_has_words_in_both_languages() -> None:
    assert {group_of(rule) for rule in REASONS if rule not in OF_LIFECYCLE} == set(GROUPS)
    assert {group_of(rule) for rule in OF_LIFECYCLE} == {None}
    assert group_of("event_column_skipped_by_the_clock") == "not_readable"


LOG = """<log>{events}</log>""".format(
    events="<trace><string key='concept:name' value='A'/>{}</trace>".format(
        "".join(
            f"<event><string key='concept:name' value='check'/><string key='lifecycle:transition' value='{what}'/>"
            f"<date key='time:timestamp' value='2024-03-{day:02}T09:00:00Z'/></event>"
            for day, what in enumerate(["schedule", "assign", "start", "complete", "start", "ate_abort", "start"], 1)
        )
    )
)


def test_transitions_that_complete_no_step_are_told_as_what_they_are_and_never_as_refused(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text(LOG)
    (tmp_path / "x.toml").write_text(LAYOUT.replace('"csv"', '"xes"').replace('"case"', '"concept:name"')
        .replace('"step"', '"concept:name"').replace('"done"', '"time:timestamp"'))  # fmt: skip
    ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "x.toml"))
    notices = refused_rows(deliveries(tmp_path / "lake"))
    assert told(notices) == [("transitions_not_used", "", 4, 8)]
    assert "are lifecycle transitions that complete no step" in notices[0].words("en")


def head(folder: Path, language: Language) -> list[str]:
    run = invented_run(folder)
    notices = [Notice("rows_refused", "missing", 1, of=6452), Notice("rows_refused", "not_readable", 40, of=6452)]
    run.manifest["snapshot"]["notices"] = json.dumps([asdict(notice) for notice in notices])
    document = document_of(run, language=language)
    return list(masthead(document.shown, document.parameters).remarks)


def test_the_head_tells_the_refused_rows_by_kind_of_reason(tmp_path: Path) -> None:
    assert head(tmp_path / "en", "en")[1] == (
        "Of 6,452 rows delivered, whatever the period, 41 were refused at intake and are in no figure: "
        "1 lacks a value that must be there and 40 cannot be read."
    )
    assert head(tmp_path / "zh", "zh")[1] == (
        "交来的数据共 6,452 行（不限本期），其中 41 行在接收时被退回，不计入任何数字："
        "必填项为空 1 行、内容无法识别 40 行。"
    )


def test_a_snapshot_without_refused_rows_says_nothing_of_them(tmp_path: Path) -> None:
    document = document_of(invented_run(tmp_path))
    assert len(masthead(document.shown, document.parameters).remarks) == 1


@pytest.mark.parametrize("kind", ["briefing", "bulletin"])
def test_a_public_document_tells_a_moved_number_of_them_alone(kind: str) -> None:
    run = small_city()[1]
    notices = [Notice(**one) for one in json.loads(run.manifest["snapshot"]["notices"])]
    refused = [one for one in notices if one.code == "rows_refused"]
    said = next(one for one in head_of(run, kind).remarks if "refused" in one)
    number = re.sub(r"\D", "", said)
    assert said == f"Of the rows delivered, about {int(number):,} were refused at intake and are in no figure."
    assert int(number) % 5 == 0
    assert abs(int(number) - sum(one.count for one in refused)) <= 15  # moved by few steps of five
    assert f"{refused[0].of:,}" not in said


def head_of(run: Run, kind: str) -> Masthead:
    asked = {"language": "en", "edition": "public"}
    if kind == "briefing":
        return document_of(run, **asked).content().head
    return document_content(KINDS[kind], run, checked_document(asked)).head
