"""Supervision of cities of many seeds against a plain reading: board, flow, who was warned, what was corrected."""

import datetime as dt
from pathlib import Path

import pytest
from support.supervised_city import (
    board_differences,
    cards_after_correction,
    days_of,
    flow_balances,
    late_cases_warned,
    published_city,
)

from efficacy_analytics.event_log.cohort import open_log


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 21))
def test_the_board_balances_and_whoever_becomes_late_was_warned_of(tmp_path: Path, seed: int) -> None:
    lake = published_city(tmp_path, cases=2_000, seed=seed)
    with open_log(lake) as log:
        days = days_of(log, 10, seed)
        assert board_differences(log, days) == []
        assert all(flow_balances(log, day) for day in days[:3])
        warned = late_cases_warned(log, days_of(log, 20, seed + 1000))
    assert warned.due_count > 0
    assert warned.unwarned == []
    corrected = cards_after_correction(tmp_path, lake, days[5], days[5] + dt.timedelta(3))
    assert corrected.withdrawn == corrected.corrected
    assert corrected.reasons <= {"not_open"}


def test_the_board_of_a_small_city_is_that_of_a_plain_reading(tmp_path: Path) -> None:
    lake = published_city(tmp_path, cases=300, seed=1)
    with open_log(lake) as log:
        days = days_of(log, 2, 1)
        assert board_differences(log, days) == []
        assert flow_balances(log, days[0])
    corrected = cards_after_correction(tmp_path, lake, dt.date(2025, 1, 8), dt.date(2025, 1, 13))
    assert corrected.card_count > 0
    assert corrected.withdrawn == corrected.corrected
