"""The noise of a published count: the same for the same cell, right on average, and so wide that no count follows."""

import itertools
import random
from fractions import Fraction

import pytest

from efficacy_analytics.findings.disclosure.noise import Noise

FEWEST = 5
KEYS = [bytes([number % 256, number // 256]) * 16 for number in range(4_000)]


def moved(key: bytes, count: int, **cohort: str) -> int:
    return Noise(key, FEWEST, cohort).shown(count, "late_count", {"department": "D01"})


def test_the_same_cell_is_moved_alike_in_every_table_edition_and_snapshot() -> None:
    key = KEYS[7]
    of_cohort = Noise(key, FEWEST, {"department": "D01"}).shown(37, "late_count", {})
    assert of_cohort == moved(key, 37) == Noise(key, FEWEST).shown(37, "late_count", {"department": "D01"})
    of_month = Noise(key, FEWEST).shown(37, "case_count", {"month": "2025-02"})
    period = {"accepted_from": "2025-02-01", "accepted_until": "2025-03-01"}
    assert of_month == Noise(key, FEWEST, period).shown(37, "case_count", {})


def test_another_cell_another_measure_and_another_lake_are_moved_otherwise() -> None:
    shown = {moved(key, 37) for key in KEYS[:50]}
    assert len(shown) > 1
    by_measure = {Noise(KEYS[0], FEWEST).shown(37, f"m{number}", {}) for number in range(50)}
    assert len(by_measure) > 1


def test_a_case_more_never_shows_fewer_and_moves_the_count_by_a_step_at_most() -> None:
    for key in KEYS[:300]:
        shown = [moved(key, count) for count in range(1, 40)]
        assert all(later - before in (0, FEWEST) for before, later in itertools.pairwise(shown))


@pytest.mark.parametrize("count", [6, 23, 500])
def test_counts_are_right_on_average(count: int) -> None:
    assert sum(moved(key, count) for key in KEYS) / len(KEYS) == pytest.approx(count, abs=0.15)


def test_none_is_shown_as_none_and_nothing_else_is_certain() -> None:
    assert {moved(key, 0) for key in KEYS[:200]} == {0}
    for count in range(1, 6):
        assert {0, FEWEST} <= {moved(key, count) for key in KEYS}


def chances(count: int, reach: int = 60) -> dict[int, Fraction]:
    """The chance of every figure a count may be shown as, worked out from the definition of the noise."""
    geometric = [Fraction(3, 4) * Fraction(1, 4) ** k for k in range(reach)]
    told: dict[int, Fraction] = {}
    for k in range(-reach + 1, reach):
        both = sum((geometric[g] * geometric[g - k] for g in range(max(0, k), reach + min(0, k))), Fraction(0))
        for uniform in range(FEWEST):
            shown = max(0, (count + uniform + k) // FEWEST * FEWEST)
            told[shown] = told.get(shown, Fraction(0)) + both / FEWEST
    return told


@pytest.mark.parametrize("count", [1, 4, 5, 17])
def test_a_case_more_changes_no_chance_by_more_than_a_factor_of_four(count: int) -> None:
    before, after = chances(count), chances(count + 1)
    for shown in (0, 5, 10, 15, 20, 25, 30):
        assert Fraction(1, 4) - Fraction(1, 10**9) <= after[shown] / before[shown] <= 4 + Fraction(1, 10**9)


def test_the_noise_has_the_chances_of_its_definition() -> None:
    expected = chances(7)
    for shown in (0, 5, 10, 15):
        assert sum(moved(key, 7) == shown for key in KEYS) / len(KEYS) == pytest.approx(
            float(expected[shown]), abs=0.03
        )


def test_from_where_on_a_group_is_shown_differs_and_is_never_below_the_least_number() -> None:
    draw = random.Random(1)
    starts = set()
    for _ in range(200):
        noise = Noise(KEYS[draw.randrange(4_000)], FEWEST)
        starts.add(next(count for count in range(20) if noise.is_enough(count, "case_count", {"item": "I1"})))
    assert starts == set(range(FEWEST, 2 * FEWEST))


def test_an_office_that_sets_no_least_number_shows_counts_as_they_are() -> None:
    assert Noise(KEYS[0], 1).shown(3, "case_count", {}) == 3
    assert [Noise(KEYS[0], fewest).is_enough(count, "case_count", {}) for fewest in (0, 1) for count in (0, 1)] == [
        False, True, False, True
    ]  # fmt: skip
