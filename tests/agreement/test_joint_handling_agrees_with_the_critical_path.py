"""What joint handling saves, against the longest path through each case's steps, on random logs."""

import datetime as dt
import random
from itertools import pairwise, permutations

import pytest
from support.drawn import log_of
from support.drawn_paths import clocked, plain_steps, random_rows, working_days
from support.samples import seeds

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.redesign.joint_handling import joint_handling
from efficacy_analytics.statistics.bootstrap import FEWEST_CASES_OF_A_MEAN

Steps = list[tuple[str, dt.date, dt.date]]


def lengths(steps: Steps, accepted_on: dt.date) -> list[tuple[str, int]]:
    """The steps that became possible while the clock ran, and how long each lasts with the waiting before it."""
    return [
        (steps[number][0], working_days(steps[number - 1][2], steps[number][2]))
        for number in range(1, len(steps))
        if steps[number - 1][2] >= accepted_on
    ]


def longest_path(lasting: list[tuple[str, int]], group: set[str]) -> int:
    """Every step comes after each earlier one, but for different steps of the group."""
    ends: list[int] = []
    for place, (activity, days) in enumerate(lasting):
        before = [
            ends[earlier]
            for earlier in range(place)
            if not ({activity, lasting[earlier][0]} <= group and activity != lasting[earlier][0])
        ]
        ends.append(days + max(before, default=0))
    return max(ends, default=0)


def has_run(lasting: list[tuple[str, int]], group: set[str]) -> bool:
    names = [activity for activity, _ in lasting]
    return any({one, other} <= group and one != other for one, other in pairwise(names))


@pytest.mark.parametrize("group", ["ab", "abc"])
@pytest.mark.parametrize("seed", seeds(2, of=15))
def test_a_group_saves_what_is_not_on_the_longest_path(seed: int, group: str) -> None:
    draw = random.Random(seed)
    rows = random_rows(draw)
    steps = plain_steps(rows)
    accepted = {case: draw.choice(found[:2])[2] for case, found in steps.items()}
    lasting = {case: lengths(found, accepted[case]) for case, found in steps.items()}
    touched = [case for case in steps if has_run(lasting[case], set(group))]
    with log_of(rows) as log:
        counted = clocked(log, rows, 10, accepted)
        if not touched:
            with pytest.raises(CannotAnswerError):
                joint_handling(log, activities=list(group))
            return
        found = joint_handling(log, activities=list(group)).row(0, named=True)
    saved = {
        case: min(counted[case], sum(days for _, days in lasting[case]) - longest_path(lasting[case], set(group)))
        for case in touched
    }
    assert found["case_count"] == len(touched)
    assert found["saved_days_total"] == sum(saved.values())
    if found["saved_days_mean_low"] is not None:
        assert found["case_count"] >= FEWEST_CASES_OF_A_MEAN
        assert found["saved_days_mean_low"] <= found["saved_days_mean"] <= found["saved_days_mean_high"]


def test_the_ceiling_is_that_of_joint_handling_and_the_slack_what_a_group_leaves_of_it() -> None:
    """Twenty cases: two steps of five and of three working days, one after the other, in either order.

    Side by side they take five days. With twenty cases the longest bounds 80 % at 95 % (14 are enough), so the slack is
    45 - 5 = 40 working days, 55 with the fifteen that the government of the level may add.
    """
    rows = two_orders(20)
    with log_of(rows) as log:
        clocked(log, rows, 10, {row["case"]: dt.date(2025, 3, 3) for row in rows})
        found = joint_handling(log, share=0.8, confidence=0.95).row(0, named=True)
    assert found["activities"] == "fire|land"
    assert (found["is_candidate"], found["case_count"]) == (True, 20)
    assert (found["series_days_mean"], found["parallel_days_mean"], found["saved_days_total"]) == (8, 5, 60)
    assert (found["needed_days"], found["ceiling_days"]) == (5, 45)
    assert (found["slack_days"], found["extended_slack_days"]) == (40, 55)
    assert found["over_ceiling_count"] == 0


