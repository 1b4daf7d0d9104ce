"""How certain each part's share of a total is, when whole cases are drawn again.

Steps of one case depend on each other, so cases are drawn, never steps. A case drawn k times brings its amounts
k times; a replicate is one sparse product of (parts x cases) with the counts drawn.

Intervals are studentised: what varies from draw to draw is the distance in standard errors, which is nearly the same
whatever the spread. Percentiles of the shares themselves cover 80 % instead of 95 % with eight cases. Waiting has long
tails, so that even so too little is covered; ends are therefore taken further out (`SHARE_TAIL`, `MEAN_TAIL`), by what
simulated coverage asks for under three tails, and with fewer cases than stated nothing is said (docs/guarantees.md,
"Intervals").

Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993, chapters 6 and 12
(bootstrap-t).
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

FEWEST_CASES_OF_A_SHARE: Final = 8
"""With fewer cases no interval of a share is given."""
FEWEST_CASES_OF_A_MEAN: Final = 40
"""With fewer cases no interval of a mean is given."""
SHARE_TAIL: Final = 0.4
MEAN_TAIL: Final = 0.2
"""By so much smaller than nominal the chances beyond the ends are, as simulated coverage asks for."""
ROUNDING: Final = 1e-12
PARTS_AT_ONCE = 10_000
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
    """The interval of each part's share in the total of its group, drawing cases with replacement.

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
        The lower and upper ends, one per part, between 0 and 1; NaN where fewer than `FEWEST_CASES_OF_A_SHARE` cases
        have any amount in the group, or where every case has the same share.
    """
    part_count = len(group_of_part)
    low, high = np.full(part_count, np.nan), np.full(part_count, np.nan)
    if case_count < FEWEST_CASES_OF_A_SHARE or not part_count:
        return low, high
    parts = sparse.csr_matrix((amount, (part_number, case_number)), shape=(part_count, case_count))
    groups = _group_totals(parts, group_of_part)
    groups.eliminate_zeros()
    is_told = (np.diff(groups.indptr) >= FEWEST_CASES_OF_A_SHARE)[group_of_part]
    tail = SHARE_TAIL * (1 - confidence) / 2
    for first in range(0, part_count, PARTS_AT_ONCE):
        block = slice(first, first + PARTS_AT_ONCE)
        moments = _moments(parts[block], groups, group_of_part[block])
        ends = _studentised(moments, case_count, replicates, seed, tail)
        low[block], high[block] = np.where(is_told[block], ends, np.nan)
    return low, high


def mean_interval(
    values: npt.ArrayLike, counts: npt.ArrayLike, *, replicates: int, seed: int, confidence: float = 0.95
) -> tuple[float, float] | None:
    """The interval of a mean over cases, of which `counts` have each of the `values`.

    Returns:
        Its ends; None with fewer than `FEWEST_CASES_OF_A_MEAN` cases, or where all have the same value.
    """
    x, weights = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.int64)
    total = int(weights.sum())
    if total < FEWEST_CASES_OF_A_MEAN:
        return None
    drawn = np.random.default_rng(seed).multinomial(total, weights / total, size=replicates)
    mean, means = weights @ x / total, drawn @ x / total
    spread, spreads = (np.sqrt(np.maximum(n @ x**2 / total - m**2, 0)) for n, m in ((weights, mean), (drawn, means)))
    if spread == 0:
        return None
    tail = MEAN_TAIL * (1 - confidence) / 2
    low, high = np.quantile(_distances(means, mean, spreads), [tail, 1 - tail], method="inverted_cdf")
    ends = mean - high * spread, mean - low * spread
    return (float(ends[0]), float(ends[1])) if np.isfinite(ends).all() else None


@dataclass(frozen=True)
class _Moments:
    """Per part (rows) and case (columns): its amount, squared, times that of its group; per group: amount, squared."""

    x: sparse.csr_matrix
    x_squared: sparse.csr_matrix
    x_times_y: sparse.csr_matrix
    y: sparse.csr_matrix
    y_squared: sparse.csr_matrix
    group: Integers


def _moments(parts: sparse.csr_matrix, groups: sparse.csr_matrix, group_of_part: Integers) -> _Moments:
    rows = np.repeat(np.arange(parts.shape[0]), np.diff(parts.indptr))
    whole = _values_at(groups, group_of_part[rows], parts.indices)
    crossed = sparse.csr_matrix((parts.data * whole, parts.indices, parts.indptr), shape=parts.shape)
    return _Moments(parts, parts.power(2), crossed, groups, groups.power(2), group_of_part)


def _values_at(matrix: sparse.csr_matrix, rows: Integers, columns: Integers) -> Floats:
    """The values at these places, by a search in order: the matrix's own access walks along its long rows."""
    matrix.sum_duplicates()  # and sorts
    width = matrix.shape[1]
    places = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * width + matrix.indices
    wanted = rows * width + columns
    found = np.minimum(np.searchsorted(places, wanted), max(places.size - 1, 0))
    return np.where(places[found] == wanted, matrix.data[found], 0.0) if places.size else np.zeros(wanted.size)


