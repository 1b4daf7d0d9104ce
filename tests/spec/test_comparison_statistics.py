"""Units side by side: published figures of funnels, rank sets, decompositions and sums come out again."""

import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2

from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.comparison import cusum, rank_sets
from efficacy_analytics.statistics.comparison.case_mix import expected_shares
from efficacy_analytics.statistics.comparison.cusum import (
    cells_of,
    first_not_below,
    gap_limits,
    risen_breaches,
    tabular_cusum,
)
from efficacy_analytics.statistics.comparison.decomposition import chained_effects, shapley_effects
from efficacy_analytics.statistics.comparison.funnel import (
    exact_ratio_limits,
    exact_share_limits,
    overdispersed_limits,
    spread_of_logarithms,
    spread_of_shares,
    spread_of_square_roots,
)
from efficacy_analytics.statistics.comparison.rank_sets import largest_differences, simultaneous_rank_sets

OBSERVED, EXPECTED = (100, 150, 180, 80, 120, 225), (108, 112, 165, 95, 100, 220)
"""Six institutions; their phi and tau² are asserted by FunnelPlotR's tests."""
SUCCESSES, TRIALS = (12, 30, 26, 50, 42, 71, 4, 29, 48, 36), (82, 98, 100, 125, 162, 151, 12, 100, 82, 99)


def test_six_institutions_by_logarithms_have_the_published_spread():
    spread = spread_of_logarithms(OBSERVED, EXPECTED)
    assert (spread.phi, spread.tau_squared) == pytest.approx((2.948033175, 0.019477531), abs=1e-9)
    assert spread.z.tolist() == pytest.approx([-0.799803, 3.091681, 1.117681, -1.674989, 1.823216, 0.333326], abs=1e-6)


@pytest.mark.parametrize(
    ("outer_share", "phi", "tau_squared"), [(0.10, 2.327178258, 0.00343978), (0.05, 2.746782612, 0.004405976)]
)
def test_six_institutions_by_square_roots_have_the_published_spread(outer_share, phi, tau_squared):
    spread = spread_of_square_roots(OBSERVED, EXPECTED, outer_share=outer_share)
    assert (spread.phi, spread.tau_squared) == pytest.approx((phi, tau_squared), abs=1e-8)


@pytest.mark.parametrize(
    ("outer_share", "phi", "tau_squared"), [(0.0, 6.037390998, 0.014356458), (0.10, 4.009052917, 0.00868826)]
)
def test_ten_shares_have_the_published_spread(outer_share, phi, tau_squared):
    spread = spread_of_shares(SUCCESSES, TRIALS, 0.34421365, outer_share=outer_share)
    assert (spread.phi, spread.tau_squared) == pytest.approx((phi, tau_squared), abs=1e-8)


def test_exact_limits_are_the_published_ones_and_those_of_chi_squared():
    low, high = exact_ratio_limits([15, 20, 30], confidence=0.95)
    assert low.tolist() == pytest.approx([0.5596924, 0.610826, 0.6746958], abs=1e-6)
    assert high.tolist() == pytest.approx([1.649348, 1.544419, 1.427562], abs=1e-6)
    low, high = exact_ratio_limits([15, 20, 30], confidence=0.998)
    assert low.tolist() == pytest.approx([0.386265, 0.4479107, 0.5289724], abs=1e-6)
    assert high.tolist() == pytest.approx([2.082907, 1.902094, 1.702771], abs=1e-6)
    assert exact_ratio_limits([7.5], confidence=0.9)[1][0] == pytest.approx(chi2.ppf(0.95, 17) / 15)


def test_counts_that_swing_by_chance_alone_have_no_spread_and_the_two_bandings_agree():
    spread = spread_of_square_roots([10] * 20, [10] * 20)
    assert (spread.phi, spread.tau_squared) == (0.0, 0.0)
    assert spread.z_overdispersed().tolist() == spread.z.tolist()
    assert overdispersed_limits(0.5, 0.0, confidence=0.95) == pytest.approx(0.979982, abs=1e-6)  # 1.959964 / 2


def test_an_overdispersed_unit_comes_nearer_and_never_further():
    draw = np.random.default_rng(5)
    expected = draw.uniform(5, 400, 60)
    spread = spread_of_square_roots(draw.poisson(expected * draw.lognormal(0, 0.4, 60)), expected)
    assert spread.tau_squared > 0
    assert (np.abs(spread.z_overdispersed()) <= np.abs(spread.z)).all()


