"""How certain a segment's share of all waiting is: drawing whole cases again."""

import numpy as np
import pytest

from efficacy_analytics.statistics import bootstrap
from efficacy_analytics.statistics.bootstrap import mean_interval, share_intervals


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


def test_what_one_case_makes_is_not_known():
    # Every case waits 1 in part 0; a single one of the hundred waits 100 in part 1: it may be half of all, or nothing.
    case = np.append(np.arange(100), 0)
    part = np.append(np.zeros(100, int), 1)
    low, high = intervals(case, part, np.append(np.ones(100), 100.0), cases=100, groups=[0, 0])
    assert low.tolist()[1] == 0.0
    assert high.tolist()[0] == 1.0


def test_a_part_that_is_the_whole_of_its_group_needs_no_interval():
    case, part, amount = drawn_waits(1, 40, 3)
    low, high = intervals(case, part, amount, cases=40, groups=[0, 1, 1])
    assert np.isnan([low[0], high[0]]).all()
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


TAILS = {
    "exponential": lambda draw, shape: draw.exponential(1, shape),
    "lognormal 1": lambda draw, shape: np.exp(draw.normal(0, 1, shape)),
    "lognormal 1.5": lambda draw, shape: np.exp(draw.normal(0, 1.5, shape)),
}
PASSING, LENGTH = np.array([1, 1, 0.6, 0.3]), np.array([4, 2, 1.2, 0.8])
SHARES = PASSING * LENGTH / (PASSING * LENGTH).sum()
CASES = (5, 8, 20, 50, 200)
TAILS_AND_CASES = [pytest.param(tail, cases, 1_000, marks=pytest.mark.deep) for tail in TAILS for cases in CASES] + [
    ("lognormal 1", 5, 5),
    ("lognormal 1.5", 8, 60),
    ("exponential", 50, 60),
]


def covering(tail: str, cases: int, samples: int) -> tuple[float, float] | None:
    """How often the interval of a share covers it (the least of four parts), and how wide it is; None without any."""
    draw, hits, given, width = np.random.default_rng(cases), np.zeros(4), np.zeros(4), np.zeros(4)
    for _ in range(samples):
        waits = TAILS[tail](draw, (cases, 4)) * LENGTH * (draw.random((cases, 4)) < PASSING)
        case, part = np.nonzero(waits)
        low, high = intervals(case, part, waits[case, part], cases=cases, groups=[0] * 4, replicates=400)
        given += ~np.isnan(low)
        hits += (low <= SHARES) & (high >= SHARES)
        width += np.nan_to_num(high - low)
    return (float((hits / given).min()), float((width / given).mean())) if given.all() else None


@pytest.mark.parametrize(("tail", "cases", "samples"), TAILS_AND_CASES)
def test_an_interval_of_a_share_covers_it_or_is_not_given(tail, cases, samples, capsys):
    found = covering(tail, cases, samples)
    if samples > 100:
        with capsys.disabled():
            print(f"\n| share | {tail} | {cases} | {found and f'{found[0]:.1%}'} | {found and f'{found[1]:.2f}'} |")
    noise = 3 * (0.95 * 0.05 / samples) ** 0.5
    assert found is None if cases < 8 else found[0] >= 0.93 - noise * (samples <= 100)


@pytest.mark.parametrize(("tail", "cases", "samples"), TAILS_AND_CASES)
def test_an_interval_of_a_mean_covers_it_or_is_not_given(tail, cases, samples, capsys):
    draw, hits, given = np.random.default_rng(cases), 0, 0
    mean = {"exponential": 1.0, "lognormal 1": np.exp(0.5), "lognormal 1.5": np.exp(1.125)}[tail]
    for _ in range(samples):
        found = mean_interval(TAILS[tail](draw, cases), np.ones(cases, int), replicates=400, seed=7)
        given += found is not None
        hits += found is not None and found[0] <= mean <= found[1]
    if samples > 100:
        with capsys.disabled():
            print(f"\n| mean | {tail} | {cases} | {f'{hits / given:.1%}' if given else None} |")
    noise = 3 * (0.95 * 0.05 / samples) ** 0.5
    assert not given if cases < 40 else hits / given >= 0.93 - noise * (samples <= 100)


def test_few_cases_say_nothing_about_certainty():
    low, high = intervals(np.array([0]), np.array([0]), np.array([5.0]), cases=1, groups=[0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_where_nobody_waited_there_is_no_share():
    low, high = intervals(np.array([0, 1]), np.array([0, 0]), np.zeros(2), cases=2, groups=[0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_draw_without_any_case_of_the_group_says_nothing_about_its_shares():
    # The first group belongs to nine of three hundred cases; what the others are drawn for does not matter to it.
    case, part = np.repeat(np.arange(9), 2), np.tile([0, 1], 9)
    amount = np.tile([3.0, 1.0, 1.0, 2.0, 5.0, 1.0], 3)
    low, high = intervals(case, part, amount, cases=300, groups=[0, 0])
    assert ((low > 0) & (high < 1)).all()
    assert np.isnan(intervals(case[:14], part[:14], amount[:14], cases=300, groups=[0, 0])).all()


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
