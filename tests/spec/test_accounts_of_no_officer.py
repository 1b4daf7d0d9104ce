"""Accounts that do more than a person can, or never sleep, are told from officers, to a step."""

import datetime as dt

import polars as pl
import pytest
from support.drawn import log_of

from efficacy_analytics.mining.organisation.accounts import machine_accounts

MORNING = dt.datetime(2024, 3, 4, 9)


def reasons(**moments: list[dt.datetime]) -> dict[str, str]:
    """The accounts that are named, each with its reason, where these did a step at each of their moments."""
    rows = [
        {"case": f"{account} {number}", "activity": "review", "resource": account, "completed": at.isoformat()}
        for account, times in moments.items()
        for number, at in enumerate(times)
    ]
    with log_of(rows, years=(2024, 2024)) as log:
        zone = {"first_case_key": [0], "calendar_number": [1], "time_zone": ["Asia/Shanghai"]}
        log.put("deliveries", pl.DataFrame(zone))
        found = machine_accounts(log)
    return dict(found.select("resource", "reason").rows())


def on_days(steps: int, days: int) -> list[dt.datetime]:
    """So many steps in office hours, spread evenly over days."""
    return [MORNING + dt.timedelta(days=number % days, seconds=7 * 3600 * number // steps) for number in range(steps)]


def every(hours: float, days: float) -> list[dt.datetime]:
    """A step every so many hours, day and night, for so many days."""
    return [MORNING + dt.timedelta(hours=hours * number, seconds=1) for number in range(int(days * 24 / hours) + 1)]


def in_hours(hours: int, steps: int) -> list[dt.datetime]:
    """So many steps, one a day, in turn in each of the first hours from six in the morning on."""
    return [dt.datetime(2024, 1, 1, 6, 30) + dt.timedelta(days=number, hours=number % hours) for number in range(steps)]


@pytest.mark.parametrize("days", [1, 3])
def test_more_than_two_hundred_steps_a_day_are_no_officers(days: int) -> None:
    found = reasons(portal=on_days(200 * days + 1, days), window=on_days(200 * days, days))
    assert found == {"portal": "too_many_steps"}


def test_who_never_pauses_for_six_hours_in_five_days_is_no_officer() -> None:
    found = reasons(gate=every(5.9, 5.3), paused=every(6, 30), brief=every(2, 4.9))
    assert found == {"gate": "round_the_clock"}


def test_days_without_a_rest_count_together_where_each_time_there_are_two_on_end() -> None:
    days = [at + dt.timedelta(days=7 * week) for week in range(3) for at in every(1, 2)]
    long_days = [at + dt.timedelta(days=3 * turn) for turn in range(30) for at in every(1, 1.9)]
    assert reasons(gate=days, on_call=long_days) == {"gate": "round_the_clock"}


def test_who_works_in_shifts_is_an_officer_in_whichever_of_the_hours() -> None:
    """Early, late and night shifts of eight hours, a week each: at work in all hours of the day, a step in each."""
    shifts = [
        dt.datetime(2024, 3, 4, first) + dt.timedelta(days=7 * week + day, hours=hour, minutes=10)
        for week, first in enumerate((6, 14, 22) * 4)
        for day in range(5)
        for hour in range(8)
    ]
    duty = [MORNING + dt.timedelta(days=3 * turn, hours=hour) for turn in range(40) for hour in range(25)]
    assert reasons(shift=shifts, duty=duty, sparse=in_hours(20, 100)) == {}


def test_who_works_by_night_alone_is_a_machine_and_who_does_so_often_is_an_officer() -> None:
    nights = [dt.datetime(2024, 3, 4, 23, 10) + dt.timedelta(days=number) for number in range(99)]
    assert reasons(sms=[*nights, MORNING], guard=[*nights[:97], MORNING, MORNING, MORNING]) == {"sms": "by_night"}


def named(steps: dict[str, list[tuple[dt.datetime, int]]]) -> dict[str, float]:
    """The accounts that several people share, each with its share of steps at once; by when and how many minutes."""
    rows = [
        {
            "case": f"{account} {number}", "activity": "review", "resource": account, "started": at.isoformat(),
            "completed": (at + dt.timedelta(minutes=minutes)).isoformat(),
        }
        for account, times in steps.items()
        for number, (at, minutes) in enumerate(times)
    ]  # fmt: skip
    with log_of(rows, years=(2024, 2024)) as log:
        log.put(
            "deliveries", pl.DataFrame({"first_case_key": [0], "calendar_number": [1], "time_zone": ["Asia/Shanghai"]})
        )
        found = machine_accounts(log).filter(pl.col("reason") == "several_at_once")
    return dict(found.select("resource", "overlap_share").rows())


def one_by_one(days: int, *, beside: int = 0) -> list[tuple[dt.datetime, int]]:
    """A step of half an hour each morning, on some of the days another that begins ten minutes after it."""
    mornings = [MORNING + dt.timedelta(days=number) for number in range(days)]
    return [(at, 30) for at in mornings] + [(at + dt.timedelta(minutes=10), 30) for at in mornings[:beside]]


OFFICERS = {f"officer {number}": one_by_one(40) for number in range(7)}


def test_an_account_under_which_two_are_at_work_at_once_is_no_officer() -> None:
    # 5 of 45 steps begin while another is at work, of the officers' none; 4 of 44 are fewer than a tenth.
    assert named({**OFFICERS, "window": one_by_one(40, beside=5)}) == {"window": pytest.approx(5 / 45)}
    assert named({**OFFICERS, "busy": one_by_one(40, beside=4)}) == {}


def test_where_officers_usually_have_several_steps_at_once_it_is_no_evidence() -> None:
    often = {f"officer {number}": one_by_one(40, beside=2) for number in range(7)}
    assert named({**often, "window": one_by_one(40, beside=30)}) == {}


def test_among_fewer_than_eight_accounts_or_thirty_steps_nothing_is_usual() -> None:
    six = dict(list(OFFICERS.items())[:6])
    assert named({**six, "window": one_by_one(40, beside=30)}) == {}
    assert named({**OFFICERS, "new": one_by_one(20, beside=9)}) == {}


def test_a_file_that_lies_open_over_night_is_no_work_at_once() -> None:
    lying = [(at, 24 * 60) for at, _ in one_by_one(40)]
    assert named({**OFFICERS, "desk": lying + one_by_one(40)}) == {}


def test_of_four_steps_nothing_is_said() -> None:
    nights = [dt.datetime(2024, 3, 4 + number, 2, 10) for number in range(5)]
    assert reasons(seldom=nights[:4], enough=nights) == {"enough": "by_night"}
