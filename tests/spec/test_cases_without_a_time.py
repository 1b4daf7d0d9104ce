"""Of some cases an export has the completion alone, written once or twice: their time is not known, and not 0 days."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.blocks import Table, sentences
from efficacy_analytics.documents.briefing.sections import bottlenecks as bottlenecks_section
from efficacy_analytics.documents.briefing.sections import limits as limits_section
from efficacy_analytics.documents.briefing.sections import plan as plan_section
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.plan import limit_plan
from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.findings.redesign.what_if import what_if
from efficacy_analytics.vocabulary import Language

LAYOUT = """
format = "csv"
time_zone = "Europe/Isle_of_Man"
calendar = "weekdays"
[event]
case_id = "case"
activity = "step"
completed_at = "done"
department = "office"
[case]
completed_at = "decided"
department = "office"
[constants]
promised_limit = "56 calendar_days"
"""
DECIDED, APPEALED, LONG = 400, 30, 12
"""Cases decided and entered twice on one day, those appealed later, and those that an appeal precedes."""
FIRST = dt.date(2024, 1, 8)
TOLD = {"zh": "没有记录时间", "en": "No time is recorded"}


def rows(office: str, *, same_day: int, appealed: int = 0, long: int = 0, first: str = "decision") -> list[str]:
    """Cases of an office: step, day, and the day on which they were decided."""
    drawn = []
    for number in range(same_day + appealed + long):
        decided = FIRST + dt.timedelta(days=number % 300)
        begun = decided - dt.timedelta(days=70) if number >= same_day + appealed else decided
        days = [(first if begun == decided else "appeal", begun), ("delegated decision", decided)]
        days += [("appeal", decided + dt.timedelta(days=40))] if same_day <= number < same_day + appealed else []
        drawn += [f"{office}{number},{step},{day},{office},{decided}" for step, day in days]
    return drawn


def lake_of(folder: Path, lines: list[str]) -> Path:
    (folder / "layout.toml").write_text(LAYOUT)
    (folder / "log.csv").write_text("\n".join(["case,step,done,office,decided", *lines]) + "\n")
    ingest(folder / "lake", [folder / "log.csv"], str(folder / "layout.toml"))
    publish(folder / "lake", as_on=dt.date(2025, 1, 31))
    return folder / "lake"


def test_decisions_alone_are_counted_as_cases_without_a_time_and_shorten_no_limit(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, rows("P", same_day=DECIDED, appealed=APPEALED, long=LONG))
    with open_log(lake) as log:
        found = limits(log).row(0, named=True)
        planned = limit_plan(log).row(0, named=True)
        facts = log.connection.sql("select count(*) filter (where is_open), min(counted_days) from cases").fetchall()
    assert (found["completed_count"], found["untimed_count"]) == (LONG, DECIDED + APPEALED)
    assert (found["kind"], found["safe_days"]) == ("needs_change", None)  # not 56 → 0: twelve known ones took 70
    assert (planned["untimed_count"], planned["saved_days"]) == (DECIDED + APPEALED, 0)
    assert facts == [(0, 70)]


def test_where_most_cases_take_time_steps_of_one_day_are_of_a_case_of_one_day(tmp_path: Path) -> None:
    days = rows("P", same_day=100) + rows("Q", same_day=20, long=80, first="receipt")
    with open_log(lake_of(tmp_path, days)) as log:
        found = {row["department"]: row for row in limits(log).iter_rows(named=True)}
        shortest = log.connection.sql("select min(counted_days) from cases where department = 'Q'").fetchall()
    assert (found["P"]["completed_count"], found["P"]["untimed_count"]) == (0, 100)
    assert (found["Q"]["completed_count"], found["Q"]["untimed_count"]) == (100, 0)
    assert shortest == [(0,)]


def test_what_a_change_of_a_step_saves_is_not_said_of_cases_without_a_time(tmp_path: Path) -> None:
    with (
        open_log(lake_of(tmp_path, rows("P", same_day=40))) as log,
        pytest.raises(CannotAnswerError, match="no time is recorded for 40 completed cases"),
    ):
        what_if(log, activity="delegated decision")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("section", "name"), [(limits_section, "limits"), (plan_section, "limit_plan")])
@pytest.mark.parametrize("count", [0, 1185])
def test_the_briefing_says_for_how_many_cases_no_time_is_recorded(
    section: object, name: str, count: int, language: Language, tmp_path: Path
) -> None:
    tables = invented_tables()
    first = pl.arange(0, tables[name].height, eager=True) == 0
    tables[name] = tables[name].with_columns(untimed_count=pl.when(first).then(count).otherwise(0))
    blocks = list(section.SECTION.blocks(invented_run(tmp_path / "lake", tables), language))
    told = " ".join(sentences(blocks))
    assert (TOLD[language] in told) == (count > 0)
    assert ("1,185" in told) == (count > 0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_steps_of_one_moment_are_counted_and_not_ranked(language: Language, tmp_path: Path) -> None:
    tables = invented_tables()
    second = pl.col("rank") == 2
    tables["bottlenecks"] = tables["bottlenecks"].with_columns(
        time_kind=pl.when(second).then(pl.lit("between_completions")).otherwise("time_kind"),
        transition_count=pl.when(second).then(9894).otherwise("transition_count"),
        waiting_elapsed_seconds_total=pl.when(second).then(0.0).otherwise("waiting_elapsed_seconds_total"),
    )
    blocks = list(bottlenecks_section.SECTION.blocks(invented_run(tmp_path / "lake", tables), language))
    ranked = next(block for block in blocks if isinstance(block, Table))
    assert "9,894" in " ".join(sentences(blocks))
    assert [row[0] for row in ranked.rows][:3] == ["1", "3", "4"]
