"""May a snapshot become current? What it says in sum is compared with the one before, and with how that moved so far.

A case lost, a share that jumps or honesty that falls is more often a broken export than a turn of events. Such a
snapshot is built and stands beside the others, but readers keep the last good one until somebody says it is right.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from typing import Any, Final

from efficacy_analytics.event_log.cohort import EVERYTHING, choose
from efficacy_analytics.event_log.snapshots import Snapshot, open_snapshot
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.settings import settings
from efficacy_analytics.workflows.operation.catalogue import RunRecord
from efficacy_analytics.workflows.operation.schedule_file import Audit

FIGURES: Final = (
    *("case_count", "event_count", "ended_count", "unbalanced_count"),
    *("judged_count", "on_time_share", "honesty_score"),
)
HISTORY: Final = 30
"""How many earlier snapshots say how a figure usually moves."""
FEWEST_JUDGED: Final = 30
"""Of fewer cases a share says nothing."""
USUAL: Final = 3.0
"""A figure may move so many times as far as it ever did between two of them."""


def audited_figures(snapshot: Snapshot) -> dict[str, float | int | None]:
    """What a snapshot says in sum.

    Returns:
        `case_count`, `event_count`; `ended_count` (completed, withdrawn or over otherwise) and `unbalanced_count` (by
        how many cases the stock that arrivals and departures leave differs from the cases that are open);
        `judged_count`; `on_time_share` of the judged cases, and `honesty_score` (0 to
        100, departments weighted by their cases), null where there is none.
    """
    with open_snapshot(snapshot, in_force=settings()) as log:
        choose(log, EVERYTHING)
        counts = log.run("log_summary").row(0, named=True)
        on_time, honesty, flow = (table(name).make(log) for name in ("on_time", "honesty", "open_flow"))
        open_count = log.run("open_case_counts").row(0, named=True)
    judged, late = (int(on_time[column].sum()) for column in ("judged_count", "late_count"))
    scored = honesty.drop_nulls("score")
    weight = int(scored["case_count"].sum())
    return {
        "case_count": counts["case_count"],
        "event_count": counts["event_count"],
        "ended_count": counts["case_count"] - open_count["open_count"],
        "unbalanced_count": abs(open_count["dated_open_count"] - (flow["stock_count"][-1] if flow.height else 0)),
        "judged_count": judged,
        "on_time_share": 1 - late / judged if judged else None,
        "honesty_score": float((scored["score"] * scored["case_count"]).sum()) / weight if weight else None,
    }


def objections(
    former: Mapping[str, Any], figures: Mapping[str, Any], records: Iterable[RunRecord], limits: Audit
) -> Iterator[str]:
    """What speaks against a snapshot, one sentence each; nothing where it may become current.

    Args:
        former: the figures of the current snapshot.
        figures: those of the new one.
        records: the runs so far, whose figures say how they moved.
        limits: what is allowed in any case.
    """
    lost = former["case_count"] - figures["case_count"]
    if lost > limits.lost_case_share * former["case_count"]:
        yield f"{lost:,} of {former['case_count']:,} cases are gone"
    ended = former.get("ended_count") or 0
    says_ends = 0 < ended < former["case_count"]  # where no end is recorded every case ends with its last step
    undone = ended - figures["ended_count"]
    if says_ends and undone > limits.lost_case_share * ended:
        yield f"{undone:,} of {ended:,} cases that had ended are open again or gone"
    if figures["unbalanced_count"]:
        count = figures["unbalanced_count"]
        yield f"the stock is out of balance by {count:,} cases: arrivals less departures, and open ones"
    history = list(_distinct(records))
    judged = min(figures["judged_count"], former.get("judged_count") or 0)
    if judged >= FEWEST_JUDGED:
        allowed = max(limits.on_time_points / 100, _chance(judged), _usual(history, "on_time_share"))
        moved = figures["on_time_share"] - former["on_time_share"]
        if abs(moved) > allowed:
            yield f"the share on time moved by {100 * moved:+.1f} points, {100 * allowed:.1f} are usual"
    if figures["honesty_score"] is not None and former.get("honesty_score") is not None:
        allowed = max(limits.honesty_points, _usual(history, "honesty_score"))
        fell = former["honesty_score"] - figures["honesty_score"]
        if fell > allowed:
            yield f"the honesty of the records fell by {fell:.1f} points, {allowed:.1f} are usual"


def _chance(count: int) -> float:
    """How far a share of so many cases moves by chance: three standard errors of a half, the most there can be."""
    return 3 * sqrt(0.25 / max(1, count))


def _usual(history: Sequence[Mapping[str, Any]], name: str) -> float:
    """So far as a figure may move by its history."""
    return USUAL * _largest_move([one[name] for one in history if one.get(name) is not None])


def _distinct(records: Iterable[RunRecord]) -> Iterator[Mapping[str, Any]]:
    """The figures of the snapshots that became current, each once, the last ones."""
    found = {one.content_sha256: one.figures for one in records if one.content_sha256 and one.state == "done"}
    yield from list(found.values())[-HISTORY:]


def _largest_move(values: Sequence[float]) -> float:
    return max((abs(after - before) for before, after in pairwise(values)), default=0.0)
