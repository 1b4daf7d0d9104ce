"""The city's open clock against times worked out by hand."""

import datetime as dt

import numpy as np
import pytest

from efficacy_analytics.city.handling.queues import meetings
from efficacy_analytics.city.town.working_time import FIRST_DAY, OPEN_DAY, working_time

HOUR = 3600


def wall(text: str) -> np.ndarray:
    moment = dt.datetime.fromisoformat(text) - dt.datetime.combine(FIRST_DAY, dt.time())
    return np.array([int(moment.total_seconds())])


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        # 1 January is a holiday, 2 January 2024 the first working day; an open day is 6.5 hours.
        pytest.param("2024-01-01 10:00:00", 0, id="a holiday has no open second"),
        pytest.param("2024-01-02 09:00:00", 0, id="the first opening"),
        pytest.param("2024-01-02 12:45:00", 3 * HOUR, id="lunch stands still"),
        pytest.param("2024-01-02 14:30:00", 4 * HOUR, id="the afternoon goes on"),
        pytest.param("2024-01-02 22:00:00", OPEN_DAY, id="the evening stands still"),
        # Spring Festival 2024: working Sunday 4 February, off from Saturday 10 to Saturday 17, working Sunday 18.
        # Working days up to 3 February: 4 in the first week, 5 in each of the next four weeks.
        pytest.param("2024-02-04 10:00:00", 24 * OPEN_DAY + HOUR, id="a worked Sunday counts"),
        pytest.param("2024-02-14 10:00:00", 30 * OPEN_DAY, id="the festival does not"),
    ],
)
def test_open_seconds_of_wall_moments(text, opened):
    assert working_time().opened_at(wall(text)).tolist() == [opened]


def test_a_closing_is_an_end_on_its_own_day_and_a_start_on_the_next():
    time = working_time()
    closing = np.array([OPEN_DAY])
    assert time.wall_of_ends(closing).tolist() == wall("2024-01-02 17:00:00").tolist()
    assert time.wall_of_starts(closing).tolist() == wall("2024-01-03 09:00:00").tolist()


def test_going_to_the_wall_and_back_changes_nothing():
    time = working_time()
    opened = np.arange(1, time.horizon, 977)
    assert (time.opened_at(time.wall_of_starts(opened)) == opened).all()
    assert (time.opened_at(time.wall_of_ends(opened)) == opened).all()


def test_a_meeting_on_a_holiday_is_held_on_the_next_working_day():
    time = working_time()
    days = [FIRST_DAY + dt.timedelta(days=int(time.days[day])) for day in meetings(time, weekday=2, weeks=1)]
    assert days[0] == dt.date(2024, 1, 3)
    # Wednesday 14 February lies in the Spring Festival, the next working day is Sunday 18.
    assert dt.date(2024, 2, 18) in days