def test_share_limits_hold_the_stated_share_of_draws():
    low, high = exact_share_limits([40, 400], 0.1, confidence=0.95)
    draws = np.random.default_rng(6).binomial([40, 400], 0.1, (20_000, 2)) / [40, 400]
    assert ((draws >= low) & (draws <= high)).mean(axis=0).tolist() == pytest.approx([0.96, 0.955], abs=0.015)


@pytest.mark.parametrize(("observed", "expected", "words"), [([1, 2], [1], "beside"), ([1], [0.0], "nothing expected")])
def test_a_funnel_of_what_cannot_be_compared_is_refused_in_a_sentence(observed, expected, words):
    with pytest.raises(CallError, match=words):
        spread_of_square_roots(observed, expected)


def test_no_late_case_is_compared_by_square_roots_and_refused_by_logarithms():
    assert np.isfinite(spread_of_square_roots([0, 5], [4, 4]).z).all()
    with pytest.raises(CallError, match="no case observed"):
        spread_of_logarithms([0, 5], [4, 4])


def test_rank_sets_of_pisa_2018_mathematics_are_the_published_ones(open_data):
    published = pl.read_csv(open_data / "anchors" / "pisa2018_mathematics_rank_sets.csv")
    sets = simultaneous_rank_sets(published["score"].to_numpy(), published["se"].to_numpy())
    assert np.abs(sets.lowest_rank - published["L95"].to_numpy()).max() <= 1  # end points move by one with the seed
    assert np.abs(sets.highest_rank - published["U95"].to_numpy()).max() <= 1
    assert sets.may_be_among_the_best(5).sum() == 12
    at_ninety = simultaneous_rank_sets(published["score"].to_numpy(), published["se"].to_numpy(), confidence=0.9)
    assert at_ninety.may_be_among_the_best(5).sum() == 11


@pytest.mark.parametrize("unit_count", [3, 30, 70])
def test_the_largest_difference_is_that_of_all_pairs(unit_count):
    draw = np.random.default_rng(unit_count)
    errors = draw.uniform(0.05, 0.5, unit_count)
    common = draw.normal(0, 0.3, (unit_count, 3)) * [1, 1, 5]  # some of it shared by all, much more than their own
    is_open = (draw.random((unit_count, unit_count)) < 0.6) & ~np.eye(unit_count, dtype=bool)
    for covariance in (np.diag(errors**2), np.diag(errors**2) + common @ common.T):
        noise = draw.multivariate_normal(np.zeros(unit_count), covariance, 300)
        variance = np.diag(covariance)
        scale = np.sqrt(variance[:, None] + variance[None, :] - 2 * covariance)
        np.fill_diagonal(scale, 1.0)
        pairs = noise[:, :, None] - noise[:, None, :]
        plain = np.where(is_open, pairs / scale, -np.inf).max(axis=(1, 2))
        assert largest_differences(noise, scale, is_open).tolist() == plain.tolist()


def test_what_two_units_share_of_their_errors_tells_them_apart_no_less():
    estimate, errors = [3.0, 2.0, 1.0], [1.0, 1.0, 1.0]
    alone = simultaneous_rank_sets(estimate, errors)
    assert (alone.lowest_rank.tolist(), alone.highest_rank.tolist()) == ([1, 1, 1], [3, 3, 3])
    shared = simultaneous_rank_sets(estimate, errors, correlation=np.full((3, 3), 0.99) + 0.01 * np.eye(3))
    assert (shared.lowest_rank.tolist(), shared.highest_rank.tolist()) == ([1, 2, 3], [1, 2, 3])
    with pytest.raises(CallError, match="correlations of"):
        simultaneous_rank_sets(estimate, errors, correlation=np.eye(2))


def test_units_far_apart_have_one_rank_each_and_units_alike_have_all():
    apart = simultaneous_rank_sets([3.0, 2.0, 1.0], [0.01, 0.01, 0.01])
    assert (apart.lowest_rank.tolist(), apart.highest_rank.tolist()) == ([1, 2, 3], [1, 2, 3])
    assert apart.may_be_among_the_worst(1).tolist() == [False, False, True]
    alike = simultaneous_rank_sets([1.0, 1.0, 1.0], [0.1, 0.2, 0.3])
    assert (alike.lowest_rank.tolist(), alike.highest_rank.tolist()) == ([1, 1, 1], [3, 3, 3])


def test_rank_sets_hold_all_true_ranks_together_as_often_as_they_say():
    true, errors, draw = np.array([0.0, 0.1, 0.3, 0.3, 0.8, 1.5]), np.full(6, 0.2), np.random.default_rng(7)
    best = 1 + (true[None, :] > true[:, None]).sum(axis=1)
    worst = 6 - (true[None, :] < true[:, None]).sum(axis=1)
    held = 0
    for _ in range(200):
        sets = simultaneous_rank_sets(draw.normal(true, errors), errors, draw_count=2000)
        held += bool(((sets.lowest_rank <= best) & (sets.highest_rank >= worst)).all())
    assert held / 200 >= 0.92  # 0.95 less twice the error of 200 draws


