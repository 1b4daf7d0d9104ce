"""District offices that share all items, from exports to the comparison: equal ones are not told apart, slow ones are.

The city with twelve offices of equal speed and other work, and the same with three that are slow: one of those has the
easiest work, so that the raw order hides it.
"""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.like_offices import SLOW, LikeOffices, drawn_city, hard_items, make_offices

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.comparison.officers import officer_dispersion
from efficacy_analytics.findings.comparison.reversals import comparison_reversals
from efficacy_analytics.findings.comparison.times import department_times
from efficacy_analytics.workflows.steps import publish

EQUAL, PLANTED = LikeOffices(), LikeOffices(delay_days=SLOW)
DECIDING = LikeOffices(
    delay_days=SLOW, decider_days=dict.fromkeys(("A01", "A02", "A06"), (0,) * 5) | {"A03": (0, 3, 6, 9, 14)}
)
"""Of three offices it does not matter who of five officers decides; of a fourth it does."""
SEEDS = 20
EQUAL_SEEDS = 100
"""The twenty seeds below and eighty more: twenty alone cannot tell one in twenty from three."""
EASY_AND_SLOW = "A12"


def compared(folder: Path, city: Path, seed: int, planted: LikeOffices) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The comparison and the reversals of the offices, through the lake."""
    ingest(folder / "lake", [make_offices(folder / "exports", city, seed, planted)], "city")
    publish(folder / "lake")
    with open_log(folder / "lake") as log:
        return department_comparison(log), comparison_reversals(log)


def ranks_that_cannot_be(found: pl.DataFrame, slow: set[str]) -> list[str]:
    """Offices whose set leaves out a rank they may have: equal ones share the ranks before those of the slow ones."""
    equal_count = found.height - len(slow)
    is_slow = pl.col("department").is_in(list(slow))
    wrong = found.filter(
        (is_slow & (pl.col("worst_rank") <= equal_count))
        | (~is_slow & ((pl.col("best_rank") > 1) | (pl.col("worst_rank") < equal_count)))
    )
    return wrong["department"].to_list()


def named_last(found: pl.DataFrame) -> set[str]:
    return set(found.filter(pl.col("is_last_three"))["department"])


def test_slow_offices_are_told_and_the_item_that_hides_one_is_named(tmp_path: Path) -> None:
    city = drawn_city(tmp_path / "city", cases=4000, seed=3)
    found, turned = compared(tmp_path, city, 3, PLANTED)
    ratio = dict(found.select("department", "late_ratio").rows())
    share = dict(found.select("department", "late_share").rows())
    assert sorted(ratio, key=lambda office: ratio[office])[-3:] == sorted(SLOW, key=lambda office: ratio[office])
    assert found.filter(pl.col("department") == "A09")["exact_band"].item() == "far_above"
    assert named_last(found) <= set(SLOW)
    assert share["A01"] > share[EASY_AND_SLOW]  # hard work, usual speed, above easy work that is slow
    pair = turned.filter((pl.col("department") == "A01") & (pl.col("other_department") == EASY_AND_SLOW))
    assert pair["turned_by"].item() == "item"
    assert pair["turned_by_value"].item() in hard_items(city)


@pytest.mark.deep
@pytest.mark.parametrize("first", range(SEEDS, EQUAL_SEEDS, SEEDS))
def test_of_twenty_seeds_of_equal_offices_at_most_one_tells_somebody_apart(tmp_path: Path, first: int) -> None:
    told_apart = []
    for seed in range(first, first + SEEDS):
        city = drawn_city(tmp_path / f"city{seed}", cases=8000, seed=seed)
        equal, _ = compared(tmp_path / f"equal{seed}", city, seed, EQUAL)
        told_apart += [seed] if ranks_that_cannot_be(equal, set()) else []
    assert len(told_apart) <= SEEDS * 0.05


@pytest.mark.deep
def test_twenty_seeds_keep_their_word(tmp_path: Path) -> None:
    told_apart, uncovered, wrongly_named, missed, turned_seeds = [], [], [], [], []
    for seed in range(SEEDS):
        city = drawn_city(tmp_path / f"city{seed}", cases=8000, seed=seed)
        equal, _ = compared(tmp_path / f"equal{seed}", city, seed, EQUAL)
        slow, turned = compared(tmp_path / f"slow{seed}", city, seed, PLANTED)
        above = slow.filter(pl.col("exact_band").str.ends_with("above"))["department"]
        by_items = turned.filter((pl.col("other_department") == EASY_AND_SLOW) & (pl.col("turned_by") == "item"))[
            "turned_by_value"
        ]
        told_apart += [seed] if ranks_that_cannot_be(equal, set()) else []
        uncovered += [seed] if ranks_that_cannot_be(slow, set(SLOW)) else []
        wrongly_named += [seed] if named_last(equal) or named_last(slow) - set(SLOW) else []
        missed += [seed] if not {"A07", "A09"} <= set(above) else []
        turned_seeds += [seed] if set(by_items) & hard_items(city) else []
    assert len(told_apart) <= SEEDS * 0.05
    assert len(uncovered) <= SEEDS * 0.05
    assert len(wrongly_named) <= SEEDS * 0.05
    assert missed == []
    assert len(turned_seeds) >= SEEDS * 0.8


@pytest.mark.deep
def test_the_days_of_slow_offices_and_the_weight_of_who_decides_come_out(tmp_path: Path) -> None:
    wrongly_longer, wrongly_weighed, covered = [], [], []
    for seed in range(SEEDS // 2):
        city = drawn_city(tmp_path / f"city{seed}", cases=8000, seed=seed)
        folder = tmp_path / f"deciding{seed}"
        ingest(folder / "lake", [make_offices(folder / "exports", city, seed, DECIDING)], "city")
        publish(folder / "lake")
        with open_log(folder / "lake") as log:
            times = department_times(log).filter(pl.col("counted_unit") == "working_days")
            shares = {row["department"]: row for row in officer_dispersion(log).iter_rows(named=True)}
        longer = set(times.filter(pl.col("position") == "longer")["department"])
        assert {"A03", "A07", "A09"} <= longer
        assert shares["A03"]["between_officers_share_low"] > 0
        wrongly_longer += [seed] if longer - {"A03", *SLOW} else []
        low = [shares[name]["between_officers_share_low"] for name in ("A01", "A02", "A06")]
        wrongly_weighed += [one for one in low if one]
        covered += [one for one in low if one is not None]
    assert len(wrongly_longer) <= 1
    assert len(covered) >= SEEDS // 2
    assert len(wrongly_weighed) <= 0.1 * len(covered)
