"""What pictures are drawn from agrees with a plain reading of random logs: passages, overtaking, density, months."""

import datetime as dt
import random
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median

import numpy as np
import polars as pl
import pytest
from support.drawn import log_of

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks
from efficacy_analytics.findings.waiting.contributions import contributions
from efficacy_analytics.mining.time.density import event_density
from efficacy_analytics.mining.time.spectrum import crossings, performance_spectrum, queue_discipline
from efficacy_analytics.mining.time.step_waits import waiting_by_month

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 60))]
MONDAY = dt.datetime(2024, 3, 4, 9)
PAIRS = [("a", "b"), ("b", "c")]


def random_rows(seed: int) -> list[dict[str, str]]:
    """Cases of one to eight steps, some overlapping, some without recorded starts; many stamps fall together.

    Every other log has fractions of seconds.
    """
    chance, rows = random.Random(seed), []
    fraction = dt.timedelta(milliseconds=266 if seed % 2 else 0)
    for case in range(chance.choice([1, 40, 60])):
        clock = MONDAY + dt.timedelta(hours=chance.randint(0, 400))
        for _ in range(chance.randint(1, 8)):
            waited = dt.timedelta(minutes=chance.choice([0, 30, 30, 90, 600]) * chance.randint(0, 9))
            started = clock + waited + fraction
            completed = started + dt.timedelta(minutes=chance.randint(0, 200))
            row = {"case": f"K{case}", "activity": chance.choice("abc"), "completed": completed.isoformat()}
            row["department"] = chance.choice(["D1", "D2", "D3"])
            if chance.random() < 0.8:
                row["started"] = started.isoformat()
            rows.append(row)
            clock = chance.choice([started, completed])
    return rows


def read(log: DuckdbEngine) -> dict[int, list[dict]]:
    """The events of each case in their order, as the log has them."""
    rows = log.connection.sql(
        """select case_key, event_number, cast(activity as varchar) as activity, epoch_us(started_at) as starts,
        epoch_us(completed_at) as ends, is_start_recorded, waiting_elapsed_seconds as wait
        from cohort_events order by case_key, event_number"""
    ).pl()
    cases = defaultdict(list)
    for row in rows.iter_rows(named=True):
        cases[row["case_key"]].append(row)
    return dict(cases)