def test_a_rate_of_two_factors_splits_as_das_gupta_printed_it():
    before, after = {"alpha": 0.6, "beta": 0.5}, {"alpha": 0.3, "beta": 0.45}
    effects = shapley_effects(lambda factor: factor["alpha"] * factor["beta"], before, after)
    assert effects == pytest.approx({"alpha": -0.1425, "beta": -0.0225})


def test_earnings_split_into_their_amount_and_who_earns_as_das_gupta_printed_it():
    black, white = {"earnings": 10930, "share": 0.717892}, {"earnings": 16591, "share": 0.825974}
    effects = shapley_effects(lambda factor: factor["earnings"] * factor["share"], black, white)
    assert effects == pytest.approx({"earnings": 4369.913, "share": 1487.262}, abs=1e-3)
    assert sum(effects.values()) == pytest.approx(5857.175, abs=1e-3)


def test_a_product_of_four_factors_splits_as_das_gupta_printed_it():
    names = ("a", "b", "c", "d")
    before = dict(zip(names, (25.3, 0.214, 0.279, 0.949), strict=True))
    after = dict(zip(names, (32.7, 0.29, 0.473, 0.986), strict=True))
    effects = shapley_effects(lambda factor: math.prod(factor.values()), before, after)
    assert list(effects.values()) == pytest.approx([0.6889411, 0.8125381, 1.3829055, 0.1047547], abs=1e-6)