def test_the_slack_is_that_of_the_whole_handling_and_not_of_the_group_alone() -> None:
    """As above, with a decision ten working days after the group: 18 working days as a whole, 15 side by side."""
    rows = two_orders(20)
    rows += [
        {"case": f"c{case}", "activity": "decision", "started": "2025-03-27T10:00", "completed": "2025-03-27T10:00"}
        for case in range(20)
    ]
    with log_of(rows) as log:
        clocked(log, rows, 10, {row["case"]: dt.date(2025, 3, 3) for row in rows})
        found = joint_handling(log, share=0.8, confidence=0.95).row(0, named=True)
    assert (found["needed_days"], found["whole_needed_days"]) == (5, 15)
    assert (found["slack_days"], found["extended_slack_days"]) == (30, 45)


def two_orders(count: int) -> list[dict[str, str]]:
    """Acceptance on Monday 3 March; fire takes five working days, land three, in every other case land comes first."""
    rows = []
    for case in range(count):
        later = [("fire", "10"), ("land", "13")] if case % 2 else [("land", "06"), ("fire", "13")]
        for name, day in [("acceptance", "03"), *later]:
            moment = f"2025-03-{day}T10:00:00"
            rows.append({"case": f"c{case}", "activity": name, "started": moment, "completed": moment})
    return rows


def test_every_step_that_is_independent_of_all_others_joins_the_group() -> None:
    """Three steps in all of their six orders are one group; of 1, 2 and 3 working days only the longest is left."""
    rows = []
    for case, order in enumerate(list(permutations(["fire", "land", "water"])) * 4):
        day = dt.date(2025, 3, 3)
        rows.append(
            {"case": f"c{case}", "activity": "acceptance", "started": f"{day}T10:00", "completed": f"{day}T10:00"}
        )
        for name in order:
            day = day + dt.timedelta(days={"fire": 1, "land": 7, "water": 14}[name])
            rows.append({"case": f"c{case}", "activity": name, "started": f"{day}T10:00", "completed": f"{day}T10:00"})
    with log_of(rows) as log:
        clocked(log, rows, 10, {row["case"]: dt.date(2025, 3, 3) for row in rows})
        found = joint_handling(log, share=0.8)
    assert found.select("activities", "case_count", "is_candidate").rows() == [("fire|land|water", 24, True)]
    # Fire takes 1 working day, or none where it falls on a Saturday; land 5 and water 10: between 15 and 16 in all.
    assert found["parallel_days_mean"].item() == 10
    assert 5 <= found["saved_days_mean"].item() <= 6


def test_steps_that_overlap_already_save_nothing() -> None:
    rows = [
        {"case": "c", "activity": "acceptance", "started": "2025-03-03T10:00:00", "completed": "2025-03-03T10:00:00"},
        {"case": "c", "activity": "fire", "started": "2025-03-04T10:00:00", "completed": "2025-03-11T10:00:00"},
        {"case": "c", "activity": "land", "started": "2025-03-05T10:00:00", "completed": "2025-03-13T10:00:00"},
    ]
    with log_of(rows) as log:
        clocked(log, rows, 10, {"c": dt.date(2025, 3, 3)})
        found = joint_handling(log, activities=["fire", "land"]).row(0, named=True)
    assert found["saved_days_total"] == 0


def declared() -> DuckdbEngine:
    return log_of(
        [
            {"case": "c", "activity": name, "completed": f"2025-03-0{day}T10:00:00"}
            for day, name in enumerate(["acceptance", "review", "fire"], start=3)
        ]
    )


@pytest.mark.parametrize("wrong", [["review"], ["acceptance", "review", "fire"]], ids=["one step", "declared order"])
def test_one_step_is_no_group_and_a_declared_order_stays(wrong: list[str]) -> None:
    with declared() as log, pytest.raises(CallError):
        joint_handling(log, activities=wrong)