def passages(cases: dict[int, list[dict]], pair: tuple[str, str]) -> list[tuple[int, int]]:
    return [
        (min(one["ends"], other["starts"]), other["starts"])
        for steps in cases.values()
        for one, other in pairwise(steps)
        if (one["activity"], other["activity"]) == pair
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_passage_lies_in_one_cell_of_the_spectrum(seed: int) -> None:
    log = log_of(random_rows(seed))
    cases = read(log)
    found = performance_spectrum(log, segments=PAIRS, bins=9)
    everything = [times for pair in PAIRS for times in passages(cases, pair)]
    if not everything:
        assert found.is_empty()
        return
    first = min(start for start, _ in everything)
    hours = max(1, -(-(max(end for _, end in everything) - first + 1) // (9 * 3_600_000_000)))
    width, counted = hours * 3_600_000_000, Counter()
    for place, pair in enumerate(PAIRS, 1):
        for start, end in passages(cases, pair):
            counted[place, first + (start - first) // width * width, first + (end - first) // width * width] += 1
    cells = Counter()
    for row in found.iter_rows(named=True):
        ends = (round(row[name].timestamp() * 1_000_000) for name in ("from_at", "until_at"))
        cells[row["position"], *ends] += row["transition_count"]
    assert cells == counted


@pytest.mark.parametrize("seed", SEEDS)
def test_quarters_are_told_by_the_durations_at_a_half_and_two_quarters(seed: int) -> None:
    log = log_of(random_rows(seed))
    cases = read(log)
    found = performance_spectrum(log, segments=PAIRS)
    for place, pair in enumerate(PAIRS, 1):
        lasting = sorted(end - start for start, end in passages(cases, pair))
        ends = [lasting[-(-len(lasting) * quarter // 4) - 1] for quarter in (1, 2, 3)] if lasting else []
        quarters = Counter(1 + sum(one > end for end in ends) for one in lasting)
        mine = found.filter(position=place).group_by("quarter").agg(pl.col("transition_count").sum())
        assert dict(mine.rows()) == quarters


@pytest.mark.parametrize("seed", SEEDS)
def test_who_overtakes_whom_is_counted_pair_by_pair(seed: int) -> None:
    log = log_of(random_rows(seed))
    cases = read(log)
    for row, pair in zip(queue_discipline(log, segments=PAIRS).iter_rows(named=True), PAIRS, strict=True):
        times = passages(cases, pair)
        later = [(one, other) for one in times for other in times if one[0] < other[0]]
        together = [(one, other) for one, other in later if other[0] < one[1]]
        crossed = [(one, other) for one, other in together if other[1] < one[1]]
        assert row["transition_count"] == len(times)
        assert (row["pair_count"], row["crossing_count"]) == (len(together), len(crossed))
        minutes = Counter(end // 60_000_000 for _, end in times)
        batched = sum(count for count in minutes.values() if count >= 5)
        if all(end % 3_600_000_000 == 0 for _, end in times):
            assert row["batch_share"] is None
        else:
            assert row["batch_share"] == pytest.approx(batched / len(times))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 64, 200])
def test_crossings_are_the_pairs_in_the_wrong_order(count: int) -> None:
    ends = np.array([random.Random(count).randint(0, count) for _ in range(count)], dtype=np.int64)
    assert crossings(ends) == sum(ends[i] > ends[j] for i in range(count) for j in range(i + 1, count))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("against", ["calendar", "acceptance"])
def test_every_step_lies_in_one_dot(seed: int, against: str) -> None:
    log = log_of(random_rows(seed))
    cases = read(log)
    found = event_density(log, against=against, by="activity", time_bins=7, case_bins=3)  # type: ignore[arg-type]
    begun = {key: min(step["starts"] for step in steps) for key, steps in cases.items()}
    moments = [
        ((step["ends"] - (begun[key] if against == "acceptance" else 0)) // 3_600_000_000, key, step["activity"])
        for key, steps in cases.items()
        for step in steps
    ]
    first, last = min(moments)[0], max(moments)[0]
    width = max(1, -(-(last - first + 1) // 7))
    order = sorted(begun, key=lambda key: (begun[key], key))
    size, more = divmod(len(order), 3)
    part = [place for place in range(3) for _ in range(size + (place < more))]
    cells: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for hour, key, activity in moments:
        cells[(hour - first) // width, part[order.index(key)]][activity] += 1
    assert {(row[0], row[1]): row[6] for row in found.rows()} == {cell: kinds.total() for cell, kinds in cells.items()}
    for row in found.iter_rows(named=True):
        kinds = cells[row["time_bin"], row["case_bin"]]
        assert row["step"] == min(kinds, key=lambda kind: (-kinds[kind], kind))
        assert row["step_share"] == pytest.approx(kinds[row["step"]] / kinds.total())


@pytest.mark.parametrize("seed", SEEDS)
def test_waits_of_a_month_are_those_of_the_cases_accepted_in_it(seed: int) -> None:
    log = log_of(random_rows(seed))
    months = dict(log.connection.sql("select case_key, cast(accepted_on as varchar)[:7] from cohort_cases").fetchall())
    waits: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for key, steps in read(log).items():
        for step in steps[1:]:
            kind = "waiting" if step["is_start_recorded"] else "between_completions"
            waits[months[key], step["activity"], kind].append(float(step["wait"]))
    rows = waiting_by_month(log).iter_rows(named=True)
    found = {(row["month"], row["step"], row["time_kind"]): row for row in rows}
    assert found.keys() == waits.keys()
    for key, seconds in waits.items():
        assert found[key]["waiting_count"] == len(seconds)
        assert found[key]["waiting_elapsed_seconds_median"] == pytest.approx(median(seconds))
        assert found[key]["waiting_elapsed_seconds_total"] == pytest.approx(sum(seconds))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_excess_of_a_bottleneck_is_that_of_its_contribution(seed: int) -> None:
    log = log_of(random_rows(seed))
    parts = contributions(log, replicates=2).filter(kind="waiting") if read(log) else None
    mine = {
        (row["activity"], row["next_activity"]): row["excess_days"]
        for row in bottlenecks(log, replicates=2).filter(time_kind="waiting").iter_rows(named=True)
    }
    assert parts is not None
    theirs = {(row["activity"], row["next_activity"]): row["excess_days"] for row in parts.iter_rows(named=True)}
    assert mine == pytest.approx(theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cases_behind_a_path_are_all_that_go_it_longest_wait_first(seed: int) -> None:
    log = log_of(random_rows(seed))
    cases = read(log)
    found = log.run("cases_behind", activity="a", next_activity="b", most_rows=1000)
    waits = [
        float(step["wait"])
        for steps in cases.values()
        for before, step in pairwise(steps)
        if (before["activity"], step["activity"]) == ("a", "b")
    ]
    assert found["waiting_elapsed_seconds"].to_list() == sorted(waits, reverse=True)
