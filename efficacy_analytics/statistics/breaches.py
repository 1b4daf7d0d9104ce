"""How often a limit is broken at most, from how often it was.

Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26(4), 1934.
"""

import numpy.typing as npt

from efficacy_analytics.statistics.proportions import Floats, clopper_pearson


def breach_bound(breach_count: npt.ArrayLike, judged_count: npt.ArrayLike, *, confidence: float = 0.95) -> Floats:
    """The one-sided upper bound of the breach rate: Beta^-1(confidence; x + 1, n - x).

    Every case must be judged: completed, or open and over the limit. With open cases younger than the limit use
    `survival.breach_share_high`.

    Args:
        breach_count: cases that broke the limit, one number or an array.
        judged_count: all cases, of the same shape.
        confidence: one-sided, between 0 and 1.

    Returns:
        The upper bounds; NaN where there is no case.
    """
    return clopper_pearson(breach_count, judged_count, confidence=2 * confidence - 1)[1]
