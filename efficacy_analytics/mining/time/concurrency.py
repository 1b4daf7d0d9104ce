"""Which activities happen side by side, so that neither waits for the other: a concurrency oracle.

Two activities are concurrent when each directly follows the other at times, neither order outweighs the other, and they
do not merely take turns in a loop; or when they are at work at once in enough of the cases that have both, in whatever
order they are opened. Two steps of which less than half of the shorter overlaps follow one another: the next one is
taken up a little before the last is done.

Source: A. J. M. M. Weijters and J. T. S. Ribeiro, "Flexible Heuristics Miner", CIDM 2011, for the two measures; both
thresholds stand at 0.9, as in the literature on waiting times.
"""

from efficacy_analytics.engine.session import Session

DEPENDENCY_THRESHOLD = 0.9
LOOP_THRESHOLD = 0.9
OVERLAP_SHARE = 0.3
FEWEST_OVERLAPS = 5


def find_concurrent(
    log: Session,
    *,
    dependency_threshold: float = DEPENDENCY_THRESHOLD,
    loop_threshold: float = LOOP_THRESHOLD,
    overlap_share: float = OVERLAP_SHARE,
) -> None:
    """Makes the temporary table `waiting_concurrency` of all cases: `activity`, `concurrent_activity`, both ways round.

    a and b are concurrent when each directly follows the other at least once,
    abs(ab - ba) / (ab + ba + 1) < dependency_threshold and (aba + bab) / (aba + bab + 1) < loop_threshold,
    ab being how often b directly follows a, aba how often a, b, a follow one another; or when in at least
    `overlap_share` of the cases that have both, and in `FEWEST_OVERLAPS` of them, at least half of the shorter lies
    within the other (recorded starts).

    Args:
        log: the engine, with the view `event_log`.
        dependency_threshold: between 0 (nothing is concurrent) and 1.
        loop_threshold: the same.
        overlap_share: above 1 no overlap makes activities concurrent.
    """
    log.build(
        "waiting_concurrency",
        dependency_threshold=float(dependency_threshold),
        loop_threshold=float(loop_threshold),
        overlap_share=float(overlap_share),
        fewest_overlaps=FEWEST_OVERLAPS,
    )
