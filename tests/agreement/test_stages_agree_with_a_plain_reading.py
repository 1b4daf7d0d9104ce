"""Visits to stages and the gaps between them against plain Python on random logs, overlapping steps included."""

import datetime as dt
import random
import statistics
from collections import defaultdict
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from chinese_calendar import is_workday
from support.drawn import log_of

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.mining.measures import variants
from efficacy_analytics.mining.stages import activity_stages, stage_borders, stage_follows, stages
from efficacy_analytics.mining.steps import stage_variants

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 60))]
STAGES = {"apply": "front", "accept": "front", "review": "back", "visit": "back", "decide": "end", "hand over": None}
ZONE = ZoneInfo("Asia/Shanghai")
HOURS = ((9 * 3600, 12 * 3600), (13.5 * 3600, 17 * 3600))
Event = dict[str, Any]


def random_log(seed: int, *, most_steps: int = 12) -> DuckdbEngine:
    """Cases of up to so many steps over a month; some overlap, some have no recorded start."""
    draw = random.Random(seed)
    rows = []
    for case in range(20):
        at = dt.datetime(2024, 4, 1, 8) + dt.timedelta(hours=draw.randint(0, 300))
        for _ in range(draw.randint(1, most_steps)):
            begun = at + dt.timedelta(minutes=draw.choice((-500, -90, 0, 30, 600, 3000)))
            ended = begun + dt.timedelta(minutes=draw.choice((0, 20, 500, 4000)))
            activity = draw.choice(list(STAGES))
            row = {"case": f"c{case}", "activity": activity, "completed": ended.isoformat()}
            row |= {"stage": STAGES[activity]} if STAGES[activity] else {}
            row |= {"started": begun.isoformat()} if draw.random() < 0.8 else {}
            rows.append(row)
            at = ended
    return log_of(rows)


def visits_of(log: DuckdbEngine) -> dict[int, list[tuple[str, list[Event]]]]:
    """Per case its visits: the stage and its events in their order."""
    columns = "case_key, event_number, activity::varchar as activity, started_at, completed_at"
    events = log.connection.sql(f"select {columns} from cohort_events order by case_key, event_number").pl()
    cases: dict[int, list[Event]] = defaultdict(list)
    for row in events.iter_rows(named=True):
        cases[row["case_key"]].append(row | {"stage": STAGES[row["activity"]] or row["activity"]})
    return {
        key: [(stage, list(run)) for stage, run in groupby(case, key=lambda event: event["stage"])]
        for key, case in cases.items()
    }


def open_seconds(start: dt.datetime, end: dt.datetime) -> float:
    """Plain reading: the office hours of each day between two moments."""
    start, end = (moment.astimezone(ZONE).replace(tzinfo=None) for moment in (start, end))
    total = 0.0
    for number in range((end.date() - start.date()).days + 1):
        midnight = dt.datetime.combine(start.date() + dt.timedelta(days=number), dt.time())
        for opens, closes in HOURS if is_workday(midnight.date()) else ():
            low, high = midnight + dt.timedelta(seconds=opens), midnight + dt.timedelta(seconds=closes)
            total += max(0.0, (min(end, high) - max(start, low)).total_seconds())
    return total


