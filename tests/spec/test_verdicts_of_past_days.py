"""Verdicts of a day that is past: each case has one, or nothing is made of them."""

import datetime as dt
from typing import Any

import pytest
from support.small_city import small_city

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.case_times import times_known
from efficacy_analytics.findings.supervision.board import open_flow


@pytest.mark.parametrize("asked", [lambda log: times_known(log, dt.date(2025, 3, 1)), open_flow])
def test_a_rule_that_stands_twice_is_told_and_doubles_no_case(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build = DuckdbEngine.build

    def doubled(engine: DuckdbEngine, name: str, **params: Any) -> None:
        if name == "clock_verdicts":
            engine.command("insert into clock_flag_lists from clock_flag_lists")
        build(engine, name, **params)

    with open_log(small_city()[0]) as log:
        monkeypatch.setattr(DuckdbEngine, "build", doubled)
        with pytest.raises(CheckFailedError, match=r"\d+ cases have \d+ verdicts"):
            asked(log)
