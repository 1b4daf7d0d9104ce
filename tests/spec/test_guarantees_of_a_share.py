"""How certain a segment's share of all waiting is: drawing whole cases again."""

import numpy as np
import pytest

from efficacy_analytics.statistics import bootstrap
from efficacy_analytics.statistics.bootstrap import share_intervals


def drawn_waits(seed: int, cases: int, parts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each case waits in three parts, chosen at random, for an exponential time scaled by the part."""
    draw = np.random.default_rng(seed)
    part = draw.integers(0, parts, (cases, 3))
    amount = np.round(draw.exponential(1000 * (1 + part)))
    return np.repeat(np.arange(cases), 3), part.ravel(), amount.ravel()


def intervals(case, part, amount, *, cases, groups, replicates=200, seed=7):
    low, high = share_intervals(
        case, part, amount, case_count=cases, group_of_part=np.asarray(groups), replicates=replicates, seed=seed
    )
    return low, high


def test_one_of_a_kind_is_certain_and_one_in_a_hundred_is_not():
    # Every case waits 1 in part 0; a single one of the hundred waits 100 in part 1.
    case = np.append(np.arange(100), 0)
    part = np.append(np.zeros(100, int), 1)
    low, high = intervals(case, part, np.append(np.ones(100), 100.0), cases=100, groups=[0, 0])
    # The one case is drawn 0 times with probability 0.366, and 3 times or more with 0.08: 300 of 400.
    assert low.tolist() == pytest.approx([0.25, 0.0])
    assert high.tolist() == pytest.approx([1.0, 0.75])


def test_a_part_that_is_the_whole_of_its_group_has_share_one():
    case, part, amount = drawn_waits(1, 40, 3)
    low, high = intervals(case, part, amount, cases=40, groups=[0, 1, 1])
    assert low[0] == high[0] == 1.0
    assert (low[1:] < 1).all()


def test_the_interval_holds_the_share_found():
    case, part, amount = drawn_waits(2, 400, 6)
    share = np.bincount(part, amount) / amount.sum()
    low, high = intervals(case, part, amount, cases=400, groups=[0] * 6)
    assert ((low < share) & (share < high)).all()


def test_more_cases_make_it_narrower():
    widths = []
    for cases in (100, 10_000):
        low, high = intervals(*drawn_waits(3, cases, 4), cases=cases, groups=[0] * 4)
        widths.append(float((high - low).mean()))
    assert widths[1] == pytest.approx(widths[0] / 10, rel=0.25)  # by the square root of the number of cases


def test_the_same_seed_gives_the_same_interval_however_the_work_is_cut(monkeypatch):
    waits = drawn_waits(4, 60, 5)
    once = intervals(*waits, cases=60, groups=[0, 0, 1, 1, 1])
    monkeypatch.setattr(bootstrap, "PARTS_AT_ONCE", 2)
    monkeypatch.setattr(bootstrap, "CELLS_AT_ONCE", 70)
    again = intervals(*waits, cases=60, groups=[0, 0, 1, 1, 1])
    assert [ends.tolist() for ends in once] == [ends.tolist() for ends in again]
    other = intervals(*waits, cases=60, groups=[0, 0, 1, 1, 1], seed=8)
    assert other[0].tolist() != once[0].tolist()


def test_several_waits_of_one_case_are_drawn_together():
    # Cut into ten parts of equal length, a wait gives the same interval as whole.
    case, part, amount = drawn_waits(5, 50, 3)
    whole = intervals(case, part, amount, cases=50, groups=[0, 0, 0])
    cut = intervals(np.repeat(case, 10), np.repeat(part, 10), np.repeat(amount / 10, 10), cases=50, groups=[0, 0, 0])
    np.testing.assert_allclose(np.array(whole), np.array(cut))


def test_a_single_case_says_nothing_about_certainty():
    low, high = intervals(np.array([0]), np.array([0]), np.array([5.0]), cases=1, groups=[0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_where_nobody_waited_there_is_no_share():
    low, high = intervals(np.array([0, 1]), np.array([0, 0]), np.zeros(2), cases=2, groups=[0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_draw_without_any_case_of_the_group_says_nothing_about_its_shares():
    # Both parts of the group belong to case 0, which a draw of three misses with probability 0.3.
    case, part = np.array([0, 0, 1, 2]), np.array([0, 1, 2, 2])
    low, high = intervals(case, part, np.array([3.0, 1.0, 9.0, 9.0]), cases=3, groups=[0, 0, 1])
    assert low.tolist() == high.tolist() == [0.75, 0.25, 1.0]


def covering_share(first_seed: int, rounds: int, cases: int) -> float:
    """How often the 95% interval holds the true share of part 2: parts are as likely, amounts as 1 : 2 : 3."""
    covered = 0
    for seed in range(first_seed, first_seed + rounds):
        low, high = intervals(*drawn_waits(seed, cases, 3), cases=cases, groups=[0, 0, 0])
        covered += low[2] <= 0.5 <= high[2]
    return covered / rounds


def test_an_interval_holds_the_truth_about_as_often_as_it_says():
    assert covering_share(first_seed=100, rounds=120, cases=300) >= 0.87  # 0.95 less 4 standard errors of 0.02


@pytest.mark.deep
def test_an_interval_holds_the_truth_as_often_as_it_says_in_long_simulations():
    assert covering_share(first_seed=1000, rounds=3000, cases=500) == pytest.approx(0.95, abs=0.016)