def _studentised(moments: _Moments, case_count: int, replicates: int, seed: int, tail: float) -> Floats:
    share, error = _shares(moments, np.ones((case_count, 1)))
    distances = np.full((share.shape[0], replicates), np.nan)
    at_once = max(1, min(replicates, CELLS_AT_ONCE // case_count))
    for first in range(0, replicates, at_once):
        drawn = _drawn(range(first, min(first + at_once, replicates)), case_count, seed)
        shares, errors = _shares(moments, drawn)
        distances[:, first : first + drawn.shape[1]] = _distances(shares, share, errors)
    low, high = _quantiles(distances, [tail, 1 - tail])
    with np.errstate(invalid="ignore"):
        ends = np.clip([share[:, 0] - high * error[:, 0], share[:, 0] - low * error[:, 0]], 0, 1)
    return np.where(error[:, 0] > 0, ends, np.nan)


def _shares(moments: _Moments, drawn: Floats) -> tuple[Floats, Floats]:
    """Shares of every part (rows) in every draw (columns) and their errors by linearisation; NaN without any amount."""
    whole = (moments.y @ drawn)[moments.group]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (moments.x @ drawn) / whole
        scatter = (
            moments.x_squared @ drawn
            - 2 * share * (moments.x_times_y @ drawn)
            + share**2 * (moments.y_squared @ drawn)[moments.group]
        )
        error = np.sqrt(np.maximum(scatter, 0)) / whole
    return share, np.where(error > ROUNDING, error, 0.0)


def _distances(drawn: Floats, mean: Floats | float, errors: Floats) -> Floats:
    """How many standard errors each draw is from the whole; without an error, infinitely many to its side."""
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (drawn - mean) / errors
    sides = np.where(np.isnan(drawn), np.nan, np.where(drawn >= mean, np.inf, -np.inf))
    return np.where(errors > 0, far, sides)


def _quantiles(distances: Floats, places: list[float]) -> Floats:
    """Quantiles of each row, over the replicates in which its group had anything to share."""
    ends = np.asarray(np.quantile(distances, places, axis=1, method="inverted_cdf"))
    known = ~np.isnan(distances)
    for row in np.flatnonzero(~known.all(axis=1) & known.any(axis=1)):
        ends[:, row] = np.quantile(distances[row, known[row]], places, method="inverted_cdf")
    return ends


def _group_totals(parts: sparse.csr_matrix, group_of_part: Integers) -> sparse.csr_matrix:
    part_count = len(group_of_part)
    belongs = (np.ones(part_count), (group_of_part, np.arange(part_count)))
    return sparse.csr_matrix(belongs, shape=(int(group_of_part.max()) + 1, part_count)) @ parts


def _drawn(numbers: range, case_count: int, seed: int) -> Floats:
    """How often each case (rows) is drawn in each of the numbered replicates (columns)."""
    counts = np.empty((len(numbers), case_count))
    for row, number in enumerate(numbers):
        draws = np.random.default_rng([seed, number]).integers(0, case_count, case_count, dtype=np.int32)
        counts[row] = np.bincount(draws, minlength=case_count)
    return np.ascontiguousarray(counts.T)
