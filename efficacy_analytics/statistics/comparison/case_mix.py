"""What was to be expected of each group of cases by its properties: a logistic model with shrinkage.

logit p = intercept + one effect for the value of each factor + one effect for the unit; an effect has a normal prior
around 0, so that a value with few cases stays near the whole. The unit has its effect in the fit and not in the
expectation: a model without it would take for the work what is the unit's own wherever slow units have easy work, and
would then tell units of equal speed apart. What is expected is what the typical unit, the one with the median effect,
would have had.

Source: S.-L. T. Normand, M. E. Glickman and C. A. Gatsonis, "Statistical methods for profiling providers of medical
care", JASA 92(439), 1997; S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied
Statistics 41(1), 1992.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse
from scipy.special import expit, log_expit

from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled

PRIOR_SD: Final = 2.0
"""Items are late in one of a hundred cases and in nine of ten: three such steps. Narrower, the hardest work is drawn so
far towards the mean that who has it seems late."""
UNIT_PRIOR_SD: Final = 2.0
"""No narrower, so that what is a unit's own is not shrunk back into its work."""
FEWEST_TRIALS: Final = 30
"""Units of fewer cases have no say in what is typical, unless there are no others."""
BIN_COUNT: Final = 10
MOST_STEPS: Final = 50
SMALL_STEP: Final = 1e-5
LAST_STEP: Final = 1e-13
"""From the first on a step is taken whole, after the second it is the last one."""
LEAST_GAIN: Final = 1e-4
"""A longer step is halved until it gains this part of what the slope promises."""
NOBODY: Final = "\0"
"""The unit of the groups that have none: no name, while an empty text may be one."""


@dataclass(frozen=True)
class Expectation:
    """What was to be expected of each group.

    Attributes:
        typical: the share the typical unit would have had; strictly between 0 and 1.
        fitted: the share the model gives the group's own unit, for its calibration.
        units: the names of the units in their order, `NOBODY` where there are groups without one.
        covariance: of the logarithms of the units' ratios: successes as fitted over those of the typical unit. Chance
            in the unit's own count, in what is expected of its work and in what is typical, as far as they go together;
            0 for a unit without a trial.
        ratio: of each unit, as fitted; 1 for a unit without a trial.
        work_variance: of each unit, the part of `covariance` that chance in its own count does not make; not below 0.
    """

    typical: Floats
    fitted: Floats
    units: tuple[str, ...]
    covariance: Floats
    ratio: Floats
    work_variance: Floats


def expected_shares(
    groups: pl.DataFrame,
    factors: Sequence[str],
    unit: str,
    success: str,
    trials: str,
    *,
    prior_sd: float = PRIOR_SD,
    unit_prior_sd: float = UNIT_PRIOR_SD,
) -> Expectation:
    """The expected share of each group of like cases of a unit.

    Args:
        groups: one row per group, with its unit, its factors (text; null has no effect) and its two counts.
        factors: the columns that explain.
        unit: the column of the units that are compared; groups without one are together a unit that has no say in what
            is typical.
        success: the column of the counts that are explained.
        trials: the column of all cases.
        prior_sd: the standard deviation of an effect's prior, in log odds.
        unit_prior_sd: that of a unit's effect.

    Returns:
        One share per row of `groups`. Where none or all of the cases succeeded it is half a case from the edge.
    """
    successes = groups[success].to_numpy().astype(np.float64)
    counts = groups[trials].to_numpy().astype(np.float64)
    groups = groups.with_columns(pl.col(unit).fill_null(NOBODY))
    units = groups.group_by(unit).agg(pl.col(trials).sum()).sort(unit)
    total, reached = counts.sum(), successes.sum()
    if not 0 < reached < total:
        return _even(groups.height, (reached + 0.5) / (total + 1), units[unit].to_list(), units[trials].to_numpy())
    design = _design(groups, [*factors, unit], counts)
    prior = np.full(sum(design.sizes), prior_sd)
    prior[prior.size - units.height :] = unit_prior_sd
    work = _Work(design, counts, successes, prior)
    start = np.zeros(prior.size + 1)
    start[0] = np.log(reached / (total - reached))
    fitted = _least(start, work.unlikely, work.curve)
    score = work.score(fitted)
    own = fitted[-units.height :]
    of_unit = design.levels[:, -units.height :]
    voices = _voices(units[unit] != NOBODY, units[trials] >= FEWEST_TRIALS)
    typical = settled(expit(score - of_unit @ own + np.median(own[voices])))
    names = tuple(units[unit].to_list())
    return Expectation(typical, settled(expit(score)), names, *_ratios(work, fitted, typical, voices))


