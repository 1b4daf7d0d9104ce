"""What waits and steps contribute adds up to the throughput, and is what a plain reading of the paths makes of them."""

import datetime as dt
import random
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest
from support.drawn import log_of
from support.intake import ingest

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.waiting.contributions import contributions, contributions_by_month
from efficacy_analytics.workflows.steps import publish

FIRST = dt.datetime(2024, 3, 25)
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(3, 100))]
OPEN_LOGS = [
    pytest.param("academic_credentials", "academic_credentials", id="credentials", marks=pytest.mark.deep),
    pytest.param("receipt/receipt.xes.gz", "receipt", id="receipt"),
    pytest.param("asheville_plan_review", "asheville", id="Asheville", marks=pytest.mark.deep),
    pytest.param("bpic15/BPIC15_1.xes.gz", "bpic15", id="BPIC15_1", marks=pytest.mark.deep),
    pytest.param("bpic15/BPIC15_2.xes.gz", "bpic15", id="BPIC15_2", marks=pytest.mark.deep),
    pytest.param("bpic15/BPIC15_3.xes.gz", "bpic15", id="BPIC15_3", marks=pytest.mark.deep),
    pytest.param("boston311_animal", "boston311", id="Boston", marks=pytest.mark.deep),
    pytest.param("road_fines", "road_fines", id="road fines", marks=pytest.mark.deep),
]

Step = tuple[str, int, int, bool]


def drawn_cases(chance: random.Random) -> dict[str, list[Step]]:
    """Cases whose steps follow one another, touch, or overlap; some starts are not recorded."""
    cases = {}
    for number in range(chance.randint(1, 12)):
        now, steps = chance.randint(0, 5000), []
        for _ in range(chance.randint(1, 7)):
            start = max(0, now + chance.choice([0, 0, 30, 400, 2000, -100, -600]))
            lasts = chance.choice([0, 10, 60, 700])
            is_recorded = chance.random() < 0.85
            steps.append((chance.choice("abc"), start if is_recorded else start + lasts, start + lasts, is_recorded))
            now = start + lasts
        cases[f"c{number}"] = sorted(steps, key=lambda step: step[1:3])
    return cases


def rows_of(cases: dict[str, list[Step]]) -> list[dict]:
    return [
        {"case": case, "activity": activity, "completed": (FIRST + dt.timedelta(minutes=end)).isoformat()}
        | ({"started": (FIRST + dt.timedelta(minutes=start)).isoformat()} if is_recorded else {})
        for case, steps in cases.items()
        for activity, start, end, is_recorded in steps
    ]


def read(steps: list[Step]) -> list[tuple[tuple[str, str, str | None], int]]:
    """Each part of a case with its minutes: gaps behind all that came before, and work beyond it."""
    parts, frontier, before = [], None, None
    for activity, start, end, is_recorded in steps:
        if frontier is not None:
            kind = "waiting" if is_recorded else "between_completions"
            parts.append(((kind, before, activity), max(0, start - frontier)))
        if is_recorded:
            parts.append(
                (("service", activity, None), max(0, end - max(start, frontier if frontier is not None else start)))
            )
        frontier, before = max(end, frontier if frontier is not None else end), activity
    return parts


def replayed(steps: list[Step], part: tuple[str, str, str | None]) -> float:
    """How long a case takes when that part lasts a tenth less: overlapping steps keep their place in their stretch."""
    now, base, frontier, stretch_end, before = 0.0, 0, None, 0.0, None
    for activity, start, end, is_recorded in steps:
        if frontier is None or start >= frontier:
            kind = "waiting" if is_recorded else "between_completions"
            gap = 0 if frontier is None else start - frontier
            now = stretch_end + gap * (0.9 if (kind, before, activity) == part else 1)
            base, stretch_end = start, now
        lasts = (end - start) * (0.9 if ("service", activity, None) == part else 1)
        stretch_end = max(stretch_end, now + start - base + lasts)
        frontier, before = max(end, frontier if frontier is not None else end), activity
    return stretch_end


@pytest.mark.parametrize("seed", SEEDS)
def test_contributions_are_what_a_reader_of_the_paths_would_add_up(seed):
    cases = drawn_cases(random.Random(seed))
    table = contributions(log_of(rows_of(cases)), replicates=20)
    totals: Counter = Counter()
    seen: dict = defaultdict(set)
    for case, steps in cases.items():
        for part, minutes in read(steps):
            totals[part] += minutes
            seen[part].add(case)
    whole = sum(max(end for *_, end, _ in steps) - steps[0][1] for steps in cases.values())
    found = {(row["kind"], row["activity"], row["next_activity"]): row for row in table.iter_rows(named=True)}
    assert {part: row["elapsed_seconds_total"] for part, row in found.items()} == {
        part: totals[part] * 60 for part in seen
    }
    assert {part: row["case_count"] for part, row in found.items()} == {part: len(who) for part, who in seen.items()}
    assert table["elapsed_seconds_total"].sum() == whole * 60
    if whole:
        assert table["share_of_total"].sum() == pytest.approx(1, abs=1e-9)
    for part, row in found.items():
        saved = sum(max(end for *_, end, _ in steps) - steps[0][1] - replayed(steps, part) for steps in cases.values())
        assert row["tenth_less_elapsed_seconds"] == pytest.approx(saved * 60 / len(cases), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_months_add_up_to_the_whole(seed):
    log = log_of(rows_of(drawn_cases(random.Random(seed))))
    months = (
        contributions_by_month(log)
        .group_by("kind", "activity", "next_activity")
        .agg(total=pl.col("elapsed_seconds_total").sum())
    )
    whole = contributions(log, replicates=1)
    assert sorted(months.rows(), key=str) == sorted(
        whole.select("kind", "activity", "next_activity", "elapsed_seconds_total").rows(), key=str
    )


@pytest.mark.parametrize(("files", "layout"), OPEN_LOGS)
def test_the_shares_of_a_public_log_add_up_to_its_throughput(open_data: Path, tmp_path: Path, files: str, layout: str):
    ingest(tmp_path, [open_data / files], layout)
    publish(tmp_path)
    with open_log(tmp_path) as log:
        for clock in ("elapsed", "open", "counted"):
            table = contributions(log, clock=clock, replicates=2)
            unit = "counted_days" if clock == "counted" else f"{clock}_seconds"
            total = table[f"{unit}_total"].sum()
            if total:
                assert table["share_of_total"].sum() == pytest.approx(1, abs=1e-9)
            if clock != "counted":
                text = f"select coalesce(sum(throughput_{clock}_seconds), 0) from cohort_cases"
                assert total == pytest.approx(float(log.connection.sql(text).fetchall()[0][0]), rel=1e-12)