def test_headship_splits_into_structure_and_rate_as_printed():
    size = {
        1970: [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9],
        1985: [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5],
    }
    rate = {
        1970: [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
        1985: [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
    }
    before, after = ({"size": size[year], "rate": rate[year]} for year in (1970, 1985))
    effects = shapley_effects(lambda of: float(np.dot(of["size"], of["rate"])) / sum(of["size"]), before, after)
    assert effects == pytest.approx({"size": 1.2269, "rate": 1.7403}, abs=1e-3)


def test_effects_add_up_whatever_the_figure():
    draw = np.random.default_rng(8)
    names = [f"factor {number}" for number in range(5)]
    weights = draw.normal(size=(5, 5))
    before, after = (dict(zip(names, draw.normal(size=5).tolist(), strict=True)) for _ in range(2))

    def figure(factor):
        values = np.array([factor[name] for name in names])
        return float(values @ weights @ values + np.exp(values[0] * values[3]))

    effects = shapley_effects(figure, before, after)
    assert sum(effects.values()) == pytest.approx(figure(after) - figure(before), abs=1e-9)


def test_the_sums_of_twenty_values_are_the_printed_ones():
    # Montgomery and Runger, table 16-8: target 99, K = 1
    values = [102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7]
    values += [101.1, 98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0]
    above, below = tabular_cusum(values, target=99, allowance=1)
    printed_above = [2.0, 0, 0, 0, 2.0, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1.0]
    printed_below = [0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1.0, 2.3, 0, 0, 0.8, 0]
    assert above.tolist() == pytest.approx(printed_above, abs=1e-9)
    assert below.tolist() == pytest.approx(printed_below, abs=1e-9)


def test_gaps_between_breaches_have_the_printed_geometric_limits():
    gaps = [35, 12, 60, 8, 101, 44, 20, 73, 15, 52]  # their mean is 42
    limits = gap_limits(np.mean(gaps), tail=0.00135)
    assert (limits.share, limits.low, limits.median, limits.high) == (pytest.approx(0.0232558, abs=1e-7), 0, 29, 280)
    assert np.sqrt(1 - limits.share) / limits.share == pytest.approx(42.49706, abs=1e-5)  # three of them give 169.5
    with pytest.raises(CallError, match="cannot be"):
        gap_limits(float("nan"), tail=0.01)


def test_a_rise_is_signalled_after_it_began_and_told_since_when():
    draw = np.random.default_rng(9)
    is_breach = np.concatenate([draw.random(400) < 0.05, draw.random(300) < 0.25])
    rise = risen_breaches(is_breach, np.full(700, 0.05))
    assert 400 <= rise.signalled_at <= 470
    assert 360 <= rise.began_at <= rise.signalled_at


def test_a_steady_sequence_is_signalled_no_more_often_than_stated():
    draw = np.random.default_rng(10)
    expected = draw.uniform(0.02, 0.3, 300)
    false_alarms = sum(
        risen_breaches(draw.random(300) < expected, expected, false_alarm_share=0.05).signalled_at is not None
        for _ in range(200)
    )
    assert false_alarms / 200 <= 0.08  # 0.05 and twice the error of 200 draws


def test_thresholds_of_rare_breaches_are_those_of_drawing_every_case():
    """The same quantile from the places of breaches alone: the middle of the greatest scores, within its error."""
    expected = np.random.default_rng(3).uniform(0.01, 0.1, 400)
    parts = (-np.log1p(expected), np.log(2.0), -np.log1p(-expected), 4000)
    by_case, by_breach = (
        np.quantile(greatest(*parts, np.random.default_rng(1)), [0.5, 0.95])
        for greatest in (cusum._greatest_by_case, cusum._greatest_by_breach)
    )
    assert by_breach == pytest.approx(by_case, rel=0.05)


@pytest.mark.parametrize("are_even", [False, True])
@pytest.mark.parametrize("count", [1, 2, 40, 1500])
def test_the_case_that_a_point_lies_on_is_the_one_that_a_search_finds(count, are_even):
    draw = np.random.default_rng(count)
    uneven = draw.gamma(0.3, size=count) * 10.0 ** draw.integers(-5, 2, size=count) + 1e-9
    ends = np.cumsum(np.full(count, 0.1) if are_even else uneven)
    cells = cells_of(ends)
    borders = np.linspace(0, ends[-1], cells.size)
    near = [np.nextafter(at, to) for at in (ends, borders[1:]) for to in (0, np.inf)]
    points = np.concatenate([ends, borders, *near, draw.random(2000) * ends[-1] * 1.2])
    assert (first_not_below(ends, points, cells) == np.searchsorted(ends, points)).all()


@pytest.mark.parametrize("expected", [0.0, 1.0, float("nan")])
def test_watching_for_what_cannot_or_must_happen_is_refused(expected):
    with pytest.raises(CallError, match="between 0 and 1"):
        risen_breaches([True], [expected])


def test_a_unit_without_a_single_case_is_below_only_where_that_is_rare() -> None:
    """P(no case | 0.16 expected) = 0.85: nothing is low enough to be told; at 6 expected it is 0.0025, below 2.5 %."""
    low, _ = exact_ratio_limits([0.16, 2.59, 3.6, 6.0], confidence=0.95)
    assert low[:3].tolist() == [0.0, 0.0, 0.0]  # exp(-3.6) = 0.027 is above 0.025
    assert low[3] > 0


def test_effects_over_several_periods_chain_as_das_gupta_has_them():
    draw = np.random.default_rng(5)
    above = np.triu(draw.normal(size=(4, 4)), 1)
    pair = above - above.T
    chained = chained_effects(pair)
    for one, other, third in ((0, 1, 2), (1, 3, 0), (2, 0, 3)):
        assert chained[one, other] + chained[other, third] == pytest.approx(chained[one, third])
        # 1993, chapter 6: the effect of a pair less the mean of how far each other period is from chaining with it
        astray = [pair[one, other] + pair[other, by] - pair[one, by] for by in range(4) if by not in (one, other)]
        assert chained[one, other] == pytest.approx(pair[one, other] - sum(astray) / 4)


def test_effects_of_two_periods_are_those_of_the_pair():
    assert chained_effects(np.array([[0.0, 3.0], [-3.0, 0.0]])).tolist() == [[0.0, 3.0], [-3.0, 0.0]]


def test_a_factor_that_stays_has_no_effect_and_costs_no_figure():
    asked = []

    def figure(factors):
        asked.append(factors)
        return factors["a"] * factors["b"] * factors["c"]

    effects = shapley_effects(figure, {"a": 2.0, "b": 3.0, "c": 5.0}, {"a": 4.0, "b": 3.0, "c": 5.0})
    assert effects == {"a": 30.0, "b": 0.0, "c": 0.0}
    assert len(asked) == 2


def test_draws_are_correlated_by_the_one_root_that_is_symmetric():
    correlation = np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])  # two of its values are equal
    root = rank_sets._root(correlation)
    assert root == pytest.approx(root.T, abs=1e-12)
    assert root @ root == pytest.approx(correlation, abs=1e-12)


def test_what_is_typical_is_known_where_no_unit_is_near_the_middle():
    units = [f"U{number:02}" for number in range(100)]
    late = [50_000] * 50 + [950_000] * 50
    groups = pl.DataFrame({"work": "same", "unit": units, "late": late, "all": 1_000_000})
    fit = expected_shares(groups, ["work"], "unit", "late", "all", unit_prior_sd=0.5)
    assert np.isfinite(fit.covariance).all()
