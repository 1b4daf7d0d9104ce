"""Where two groups of cases differ: a planted difference is found, none is made up."""

import math
import random
from statistics import median

import polars as pl
import pytest
from scipy.stats import false_discovery_control, fisher_exact, mannwhitneyu
from support.drawn import drawn_log

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.performance.differences import FEWEST_WAITS, compared, differences

PATHS = [(f"step {number}", f"step {number + 1}") for number in range(20)]
CASES = 80
SCHEMA = ["activity", "next_activity", "transition_count", "elapsed_seconds", "open_seconds"]


def group_of(draw: random.Random, *, slower: tuple[str, str] | None = None, rarer: tuple[str, str] | None = None):
    """Paths of drawn cases: each is taken by about four in five cases, with waits as skewed as those of offices."""
    rows = []
    for path in PATHS:
        for _ in range(CASES):
            if draw.random() < (0.4 if path == rarer else 0.8):
                wait = round(math.exp(draw.gauss(8, 1.2)) * (4 if path == slower else 1))
                rows.append((*path, 1, float(wait), wait / 4))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def found(frame: pl.DataFrame, name: str) -> set[tuple[str, str]]:
    return set(frame.filter(pl.col(f"is_{name}_significant")).select("activity", "next_activity").rows())


@pytest.mark.parametrize("seed", range(5))
def test_a_path_that_waits_four_times_as_long_is_found_on_both_clocks(seed: int) -> None:
    draw = random.Random(seed)
    told = compared(group_of(draw), group_of(draw, slower=PATHS[3]), case_counts=(CASES, CASES))
    assert PATHS[3] in found(told, "elapsed") & found(told, "open")
    row = told.filter(pl.col("activity") == "step 3").row(0, named=True)
    assert row["elapsed_seconds_difference"] > 0
    assert row["elapsed_seconds_difference"] == row["elapsed_seconds_median_b"] - row["elapsed_seconds_median_a"]


@pytest.mark.parametrize("seed", range(5))
def test_a_path_that_half_as_many_cases_take_is_found(seed: int) -> None:
    draw = random.Random(seed)
    told = compared(group_of(draw), group_of(draw, rarer=PATHS[7]), case_counts=(CASES, CASES))
    assert PATHS[7] in found(told, "case_share")
    assert told.filter(pl.col("activity") == "step 7")["case_share_difference"].item() < -0.2


def test_where_nothing_differs_hardly_a_comparison_finds_anything() -> None:
    """Of 60 comparisons of like groups about 3 may find anything (5 %); more than 9 is a chance of 1 in 1,000."""
    draw = random.Random(11)
    tries = [compared(group_of(draw), group_of(draw), case_counts=(CASES, CASES)) for _ in range(60)]
    assert sum(bool(found(told, "elapsed")) for told in tries) <= 9
    assert sum(bool(found(told, "case_share")) for told in tries) <= 9


def test_chances_are_those_of_the_published_tests() -> None:
    draw = random.Random(3)
    a, b = group_of(draw, slower=PATHS[0]), group_of(draw)
    told = compared(a, b, case_counts=(CASES, CASES))
    chances = {}
    for path in PATHS:
        row = told.filter(pl.col("activity") == path[0]).row(0, named=True)
        exact = [group.filter(pl.col("activity") == path[0])["elapsed_seconds"].to_list() for group in (a, b)]
        chances[path] = mannwhitneyu(*exact, method="asymptotic").pvalue
        counts = [len(one) for one in exact]
        assert row["elapsed_p"] == pytest.approx(chances[path])
        assert row["elapsed_seconds_median_a"] == median(exact[0])
        assert row["case_share_p"] == pytest.approx(fisher_exact([[n, CASES - n] for n in counts]).pvalue)
    kept = false_discovery_control(list(chances.values())) <= 0.05
    assert found(told, "elapsed") == {path for path, is_kept in zip(chances, kept, strict=True) if is_kept}


def test_ties_are_taken_into_account() -> None:
    rows = [("a", "b", 1, float(wait), 0.0) for wait in [0, 0, 0, 60, 60, 120, 120, 120, 300, 600]]
    more = [("a", "b", 1, float(wait), 0.0) for wait in [0, 0, 60, 60, 60, 120, 300, 300, 900]]
    groups = [pl.DataFrame(one, schema=SCHEMA, orient="row") for one in (rows, more)]
    told = compared(groups[0], groups[1], case_counts=(10, 10))
    waits = [group["elapsed_seconds"].to_list() for group in groups]
    assert told["elapsed_p"].item() == pytest.approx(mannwhitneyu(*waits, method="asymptotic").pvalue)
    assert told["open_p"].item() == 1.0  # all waits are alike


def test_a_path_of_too_few_cases_is_not_judged() -> None:
    few = pl.DataFrame([("a", "b", 1, 60.0, 60.0)] * (FEWEST_WAITS - 1), schema=SCHEMA, orient="row")
    many = pl.DataFrame([("a", "b", 1, 9e6, 9e6)] * 50, schema=SCHEMA, orient="row")
    row = compared(few, many, case_counts=(50, 50)).row(0, named=True)
    assert (row["elapsed_p"], row["is_elapsed_significant"]) == (None, False)
    assert row["is_case_share_significant"]


def test_two_logs_are_compared_path_by_path_and_stage_by_stage() -> None:
    drawing = """
        case | activity | stage | completed
        A    | apply    | front | 2024-04-01 09:00
        A    | review   | back  | 2024-04-01 {first}
        A    | decide   | back  | 2024-04-01 12:00
        B    | apply    | front | 2024-04-01 09:00
    """
    log, other = drawn_log(drawing.format(first="10:00")), drawn_log(drawing.format(first="11:00"))
    told = {row["activity"]: row for row in differences(log, other).iter_rows(named=True)}
    assert told["apply"]["elapsed_seconds_difference"] == 3600
    assert told["review"]["elapsed_seconds_difference"] == -3600
    assert told["apply"]["case_share_a"] == told["apply"]["case_share_b"] == 0.5
    by_stage = differences(log, other, level="stage").row(0, named=True)
    assert (by_stage["activity"], by_stage["next_activity"], by_stage["open_seconds_difference"]) == (
        "front",
        "back",
        3600,
    )


def test_a_path_that_only_one_group_takes_has_a_share_of_none_in_the_other() -> None:
    log = drawn_log("case | activity | completed\nA | x | 2024-04-01 09:00\nA | y | 2024-04-01 10:00")
    other = drawn_log("case | activity | completed\nA | x | 2024-04-01 09:00\nA | z | 2024-04-01 10:00")
    rows = differences(log, other).sort("next_activity")
    assert rows["case_share_difference"].to_list() == [-1.0, 1.0]
    assert rows["elapsed_seconds_difference"].to_list() == [None, None]


def test_paths_have_two_levels() -> None:
    log = drawn_log("case | activity | completed\nA | x | 2024-04-01 09:00")
    with pytest.raises(CallError, match="no level 'item'"):
        differences(log, log, level="item")