def _even(group_count: int, share: float, units: list[str], trials: Floats) -> Expectation:
    """What is expected where all groups are alike: nothing but each unit's own count has an error."""
    variance = np.divide((1 - share) / share, trials, out=np.zeros(len(units)), where=trials > 0)
    shares = np.full(group_count, share)
    return Expectation(shares, shares, tuple(units), np.diag(variance), np.ones(len(units)), np.zeros(len(units)))


@dataclass(frozen=True)
class _Work:
    """The groups as the model sees them.

    Attributes:
        design: the values of the factors that each group has; the units are the last factor.
        counts: the cases of each group.
        successes: of them.
        prior: the standard deviation of each effect.
    """

    design: "_Design"
    counts: Floats
    successes: Floats
    prior: Floats

    def score(self, point: Floats) -> Floats:
        """The log odds of each group: intercept, and effects that count from the mean of their factor."""
        effects, design = point[1:], self.design
        return np.asarray(point[0] + design.levels @ effects - design.is_known @ (design.means @ effects))

    def unlikely(self, point: Floats) -> tuple[float, Floats]:
        """Less the logarithm of the chance of the counts and the prior of the effects, and its slope."""
        effects, score = point[1:], self.score(point)
        value = -(self.successes @ log_expit(score) + (self.counts - self.successes) @ log_expit(-score))
        slope = self.counts * expit(score) - self.successes
        penalty = effects / self.prior**2
        by_effect = self.design.by_effect(slope)
        return float(value + effects @ penalty / 2), np.concatenate([[slope.sum()], by_effect + penalty])

    def curve(self, point: Floats) -> Floats:
        """The second derivatives of what `unlikely` gives."""
        return _curve(self.design, self.weight(expit(self.score(point))), self.prior)

    def weight(self, share: Floats) -> Floats:
        """The variance of each group's count by chance."""
        return np.asarray(self.counts * share * (1 - share))

    def slopes(self, weight: Floats, of_unit: sparse.csr_matrix) -> Floats:
        """How much each unit's sum of groups moves with each effect, a group by its weight."""
        weighed, design = sparse.diags_array(weight) @ of_unit, self.design
        by_effect = (weighed.T @ design.levels - weighed.T @ design.is_known @ design.means).toarray()
        return np.column_stack([of_unit.T @ weight, by_effect])