def gaps_of(log: DuckdbEngine) -> dict[tuple[str, str], list[tuple[int, float, list[Event], list[Event], float]]]:
    found = defaultdict(list)
    for key, visits in visits_of(log).items():
        for (stage, left), (next_stage, entered) in pairwise(visits):
            ended = max(event["completed_at"] for event in left)
            gap = max(0.0, (entered[0]["started_at"] - ended).total_seconds())
            opened = open_seconds(ended, entered[0]["started_at"]) if gap else 0.0
            found[stage, next_stage].append((key, gap, left, entered, opened))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_one_stage_follows_another_as_a_reader_would_see_it(seed: int) -> None:
    with random_log(seed) as log:
        ours = {(row["stage"], row["next_stage"]): row for row in stage_follows(log).iter_rows(named=True)}
        plain = gaps_of(log)
    assert ours.keys() == plain.keys()
    for pair, found in plain.items():
        gaps = pl.Series([gap for _, gap, *_ in found])
        assert ours[pair]["transition_count"] == len(found)
        assert ours[pair]["case_count"] == len({key for key, *_ in found})
        assert ours[pair]["elapsed_seconds_mean"] == pytest.approx(gaps.mean())
        assert ours[pair]["elapsed_seconds_median"] == pytest.approx(gaps.median())
        assert ours[pair]["elapsed_seconds_p90"] == pytest.approx(gaps.quantile(0.9, "linear"))
        assert ours[pair]["open_seconds_median"] == pytest.approx(pl.Series([opened for *_, opened in found]).median())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stage_is_entered_and_left_by_the_activities_at_the_ends_of_its_visits(seed: int) -> None:
    with random_log(seed) as log:
        ours = stage_borders(log)
        plain: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for (stage, next_stage), found in gaps_of(log).items():
            for _, _, left, entered, _ in found:
                plain[next_stage, "from", stage, entered[0]["activity"]] += 1
                plain[stage, "to", next_stage, left[-1]["activity"]] += 1
    keys = ours.select("stage", "side", "neighbour", "activity").rows()
    assert dict(zip(keys, ours["transition_count"], strict=True)) == plain


@pytest.mark.parametrize("seed", SEEDS)
def test_stages_count_their_visits_cases_and_ends(seed: int) -> None:
    with random_log(seed) as log:
        ours = {row["stage"]: row for row in stages(log).iter_rows(named=True)}
        visits = visits_of(log)
    for stage, row in ours.items():
        told = [
            (key, n, run, len(case)) for key, case in visits.items() for n, (at, run) in enumerate(case) if at == stage
        ]
        assert row["visit_count"] == len(told)
        assert row["case_count"] == len({key for key, *_ in told})
        assert row["event_count"] == sum(len(run) for *_, run, _ in told)
        assert row["activity_count"] == len({event["activity"] for *_, run, _ in told for event in run})
        assert row["start_case_count"] == sum(n == 0 for _, n, *_ in told)
        assert row["end_case_count"] == sum(n == last - 1 for _, n, _, last in told)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_the_stage_of_an_activity_is_the_one_the_log_gives_else_itself(seed: int) -> None:
    with random_log(seed) as log:
        assert dict(activity_stages(log).rows()) == {name: stage or name for name, stage in STAGES.items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level", ["stage", "activity"])
def test_variants_are_the_sequences_of_cases_the_most_frequent_first(seed: int, level: str) -> None:
    """Of stages, steps of one in a row count once; cases of one or two steps make some sequences frequent."""
    with random_log(seed, most_steps=2) as log:
        found = stage_variants(log) if level == "stage" else variants(log)
        lengths = dict(log.connection.sql("select case_key, throughput_elapsed_seconds from cases").fetchall())
        sequences: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for key, visits in visits_of(log).items():
            steps = [event["activity"] for _, events in visits for event in events]
            sequences[tuple(stage for stage, _ in visits) if level == "stage" else tuple(steps)].append(key)
    assert len(sequences) < len(lengths)
    ordered = sorted(sequences, key=lambda one: (-len(sequences[one]), one))
    assert [tuple(one) for one in found["activities"]] == ordered
    counts = [len(sequences[one]) for one in ordered]
    assert found["case_count"].to_list() == counts
    assert found["case_share"].to_list() == pytest.approx([count / len(lengths) for count in counts])
    assert found["case_share_cumulated"].to_list() == pytest.approx(np.cumsum(counts) / len(lengths))
    medians = [statistics.median(lengths[key] for key in sequences[one]) for one in ordered]
    assert found["elapsed_seconds_median"].to_list() == pytest.approx(medians)
