"""How certain each part's share of a total is, when whole cases are drawn again.

Steps of one case depend on each other, so cases are drawn, never steps. A case drawn k times brings its amounts
k times; a replicate is one sparse product of (parts x cases) with the counts drawn.

Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993, chapters 6 and 13
(percentile interval).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

PARTS_AT_ONCE = 50_000
CELLS_AT_ONCE = 4_000_000

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]


def share_intervals(
    case_number: Integers,
    part_number: Integers,
    amount: Floats,
    *,
    case_count: int,
    group_of_part: Integers,
    replicates: int,
    seed: int,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """The percentile interval of each part's share in the total of its group, drawing cases with replacement.

    share of a part = its amount summed over the drawn cases / the same of all parts of its group. A replicate
    depends on the seed and its own number alone, so the answer does not depend on how the work is cut.

    Args:
        case_number: of each amount, from 0 to `case_count` - 1.
        part_number: of each amount, from 0; several amounts of one case and part are added.
        amount: not negative.
        case_count: all cases that can be drawn, those without any amount included.
        group_of_part: the group number of each part, from 0; one entry per part.
        replicates: how often the cases are drawn.
        seed: makes the draws repeatable.
        confidence: two-sided, between 0 and 1.

    Returns:
        The lower and upper ends, one per part, over the replicates in which its group has any amount; NaN where
        there is none, or fewer than two cases to draw from.
    """
    part_count = len(group_of_part)
    low, high = np.full(part_count, np.nan), np.full(part_count, np.nan)
    if case_count < 2 or not part_count:
        return low, high
    parts = sparse.csr_matrix((amount, (part_number, case_number)), shape=(part_count, case_count))
    groups = _group_totals(parts, group_of_part)
    tail = (1 - confidence) / 2
    for first in range(0, part_count, PARTS_AT_ONCE):
        block = slice(first, first + PARTS_AT_ONCE)
        shares = _replicated(parts[block], groups, group_of_part[block], replicates, seed)
        low[block], high[block] = _quantiles(shares, [tail, 1 - tail])
    return low, high


def _quantiles(shares: Floats, places: list[float]) -> Floats:
    """Quantiles of each row, over the replicates in which its group had anything to share."""
    ends = np.asarray(np.quantile(shares, places, axis=1))
    known = ~np.isnan(shares)
    for row in np.flatnonzero(~known.all(axis=1) & known.any(axis=1)):
        ends[:, row] = np.quantile(shares[row, known[row]], places)
    return ends


def _group_totals(parts: sparse.csr_matrix, group_of_part: Integers) -> sparse.csr_matrix:
    part_count = len(group_of_part)
    belongs = (np.ones(part_count), (group_of_part, np.arange(part_count)))
    return sparse.csr_matrix(belongs, shape=(int(group_of_part.max()) + 1, part_count)) @ parts


def _replicated(
    parts: sparse.csr_matrix, groups: sparse.csr_matrix, group_of_part: Integers, replicates: int, seed: int
) -> Floats:
    """Shares of every part (rows) in every replicate (columns); NaN where a group's total is 0."""
    shares = np.full((parts.shape[0], replicates), np.nan)
    at_once = max(1, min(replicates, CELLS_AT_ONCE // parts.shape[1]))
    for first in range(0, replicates, at_once):
        drawn = _drawn(range(first, min(first + at_once, replicates)), parts.shape[1], seed)
        totals = (groups @ drawn)[group_of_part]
        np.divide(parts @ drawn, totals, out=shares[:, first : first + drawn.shape[1]], where=totals > 0)
    return shares


def _drawn(numbers: range, case_count: int, seed: int) -> Floats:
    """How often each case (rows) is drawn in each of the numbered replicates (columns)."""
    counts = np.empty((len(numbers), case_count))
    for row, number in enumerate(numbers):
        draws = np.random.default_rng([seed, number]).integers(0, case_count, case_count, dtype=np.int32)
        counts[row] = np.bincount(draws, minlength=case_count)
    return np.ascontiguousarray(counts.T)
