"""A share on time does not depend on how long the limit is, nor on the day on which the export ends."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.intake import ingest

from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, choose, open_log
from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows import steps as pipeline

LIMITS = {"D05": 5, "D20": 20, "D60": 60}
TRUE_SHARE = 0.8
POINTS = 0.02
CASES_OF_EACH = 4_000
CASES = [
    *("case_id", "item", "department", "status", "is_green_lane", "applied_at", "accepted_at", "completed_at"),
]
STEPS = ["case_id", "activity", "department", "started_at", "completed_at", "recorded_at"]
ITEMS = [
    *("item", "department", "promised_length", "promised_unit", "statutory_length", "statutory_unit", "valid_from"),
]
FIRST, LAST = dt.date(2024, 3, 1), dt.date(2025, 3, 31)


def working_days() -> list[dt.date]:
    table = calendar_table("CN", 2024, 2025, reference=CHECKOUT / "data_lake" / "reference").sort("day")
    return table.filter(table["is_working_day"])["day"].to_list()


def exported(folder: Path) -> Path:
    """Four in five cases of each department keep its limit; some are withdrawn, some still open."""
    folder.mkdir()
    rng, days = np.random.default_rng(8), working_days()
    coming = [place for place, day in enumerate(days) if FIRST <= day <= LAST]
    cases, steps = [], []
    for department, limit in LIMITS.items():
        needs = np.ceil(limit * rng.exponential(1 / -np.log(1 - TRUE_SHARE), CASES_OF_EACH)).astype(int)
        leaves = np.ceil(limit * rng.exponential(20, CASES_OF_EACH)).astype(int)
        for number, place in enumerate(rng.choice(coming, CASES_OF_EACH)):
            end = place + min(needs[number], leaves[number])
            ended = days[end] if end < len(days) and days[end] <= LAST else None
            case, begun = f"{department}-{number}", f"{days[place]} 10:00:00"
            over = f"{ended} 15:00:00" if ended else ""
            status = "withdrawn" if ended and leaves[number] < needs[number] else ""
            cases.append([case, f"i{limit}", department, status, "false", begun, begun, over])
            steps.append([case, "acceptance", department, begun, begun, begun])
            if ended:
                steps.append([case, "decision", department, over, over, over])
    named = LIMITS.items()
    items = [[f"i{limit}", name, limit, "working_days", 90, "working_days", "2023-01-01"] for name, limit in named]
    tables = {"cases": (CASES, cases), "steps": (STEPS, steps), "items": (ITEMS, items)}
    for name, columns in EMPTY.items():
        tables.setdefault(name, (columns, []))
    for name, (columns, rows) in tables.items():
        whole = [*columns, *(column for column in EMPTY[name] if column not in columns)]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([whole, *([*row, *[""] * (len(whole) - len(row))] for row in rows)])
    return folder


EMPTY = {
    "cases": ["kind", "channel"],
    "steps": ["resource"],
    "items": ["name_zh", "name_en", "kind", "valid_until"],
    "clock_stops": [
        "case_id",
        "kind",
        "stopped_from_on",
        "stopped_until_on",
        "extension_days",
        "reason",
        "recorded_at",
    ],
    "departments": ["department", "name_zh", "name_en"],
    "activities": ["activity", "stage", "name_zh", "name_en"],
}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("end")
    ingest(folder / "lake", [exported(folder / "export")], "city")
    pipeline.publish(folder / "lake", as_on=LAST)
    with open_log(folder / "lake") as opened:
        yield opened


@pytest.mark.parametrize("department", LIMITS)
def test_the_share_on_time_is_the_true_one_for_short_and_long_limits(log: Session, department: str) -> None:
    choose(log, Cohort(department=department))
    row = on_time(log).row(0, named=True)
    assert row["on_time_share"] == pytest.approx(TRUE_SHARE, abs=POINTS)
    assert row["judged_count"] + row["not_yet_due_count"] < row["case_count"]  # some were withdrawn in time
    if department == "D60":
        # who judges what is completed early, and of what is open only what is overdue, errs by more than that
        early = log.sql(
            "select avg(cast(not is_late as integer)) as share from cohort_cases"
            " where not is_withdrawn and (not is_open or is_late)"
        )["share"][0]
        assert early > TRUE_SHARE + POINTS


def test_departments_with_long_and_short_limits_are_compared_on_the_same_cases(log: Session) -> None:
    choose(log, Cohort())
    shares = {row["department"]: row for row in on_time(log).to_dicts()}
    for row in department_comparison(log).to_dicts():
        counts = (row["due_count"], row["late_count"], row["not_yet_due_count"])
        told = shares[row["department"]]
        assert counts == (told["judged_count"], told["late_count"], told["not_yet_due_count"])
        assert row["late_share"] == pytest.approx(1 - TRUE_SHARE, abs=POINTS)


def test_of_the_last_quarter_short_limits_are_judged_and_long_ones_not_yet(log: Session) -> None:
    choose(log, Cohort(dt.date(2025, 1, 1), dt.date(2025, 4, 1)))
    shares = {row["department"]: row for row in on_time(log).to_dicts()}
    for department in ("D05", "D20"):
        error = (TRUE_SHARE * (1 - TRUE_SHARE) / shares[department]["judged_count"]) ** 0.5
        assert shares[department]["on_time_share"] == pytest.approx(TRUE_SHARE, abs=3 * error)
    assert shares["D60"]["judged_count"] == 0
    assert shares["D60"]["on_time_share"] is None