def _ratios(
    work: _Work, point: Floats, typical: Floats, voices: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """The covariance of the logarithms of the units' ratios, the ratios, and what is not chance of their own counts.

    By the delta method: G H^-1 G', G the slopes of ln(fitted / expected) in the effects, H the curve at the fit: what
    is not known of an effect, its prior included. What is typical moves with the effects near the median, each by how
    likely it is to be the one in the middle: exp(-z² / 2), z its distance in its own standard errors.
    """
    curve = work.curve(point)
    unit_count = voices.size
    of_unit = work.design.levels[:, -unit_count:]
    own = point[-unit_count:]
    fitted = expit(work.score(point))
    counts = (of_unit.T @ (work.counts * share) for share in (fitted, typical))
    reached, expected = (np.where(count > 0, count, 1.0) for count in counts)
    errors = np.sqrt(np.diag(np.linalg.inv(curve))[-unit_count:])
    squares = ((own - np.median(own[voices])) / errors) ** 2
    near = np.where(voices, np.exp((squares[voices].min() - squares) / 2), 0.0)  # of the nearest one it is 1
    at_typical = work.slopes(work.weight(typical), of_unit)
    at_typical[:, -unit_count:] += np.outer(at_typical[:, 0], near / near.sum()) - np.diag(at_typical[:, 0])
    slopes = work.slopes(work.weight(fitted), of_unit) / reached[:, None] - at_typical / expected[:, None]
    covariance = slopes @ np.linalg.solve(curve, slopes.T)
    of_work = np.diag(covariance) - of_unit.T @ work.weight(fitted) / reached**2
    return covariance, reached / expected, np.maximum(of_work, 0.0)


def _least(
    point: Floats, unlikely: Callable[[Floats], tuple[float, Floats]], curve: Callable[[Floats], Floats]
) -> Floats:
    """The point of the least value of a convex figure, by Newton's steps, to the last digits that a figure has.

    A search that ends when it gains little ends at another place on another processor; and of a thousand units, where
    few cases tell some of the effects, steps that know the curve are ten, and those that do not are hundreds. Near its
    end the curve stays as it is, and a step that is no shorter than half of the one before is the rounding of sums.
    """
    bent, before = curve(point), np.inf
    for _ in range(MOST_STEPS):
        value, slope = unlikely(point)
        step = np.linalg.solve(bent, slope)
        reach = 1.0
        if (length := float(np.abs(step).max())) > SMALL_STEP:
            gain = float(slope @ step) * LEAST_GAIN
            while reach > SMALL_STEP and not unlikely(point - reach * step)[0] <= value - reach * gain:
                reach /= 2
        point = point - reach * step
        if length < LAST_STEP or before / 2 < length < SMALL_STEP:
            break
        if length > SMALL_STEP:
            bent = curve(point)
        before = length
    return point


def _voices(is_named: pl.Series, has_enough: pl.Series) -> npt.NDArray[np.bool_]:
    """Which units have a say in what is typical: those that have a name and enough cases, else all."""
    named, enough = is_named.to_numpy(), (is_named & has_enough).to_numpy()
    return np.asarray(enough if enough.any() else named if named.any() else ~named)


def calibration(
    groups: pl.DataFrame, expected: str, success: str, trials: str, *, bin_count: int = BIN_COUNT
) -> pl.DataFrame:
    """Whether as many succeed as were expected, from the cases of least to those of most expectation.

    Args:
        groups: one row per group, with its expected share and its counts.
        expected: the column of expected shares.
        success: the column of observed counts.
        trials: the column of all cases.
        bin_count: bins of about equally many cases.

    Returns:
        One row per bin, in the order of expectation: `bin`, `case_count`, `expected_share`, `observed_share`.
    """
    ordered = groups.sort(expected, maintain_order=True)
    middle = pl.col(trials).cum_sum() - pl.col(trials) / 2
    return (
        ordered.with_columns(
            bin=(middle * bin_count / pl.col(trials).sum()).floor().cast(pl.Int64).clip(0, bin_count - 1)
        )
        .group_by("bin", maintain_order=True)
        .agg(
            case_count=pl.col(trials).sum(),
            expected_share=(pl.col(expected) * pl.col(trials)).sum() / pl.col(trials).sum(),
            observed_share=pl.col(success).sum() / pl.col(trials).sum(),
        )
        .sort("bin")
    )


@dataclass(frozen=True)
class _Design:
    """The values of the factors that each group has.

    An effect counts from the mean of its factor's effects, so that a group without a value stands where the mean of
    those with one stands, and a factor of one value says nothing.

    Attributes:
        codes: of each factor the place of each group's value among its values; after the last one where it has none.
        sizes: how many values each factor has.
        levels: which value of which factor a group has, all factors side by side.
        is_known: of which factors it has one.
        means: how often each value is among the cases of its factor.
    """

    codes: Sequence[npt.NDArray[np.int64]]
    sizes: Sequence[int]
    levels: sparse.csr_matrix
    is_known: sparse.csr_matrix
    means: sparse.csr_matrix

    def by_effect(self, of_group: Floats) -> Floats:
        """A figure of each group summed up by effect, less what counting from the means takes away."""
        return np.asarray(self.levels.T @ of_group - self.means.T @ (self.is_known.T @ of_group))


def _design(groups: pl.DataFrame, factors: Sequence[str], counts: Floats) -> _Design:
    codes, means = [], []
    for factor in factors:
        numbers = groups[factor].rank("dense").cast(pl.Int64) - 1
        size = numbers.drop_nulls().n_unique()
        codes.append(numbers.fill_null(size).to_numpy())
        of_level = np.bincount(codes[-1], weights=counts, minlength=size + 1)[:size]
        means.append(sparse.csr_matrix(of_level[None, :] / max(of_level.sum(), 1.0)))
    sizes = [mean.shape[1] for mean in means]
    is_known = np.column_stack([code < size for code, size in zip(codes, sizes, strict=True)])
    places = np.column_stack(codes) + np.cumsum([0, *sizes[:-1]])
    return _Design(
        codes,
        sizes,
        _with_ones(places, is_known, sum(sizes)),
        _with_ones(np.broadcast_to(np.arange(len(sizes)), places.shape), is_known, len(sizes)),
        sparse.block_diag(means, format="csr"),
    )


def _with_ones(places: npt.NDArray[np.int64], is_there: npt.NDArray[np.bool_], width: int) -> sparse.csr_matrix:
    """A table that has a one in each row at those of its places that are there."""
    ends = np.concatenate([[0], np.cumsum(is_there.sum(axis=1))])
    found = places[is_there]
    return sparse.csr_matrix((np.ones(found.size), found, ends), shape=(ends.size - 1, width))


def _curve(design: _Design, weight: Floats, prior: Floats) -> Floats:
    """The second derivatives of the figure whose least is sought: a row and a column for the intercept and each effect.

    A cell adds up the weights of the groups that have both values, less what counting from the means takes away.
    """
    known = weight[:, None] * design.is_known.toarray()
    factor_of = np.repeat(np.arange(len(design.sizes)), design.sizes)
    mean = np.asarray(design.means.sum(axis=0)).ravel()
    across = (design.levels.T @ known)[:, factor_of] * mean
    of_means = mean[:, None] * (design.is_known.T @ known)[factor_of[:, None], factor_of] * mean
    effects = _weight_of_pairs(design, weight) - across - across.T + of_means
    by_all = design.by_effect(weight)
    top = np.concatenate([[weight.sum()], by_all])
    return np.vstack([top, np.column_stack([by_all, effects + np.diag(1 / prior**2)])])


def _weight_of_pairs(design: _Design, weight: Floats) -> Floats:
    """The weight of the groups that have the value of a row and that of a column.

    Counted by two factors at a time, in the order of the groups: a product of the whole tables adds the same figures up
    in the same order, and takes three times as long.
    """
    ends = np.cumsum(design.sizes)
    places = [slice(end - size, end) for end, size in zip(ends, design.sizes, strict=True)]
    table = np.zeros((ends[-1], ends[-1]))
    for one, other in combinations_with_replacement(range(len(places)), 2):
        shape = design.sizes[one] + 1, design.sizes[other] + 1
        pair = design.codes[one] * shape[1] + design.codes[other]
        both = np.bincount(pair, weights=weight, minlength=shape[0] * shape[1]).reshape(shape)[:-1, :-1]
        table[places[one], places[other]] = both
        table[places[other], places[one]] = both.T
    return table
