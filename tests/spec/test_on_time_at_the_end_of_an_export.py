"""A share on time does not depend on how long the limit is, nor on the day on which the export ends."""

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
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
LEAVING_MEAN = 20
"""How many times the limit an applicant waits on average before taking the application back."""
CASES_OF_EACH = 4_000
SAMPLES, SAMPLES_A_LAKE = 200, 20
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


def exported(folder: Path, *, samples: int = 1, seed: int = 8) -> Path:
    """Four in five cases of each department keep its limit; some are withdrawn, some still open.

    Args:
        folder: where the files are written.
        samples: of each limit, one a department; the first has the name of its limit alone.
        seed: of the draw.
    """
    folder.mkdir()
    rng, days = np.random.default_rng(seed), working_days()
    limits = {
        f"{name}.{sample}" if sample else name: limit for sample in range(samples) for name, limit in LIMITS.items()
    }
    coming = [place for place, day in enumerate(days) if FIRST <= day <= LAST]
    cases, steps = [], []
    for department, limit in limits.items():
        needs = np.ceil(limit * rng.exponential(1 / -np.log(1 - TRUE_SHARE), CASES_OF_EACH)).astype(int)
        leaves = np.ceil(limit * rng.exponential(LEAVING_MEAN, CASES_OF_EACH)).astype(int)
        for number, place in enumerate(rng.choice(coming, CASES_OF_EACH)):
            end = place + min(needs[number], leaves[number])
            ended = days[end] if end < len(days) and days[end] <= LAST else None
            case, begun = f"{department}-{number}", f"{days[place]} 10:00:00"
            over = f"{ended} 15:00:00" if ended else ""
            status = "withdrawn" if ended and leaves[number] < needs[number] else ""
            cases.append([case, f"i{department}", department, status, "false", begun, begun, over])
            steps.append([case, "acceptance", department, begun, begun, begun])
            if ended:
                steps.append([case, "decision", department, over, over, over])
    items = [
        [f"i{name}", name, limit, "working_days", 90, "working_days", "2023-01-01"] for name, limit in limits.items()
    ]
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


def share_once_all_is_over(limit: int) -> float:
    """Of the cases that are not withdrawn in time, those that keep the limit, when no case is open any more.

    A little more than four in five: who takes back an application in time would have waited longer than others.
    """
    needed, left = (
        np.exp(-rate * np.arange(limit + 1) / limit) for rate in (-np.log(1 - TRUE_SHARE), 1 / LEAVING_MEAN)
    )
    on_time_chance = float(((needed[:-1] - needed[1:]) * left[:-1]).sum())
    return on_time_chance / (on_time_chance + float(needed[-1] * left[-1]))


@pytest.mark.deep
def test_of_two_hundred_exports_the_share_on_time_is_within_two_points_of_the_true_one(tmp_path: Path) -> None:
    """By limit: the mean error, the largest, how many are within two points, how often the interval covers.

    And the mean error of who judges what is completed, and of what is open only what is overdue.
    """
    found = []
    for number in range(SAMPLES // SAMPLES_A_LAKE):
        folder = tmp_path / str(number)
        folder.mkdir()
        ingest(folder / "lake", [exported(folder / "export", samples=SAMPLES_A_LAKE, seed=100 + number)], "city")
        pipeline.publish(folder / "lake", as_on=LAST)
        with open_log(folder / "lake") as log:
            early = log.sql(
                "select department, avg(cast(not is_late as integer)) as early_share from cohort_cases"
                " where not is_withdrawn and (not is_open or is_late) group by department"
            )
            found.append(on_time(log).join(early, on="department"))
        shutil.rmtree(folder)
    true = {name: share_once_all_is_over(limit) for name, limit in LIMITS.items()}
    table = pl.concat(found).with_columns(limit=pl.col("department").str.slice(0, 3))
    table = table.with_columns(true=pl.col("limit").replace_strict(true))
    table = table.with_columns(error=pl.col("on_time_share") - pl.col("true"))
    told = table.group_by("limit").agg(
        pl.len(),
        true=pl.col("true").first(),
        mean=pl.col("error").mean(),
        largest=pl.col("error").abs().max(),
        within=(pl.col("error").abs() <= POINTS).mean(),
        covers=pl.col("true").is_between("on_time_share_low", "on_time_share_high").mean(),
        early_mean=(pl.col("early_share") - pl.col("true")).mean(),
    )
    print(told.sort("limit"))
    assert set(told["limit"]) == set(LIMITS)
    assert told["len"].to_list() == [SAMPLES] * len(LIMITS)
    assert told["mean"].abs().max() <= 0.002
    assert told["within"].min() >= 0.99
    assert told["covers"].min() >= 0.95 - 3 * (0.05 * 0.95 / SAMPLES) ** 0.5


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
