"""Honest habits that look odd row by row are planted where they are said to be, and name nobody."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.records.shapes import SHAPES
from efficacy_analytics.documents.pages.honesty_terminal import left_out
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.honesty.audit import honesty_checks
from efficacy_analytics.mining.organisation.accounts import machine_accounts
from efficacy_analytics.workflows.steps import publish


def test_a_habit_changes_its_own_rows_and_no_others(tmp_path: Path) -> None:
    make_city(tmp_path / "plain", cases=2_000, seed=4, shapes=())
    truth = make_city(tmp_path / "odd", cases=2_000, seed=4, shapes=("sessions",))
    plain, odd = (pl.read_csv(tmp_path / name / "steps.csv", infer_schema=False) for name in ("plain", "odd"))
    changed = plain.filter(~plain["recorded_at"].eq_missing(odd["recorded_at"]))
    (planted,) = truth.shapes
    assert planted["row_count"] == changed.height > 0
    assert set(changed["department"]) == {"D20"}
    assert plain.drop("recorded_at").equals(odd.drop("recorded_at"))
    for name in ("cases", "clock_stops", "items"):
        assert (tmp_path / "plain" / f"{name}.csv").read_bytes() == (tmp_path / "odd" / f"{name}.csv").read_bytes()


def test_in_a_city_of_all_habits_only_those_who_tamper_are_named(tmp_path: Path) -> None:
    truth = make_city(tmp_path / "city", cases=6_000, seed=3, shapes=SHAPES)
    ingest(tmp_path / "lake", [tmp_path / "city"], "city")
    publish(tmp_path / "lake")
    with open_log(tmp_path / "lake") as log:
        named = honesty_checks(log).filter(pl.col("verdict") == "stands_out")
        machines = machine_accounts(log).rows_by_key("resource", named=True, unique=True)
        (told,) = left_out(log, "en")
    assert set(named["department"]) <= {"D12", "D14", "D03"}
    assert {("D14", "H01"), ("D12", "H13")} <= set(named.select("department", "code").rows())
    reminders = next(row["row_count"] for row in truth.shapes if row["shape"] == "reminders")
    assert machines["D18-sms"]["reason"] == "by_night"
    assert machines["D18-sms"]["step_count"] == reminders
    assert machines["D16-office"]["reason"] == "several_at_once"
    assert set(machines) == {"D18-sms", "D16-office"}
    steps = sum(row["step_count"] for row in machines.values())
    assert "left out: 2 (by night only: 1 and shared by several people: 1)" in told
    assert told.endswith(f"steps: {steps:,}.")


def test_a_habit_that_nobody_knows_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="no city has the shape 'siesta'"):
        make_city(tmp_path, cases=500, shapes=("siesta",))
