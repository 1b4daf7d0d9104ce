"""The days on which a department is closed count for none of its cases, and for all of the others'.

After mysociety/whatdotheyknow-theme #872: a school's summer is no working time.
"""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from support.drawn_clock import REFERENCE, chinese_days, judged, verdicts
from support.intake import ingest

from efficacy_analytics.clock.legal import due_on
from efficacy_analytics.clock.limits import Limit
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log

HEAD = "calendar,department,day,why,source\n"
SUMMER = [dt.date(2021, 7, 21) + dt.timedelta(days=number) for number in range(49)]  # to 7 September
LAYOUT = """format = "csv"
time_zone = "Europe/London"
[event]
case_id = "req"
activity = "step"
completed_at = "done"
[case]
accepted_at = "got"
department = "body"
statutory_limit = "lim"
"""


def due(folder: Path, closed: str, rows: list[str], *, calendar: str = "GB-ENG", words: str = "") -> dict[str, str]:
    """The due dates of cases, by their id; what closed_days.csv says, and rows of `case,limit,department`."""
    shutil.copytree(REFERENCE, folder / "lake" / "reference")
    kept = folder / "lake" / "reference" / "calendar" / "departments" / "closed_days.csv"
    kept.write_text(HEAD + closed)
    (folder / "layout.toml").write_text(f'calendar = "{calendar}"\n{words}{LAYOUT}')
    lines = [f"{row},2021-07-19 10:00" for row in rows]
    text = "\n".join(["req,lim,body,got,step,done", *(f"{line},receive,2021-07-19 10:00" for line in lines), ""])
    (folder / "log.csv").write_text(text)
    ingest(folder / "lake", [folder / "log.csv"], str(folder / "layout.toml"))
    publish(folder / "lake", as_on=dt.date(2021, 12, 1))
    with open_log(folder / "lake") as log:
        return dict(log.connection.sql("select case_id, cast(due_on as varchar) from cases").fetchall())


def summer(calendar: str = "GB-ENG") -> str:
    return "".join(f"{calendar},SCH,{day},school holiday,invented\n" for day in SUMMER)


def test_a_schools_summer_counts_for_the_school_alone(tmp_path: Path) -> None:
    # 20 July is the first day; the next three are 8 to 10 September, and the 20th working day is Monday 4 October.
    found = due(tmp_path, summer(), ["S1,20 working_days,SCH", "S2,20 working_days,GOV", "S3,20 working_days,"])
    assert found == {"S1": "2021-10-04", "S2": "2021-08-16", "S3": "2021-08-16"}


def test_calendar_days_that_end_in_the_summer_end_after_it(tmp_path: Path) -> None:
    # 30 days from 19 July end on 18 August; the school opens again on 8 September.
    found = due(tmp_path, summer(), ["S1,30 calendar_days,SCH", "S2,30 calendar_days,GOV"])
    assert found == {"S1": "2021-09-08", "S2": "2021-08-18"}


def test_closed_days_of_another_calendar_hold_for_nobody(tmp_path: Path) -> None:
    assert due(tmp_path, summer("GB-SCT"), ["S1,20 working_days,SCH"]) == {"S1": "2021-08-16"}


def test_closed_days_hold_where_hours_are_given_for_one_department(tmp_path: Path) -> None:
    hours = '[office_hours.department.SCH]\nmon-fri = ["09:00-12:00"]\n'
    (tmp_path / "x").mkdir()
    found = due(tmp_path / "x", summer(), ["S1,20 working_days,SCH", "S2,20 working_days,GOV"])
    assert found == {"S1": "2021-10-04", "S2": "2021-08-16"}, hours


@pytest.mark.parametrize(
    ("accepted", "expected"), [("2025-03-08", "2025-03-10"), ("2025-03-09", "2025-03-10"), ("2025-03-10", "2025-03-10")]
)
def test_on_the_spot_on_a_rest_day_means_the_next_working_day(accepted: str, expected: str) -> None:
    """8 March 2025 is a Saturday; the same by the calendar of all cases and by the plain reading of one."""
    on = dt.date.fromisoformat(accepted)
    case = {
        "item": "permit", "accepted_on": on, "completed_on": dt.date(2025, 3, 10), "promised_length": 0,
        "promised_unit": "on_the_spot",
    }  # fmt: skip
    row = verdicts(judged([case]))[0]
    assert (str(row["due_on"]), row["is_late"], row["remaining_days"]) == (expected, False, 0)
    assert str(due_on(chinese_days(), on, Limit(0, "on_the_spot"))) == expected
