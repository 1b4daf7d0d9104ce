"""The calendar: which days are worked, who says so, when offices are open, and what happens outside its years."""

import csv
import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest
from support.drawn_clock import REFERENCE, day

from efficacy_analytics.clock.explain import due_explained
from efficacy_analytics.clock.holiday_sources import disagreements
from efficacy_analytics.clock.office_hours import kept_office_hours, parsed_office_hours
from efficacy_analytics.clock.working_days import calendar_table, covered_years
from efficacy_analytics.errors import CalendarError, CallError, LayoutError


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A copy of the reference folder that a test may write in."""
    return Path(shutil.copytree(REFERENCE / "calendar", tmp_path / "reference" / "calendar")).parent


def append(path: Path, *rows: str) -> None:
    with path.open("a", encoding="utf-8") as text:
        text.writelines(f"{row}\n" for row in rows)


def days_of(table: pl.DataFrame) -> dict[dt.date, dict[str, object]]:
    return {row["day"]: row for row in table.iter_rows(named=True)}


def test_a_calendar_has_every_day_once_and_says_why_it_counts() -> None:
    table = calendar_table("CN", 2025, 2025, reference=REFERENCE)
    assert table.height == 365
    days = days_of(table)
    assert days[day("2025-01-26")]["why"] == "make-up workday: Spring Festival"
    assert days[day("2025-01-29")]["why"] == "holiday: Spring Festival"
    assert days[day("2025-01-25")]["why"] == "weekend"
    assert days[day("2025-01-24")]["why"] == "workday"
    # 365 days, 104 of them on weekends, and the 13 statutory holidays of the rules of 2024: exchanged days balance out.
    assert table["working_days_to"][-1] == 365 - 104 - 13
    assert table["calendar_days_to"].to_list() == list(range(1, 366))


def test_the_columns_are_those_of_the_published_table() -> None:
    assert dict(calendar_table("CN", 2025, 2025, reference=REFERENCE, calendar_number=7).schema) == {
        "calendar": pl.String,
        "calendar_number": pl.Int32,
        "day": pl.Date,
        "is_working_day": pl.Boolean,
        "why": pl.String,
        "working_days_to": pl.Int32,
        "calendar_days_to": pl.Int32,
        "open_seconds_before": pl.Int64,
        **{f"{edge}_{number}_seconds": pl.Int32 for number in (1, 2, 3) for edge in ("opens", "closes")},
    }


def test_every_disagreement_of_the_two_sources_about_china_is_settled_by_a_notice() -> None:
    with (REFERENCE / "calendar" / "CN.csv").open(encoding="utf-8") as text:
        settled = {row["day"]: row for row in csv.DictReader(text)}
    differing = disagreements(2004, 2026)
    assert [str(one) for one in differing["day"]] == ["2005-12-31"]
    assert all(settled[str(one)]["source"] for one in differing["day"])
    # 国办发明电〔2005〕35号: 12月31日（星期六）上班
    assert calendar_table("CN", 2005, 2005, reference=REFERENCE)["is_working_day"][-1]


@pytest.mark.parametrize("year", [2003, 2027])
def test_a_year_without_a_notice_is_an_error_that_says_how_to_add_it(year: int) -> None:
    with pytest.raises(CalendarError, match=f"{year} is outside the calendar CN") as told:
        calendar_table("CN", year, year, reference=REFERENCE)
    assert told.value.exit_code == 4
    assert "CN.csv" in told.value.hint
    assert "years.csv" in told.value.hint


def test_a_due_date_beyond_the_last_notice_is_an_error_and_no_guess() -> None:
    with pytest.raises(CalendarError, match="2027-01-01 is outside the calendar CN"):
        due_explained(day("2026-12-28"), "5", reference=REFERENCE)


@pytest.mark.parametrize(
    ("accepted", "limit", "due"),
    [
        ("2026-12-30", "1", "2026-12-31"),  # a Thursday
        ("2026-12-31", "0", "2026-12-31"),
        ("2026-12-31", "on_the_spot", "2026-12-31"),
        ("2026-12-29", "2 calendar_days", "2026-12-31"),
        ("2026-11-30", "1 months", "2026-12-30"),
    ],
)
def test_a_due_date_on_the_calendars_last_days_asks_for_no_day_after_it(accepted: str, limit: str, due: str) -> None:
    found, days = due_explained(day(accepted), limit, reference=REFERENCE)
    assert found == days["day"][-1] == day(due)


@pytest.mark.parametrize(
    ("accepted", "hours", "due"),
    [("2026-12-31T22:00", 5, "2027-01-01T03:00"), ("2027-03-01T10:00", 24, "2027-03-02T10:00")],
)
def test_a_limit_in_hours_runs_on_every_day_and_asks_no_calendar(accepted: str, hours: int, due: str) -> None:
    begun, ended = dt.datetime.fromisoformat(accepted), dt.datetime.fromisoformat(due)
    assert due_explained(begun, f"{hours} hours", reference=REFERENCE)[0] == ended


def test_a_year_declared_after_a_gap_does_not_stand_in_the_way(reference: Path) -> None:
    append(reference / "calendar" / "years.csv", "CN,2028,a notice drawn for this test")
    assert due_explained(day("2026-12-30"), "1", reference=reference)[0] == day("2026-12-31")


def test_a_notice_entered_by_hand_makes_its_year_known(reference: Path) -> None:
    append(reference / "calendar" / "years.csv", "CN,2027,a notice drawn for this test")
    append(
        reference / "calendar" / "CN.csv",
        "2027-01-01,false,holiday: New Year's Day,a notice drawn for this test",
        "2027-01-02,true,make-up workday: New Year's Day,a notice drawn for this test",
    )
    assert covered_years("CN", reference)[-1] == 2027
    # 29, 30, 31 December 2026, then Saturday 2 January and Monday 4 January 2027.
    assert due_explained(day("2026-12-28"), "5", reference=reference)[0] == day("2027-01-04")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2025-02-30,true,workday,a notice", "2025-02-30"),
        ("2025-02-03,maybe,workday,a notice", "maybe"),
        ("2025-02-03,true,workday,", "without a source"),
        ("2025-02-03,true", "wrong number of cells"),
    ],
)
def test_a_correction_that_cannot_be_read_is_refused(reference: Path, row: str, told: str) -> None:
    append(reference / "calendar" / "CN.csv", row)
    with pytest.raises(CallError, match=told):
        calendar_table("CN", 2025, 2025, reference=reference)


def test_make_up_workdays_are_weekends_where_the_setting_says_so() -> None:
    days = days_of(calendar_table("CN", 2025, 2025, reference=REFERENCE, makeup_workdays_count=False))
    assert not days[day("2025-01-26")]["is_working_day"]
    assert days[day("2025-01-26")]["why"] == "weekend"


def test_weekdays_know_no_holidays() -> None:
    days = days_of(calendar_table("weekdays", 2016, 2016, reference=REFERENCE))
    assert days[day("2016-07-04")]["is_working_day"]
    assert not days[day("2016-07-03")]["is_working_day"]


def test_a_country_and_a_subdivision_have_their_own_holidays() -> None:
    # Patriots' Day, 21 April 2025, is a holiday in Massachusetts.
    assert days_of(calendar_table("US", 2025, 2025, reference=REFERENCE))[day("2025-04-21")]["is_working_day"]
    assert not days_of(calendar_table("US-MA", 2025, 2025, reference=REFERENCE))[day("2025-04-21")]["is_working_day"]
    # King's Day 2024 is a Saturday; Ascension Day is Thursday 9 May 2024.
    dutch = days_of(calendar_table("NL", 2024, 2024, reference=REFERENCE))
    assert dutch[day("2024-05-09")]["why"] == "holiday: Ascension Day"


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(CallError, match="there is no calendar 'XX'"):
        covered_years("XX", REFERENCE)


def test_a_department_has_its_own_closed_days_and_hours(reference: Path) -> None:
    folder = reference / "calendar" / "departments"
    append(folder / "closed_days.csv", "CN,D07,2025-04-01,三月三,a notice of the region")
    append(folder / "office_hours.csv", "CN,D07,workdays,08:00-12:00 15:00-18:00,its own order")
    own = days_of(calendar_table("CN/D07", 2025, 2025, reference=reference))
    other = days_of(calendar_table("CN/D08", 2025, 2025, reference=reference))
    assert own[day("2025-04-01")]["why"] == "closed: 三月三"
    assert not own[day("2025-04-01")]["is_working_day"]
    assert other[day("2025-04-01")]["is_working_day"]
    assert own[day("2025-04-02")]["closes_2_seconds"] == 18 * 3600
    assert other[day("2025-04-02")]["closes_2_seconds"] == 17 * 3600


def test_the_hours_of_a_weekday_replace_the_general_ones_and_open_a_weekend() -> None:
    hours = parsed_office_hours(
        {"workdays": ["09:00-12:00", "13:30-17:00"], "friday": ["09:00-12:00"], "saturday": ["10:00-11:00"]}
    )
    days = days_of(calendar_table("CN", 2025, 2025, reference=REFERENCE, office_hours=hours))
    seconds = {date: row["open_seconds_before"] for date, row in days.items() if row["open_seconds_before"] is not None}

    def open_on(text: str) -> int:
        return int(str(seconds[day(text) + dt.timedelta(days=1)])) - int(str(seconds[day(text)]))

    assert open_on("2025-03-06") == 6.5 * 3600  # a Thursday
    assert open_on("2025-03-07") == 3 * 3600  # a Friday
    assert open_on("2025-03-08") == 3600  # an ordinary Saturday
    assert open_on("2025-02-01") == 0  # a Saturday of Spring Festival
    assert open_on("2025-02-08") == 3600  # a worked Saturday keeps the hours of Saturdays
    assert open_on("2025-01-26") == 6.5 * 3600  # a worked Sunday has the hours of workdays


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"workdays": ["9-12"]}, "cannot be read: '9-12'"),
        ({"workdays": ["12:00-09:00"]}, "cannot be read"),
        ({"workdays": ["09:00-24:30"]}, "cannot be read"),
        ({"workdays": ["09:00-12:00", "11:00-13:00"]}, "overlap"),
        ({"workdays": ["08:00-09:00", "10:00-11:00", "12:00-13:00", "14:00-15:00"]}, "4 stretches"),
        ({"holidays": ["09:00-12:00"]}, "unknown day 'holidays'"),
    ],
)
def test_office_hours_that_cannot_be_meant_are_refused(written: dict[str, list[str]], told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        parsed_office_hours(written)


def test_every_other_calendar_opens_from_nine_to_five() -> None:
    assert kept_office_hours("NL", reference=REFERENCE).workdays == ((9 * 3600, 17 * 3600),)
    assert kept_office_hours("CN", reference=REFERENCE).workdays == ((32400, 43200), (48600, 61200))


def test_a_correction_needs_no_word_of_the_calendar_before_its_reason(reference: Path) -> None:
    """An office writes why in its own words; the explanation names them as a holiday or a make-up workday."""
    notice = "local notice 3"
    append(
        reference / "calendar" / "CN.csv",
        f"2026-03-03,false,Flood,{notice}",
        f"2026-03-07,true,Instead of the flood,{notice}",
    )
    due_on, days = due_explained(dt.date(2026, 3, 2), "4", reference=reference)
    rules = dict(days.select("day", "rule_en").rows())
    assert due_on == dt.date(2026, 3, 7)  # Wednesday, Thursday, Friday, and the Saturday made up for
    assert rules[dt.date(2026, 3, 3)].startswith("public holiday (Flood), not counted")
    assert rules[due_on].startswith("make-up workday (Instead of the flood)")
