"""Known counts: due dates worked out by hand from the State Council's notices, and the Spring Festival of 2025."""

import datetime as dt

import pytest
from support.drawn_clock import REFERENCE, chinese_days, day, judged, verdicts

from efficacy_analytics.clock.explain import due_explained
from efficacy_analytics.clock.legal import counted_days, due_on
from efficacy_analytics.clock.limits import Limit
from efficacy_analytics.clock.working_days import calendar_table

GOLDEN = [
    pytest.param("2025-01-20", 5, "2025-01-26", id="the Sunday worked before Spring Festival 2025 counts"),
    pytest.param(
        "2025-01-27", 5, "2025-02-10", id="eight days of Spring Festival do not count, Saturday 8 February does"
    ),
    pytest.param("2025-09-26", 3, "2025-09-30", id="Sunday 28 September 2025 is worked for National Day"),
    pytest.param("2026-02-13", 5, "2026-02-27", id="Spring Festival 2026 with both its worked weekends"),
    pytest.param("2025-01-06", 20, "2025-02-08", id="the twentieth day is a worked Saturday"),
    pytest.param("2024-09-30", 20, "2024-11-01", id="National Day 2024 with the worked Saturday 12 October"),
    pytest.param("2025-04-25", 3, "2025-04-29", id="Sunday 27 April 2025 is worked for Labour Day"),
    # Qingming 2024: 4-6 April off, Sunday 7 April worked in exchange.
    pytest.param("2024-04-03", 1, "2024-04-07", id="the day after Qingming 2024 is a worked Sunday"),
    # National Day and Mid-Autumn 2025: 1-8 October off, Saturday 11 October worked.
    pytest.param("2025-09-30", 3, "2025-10-11", id="a week of National Day 2025, then 9, 10 and the worked 11 October"),
    # Accepted on a rest day: the first working day after it is the first that counts.
    pytest.param("2025-02-01", 1, "2025-02-05", id="accepted in the holiday"),
    # 2023: 29 September to 6 October off, 7 and 8 October worked.
    pytest.param("2023-09-28", 2, "2023-10-08", id="both days of the weekend after National Day 2023 are worked"),
    pytest.param("2025-03-03", 0, "2025-03-03", id="a limit of no day is the day itself"),
]


@pytest.mark.parametrize(("accepted", "length", "due"), GOLDEN)
def test_a_limit_in_working_days_is_due_on_the_day_the_notices_give(accepted: str, length: int, due: str) -> None:
    assert due_on(chinese_days(2023), day(accepted), Limit(length)) == day(due)
    assert due_explained(day(accepted), str(length), reference=REFERENCE)[0] == day(due)


def test_the_tables_give_the_same_due_dates() -> None:
    cases = [{"accepted_on": day(one.values[0]), "promised_length": one.values[1]} for one in GOLDEN]
    assert [row["due_on"] for row in verdicts(judged(cases))] == [day(one.values[2]) for one in GOLDEN]


def test_seven_working_days_lie_between_24_january_and_10_february_2025() -> None:
    # Off: 28 January to 4 February. Worked: Sunday 26 January and Saturday 8 February. So 26, 27 January and
    # 5, 6, 7, 8, 10 February. pm4py 2.7.23 gives 5 with a Chinese calendar and 11 without.
    assert counted_days(chinese_days(), day("2025-01-24"), day("2025-02-10"), "working_days") == 7
    row = verdicts(judged([{"accepted_on": day("2025-01-24"), "completed_on": day("2025-02-10")}]))[0]
    assert row["counted_days"] == 7


def test_seven_open_days_lie_between_nine_o_clock_of_24_january_and_of_10_february_2025() -> None:
    days = calendar_table("CN", 2025, 2025, reference=REFERENCE)
    before = dict(zip(days["day"], days["open_seconds_before"], strict=True))
    assert before[day("2025-02-10")] - before[day("2025-01-24")] == 7 * (3 + 3.5) * 3600


@pytest.mark.parametrize(
    ("text", "due"),
    [
        # Civil Code 202: the same day number, else the month's last day; 203: 1 February to 4 February 2025 are off.
        ("1 month", "2025-02-28"),
        ("2个月", "2025-03-31"),
        ("1 calendar_days", "2025-02-05"),
        ("30 自然日", "2025-03-03"),  # 30 days from 31 January end on Sunday 2 March
        ("即办", "2025-02-05"),  # 31 January lies in the Spring Festival, which ends on 4 February
    ],
)
def test_other_units_end_by_the_civil_code(text: str, due: str) -> None:
    assert due_explained(day("2025-01-31"), text, reference=REFERENCE)[0] == day(due)


def test_a_limit_in_hours_runs_at_all_hours_save_stopped_days() -> None:
    accepted = dt.datetime(2025, 1, 20, 10)
    assert due_explained(accepted, "24 hours", reference=REFERENCE)[0] == dt.datetime(2025, 1, 21, 10)
    # The clock stands still on the 21st and 22nd: 14 hours on the 20th, 10 on the 23rd.
    stops = [(day("2025-01-20"), day("2025-01-22"))]
    assert due_explained(accepted, "24 hours", stops=stops, reference=REFERENCE)[0] == dt.datetime(2025, 1, 23, 10)


def test_dutch_working_days_leave_out_king_s_day_and_both_easter_days() -> None:
    # 18 April 2025 Good Friday, 21 April Easter Monday; 26 April King's Day is a Saturday; 5 May Liberation Day.
    assert due_explained(day("2025-04-17"), "5", calendar="NL", reference=REFERENCE)[0] == day("2025-04-28")
    assert due_explained(day("2025-05-02"), "1", calendar="NL", reference=REFERENCE)[0] == day("2025-05-06")
