"""When a back-test may say that a limit was kept: not while a quarter that is slower is undecided."""

import numpy as np
import polars as pl
import pytest
from support.drawn_cases import logged

from efficacy_analytics.findings.limits import backtests
from efficacy_analytics.findings.limits.backtests import limit_backtests

FIRST_DAY = np.datetime64("2023-01-01")
DAYS = 720  # the last of eight quarters is not over


def cases(factor: float, *, weeks: int) -> pl.DataFrame:
    """Four cases a day of one item, their times longer by a factor for the last weeks."""
    draw = np.random.default_rng(8)
    day = np.repeat(np.arange(DAYS), 4)
    times = np.ceil(draw.gamma(2, 5, day.size) * np.where(day >= DAYS - 7 * weeks, factor, 1.0)).astype(np.int64)
    return pl.DataFrame(
        {
            "case_key": np.arange(day.size), "department": ["housing"] * day.size, "item": ["deed"] * day.size,
            "accepted_on": (FIRST_DAY + day).astype("datetime64[D]"), "times": times, "day": day,
        }
    )  # fmt: skip


def known(rows: pl.DataFrame, until: int) -> pl.DataFrame:
    """The cases accepted before a day, as they stand on it."""
    age = until - pl.col("day")
    return rows.filter(age > 0).select(
        "case_key", "department", "item", "accepted_on",
        is_open=pl.col("times") > age, needed_days=pl.min_horizontal("times", age).cast(pl.Int32),
    )  # fmt: skip


def verdict(monkeypatch: pytest.MonkeyPatch, factor: float, *, weeks: int = 5, **asked: int) -> dict[str, object]:
    rows = cases(factor, weeks=weeks)
    monkeypatch.setattr(backtests, "tells_the_past", lambda log: True)
    monkeypatch.setattr(backtests, "limit_times", lambda log: known(rows, DAYS))
    monkeypatch.setattr(
        backtests,
        "times_of_days",
        lambda log, days: [known(rows, int((np.datetime64(day) - FIRST_DAY) / np.timedelta64(1, "D"))) for day in days],
    )
    return limit_backtests(logged([], []), share=0.95, **asked).row(0, named=True)


def test_a_steady_item_passes_though_its_last_quarter_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    found = verdict(monkeypatch, 1.0)
    assert found["undecided_count"] > 0
    assert found["verdict"] == "passed"


def test_limits_tried_are_those_of_one_item_unless_more_are_judged_together(monkeypatch: pytest.MonkeyPatch) -> None:
    found, alone = verdict(monkeypatch, 1.0), verdict(monkeypatch, 1.0, item_count=1)
    of_two = verdict(monkeypatch, 1.0, item_count=2)
    assert found == alone
    assert (found["limit_days_least"], found["limit_days_most"]) != (
        of_two["limit_days_least"], of_two["limit_days_most"],
    )  # fmt: skip


def test_nothing_has_passed_while_a_slower_quarter_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    found = verdict(monkeypatch, 2.0)
    assert found["achieved_share"] > 0.95
    assert found["verdict"] == "undecided"
