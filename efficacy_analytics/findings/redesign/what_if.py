"""What a change of one step would have saved: the paths of past cases, walked again.

Every case keeps its path; only the counted days at the changed step differ. Queues are not modelled: where a step is
quicker, those behind it may be reached earlier and wait there instead, and officers freed may take other work on. A
saving found here is what the step itself holds, neither what a whole office would gain nor a promise.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.waiting.causes import analyse_waiting
from efficacy_analytics.settings import BootstrapSettings
from efficacy_analytics.statistics.bootstrap import mean_interval
from efficacy_analytics.statistics.proportions import clopper_pearson

CHANGES = ("cap", "remove", "parallel", "no_batch_day", "to_window")
BATCHING = dict.fromkeys(("case_key", "event_number", "batching_us", "running_us"), pl.Int64)
FIGURES = (
    "on_time_share_before",
    "on_time_share_after",
    "counted_days_before",
    "counted_days_after",
    "saved_days_mean",
)
IS_UNTIMED: Final = "not is_open and applied_on is null and list_contains(clock_flags, 'not_accepted')"
"""Completed, and nothing is known of the time before; as `untimed_count` of `limits` counts it."""


@question
def what_if(
    log: Session,
    *,
    activity: str,
    change: str = "remove",
    previous_activity: str | None = None,
    most_days: int | None = None,
) -> pl.DataFrame:
    """On-time share and counted days before and after a change of one step, with intervals.

    - `cap`: files wait at most `most_days` counted days before the step.
    - `remove`: the step and the waiting before it are gone.
    - `parallel`: the step runs beside the one before it, and of both only the longer counts.
    - `no_batch_day`: the step is no longer kept for a weekday or a meeting. What is gone is the part of the wait in
      which a batch was collected (`findings.waiting`: from enabled until the batch's last file was); the rest stays.
    - `to_window` (授权到位): the window does everything from acceptance to the step. The waits of handing over are
      gone, the service stays. A handover is a step of another officer than the step before, both known; the steps of
      other departments than the case's stay where they are.

    A case cannot save more than it counted. Shares on time are of the completed cases that are judged; a late one is in
    time when it saves the days by which it was late, extensions, stated days and rest days as in its verdict.
    Intervals, 95 %: exact (Clopper-Pearson) for shares; for means a studentised bootstrap over cases, with the seed of
    the settings, null where no interval covers.

    Args:
        log: the engine of a cohort.
        activity: the code of the step; with "to_window", of the last one that the window takes.
        change: one of `CHANGES`.
        previous_activity: only where the step follows this one; by default wherever it happens. Not with "to_window".
        most_days: with "cap", in counted days.

    Returns:
        One row: `change`, `activity`, `previous_activity`, `most_days`, `case_count` (completed, with counted days),
        `judged_count` (of them, due and with a verdict), `touched_case_count`, `step_count`, `saved_days_total`, and
        each of `FIGURES` with `_low` and `_high`.

    Raises:
        CallError: the change is unknown, `most_days` is missing, negative or given without "cap", or
            `previous_activity` is given with "to_window".
        CannotAnswerError: no completed case, or none passes the step.
    """
    _check(change, most_days, previous_activity)
    _measure_batching(log, change)
    found = log.run(
        "what_if_cases", change=change, activity=activity, previous_activity=previous_activity, most_days=most_days
    )
    step_count = int(found["step_count"].sum())
    if not step_count:
        untimed = log.sql(f"select count(*) from cohort_cases where {IS_UNTIMED}").item()
        raise CannotAnswerError(
            f"no completed case passes the step '{activity}' while its clock runs{_HANDED.get(change, '')}"
            f"{f'; no time is recorded for {untimed} completed cases' if untimed else ''}.",
            hint="`efficacy show directly_follows` lists the steps by code",
        )
    counts = found["case_count"].to_numpy()
    told = {
        "change": change,
        "activity": activity,
        "previous_activity": previous_activity,
        "most_days": most_days,
        "case_count": int(counts.sum()),
        "judged_count": int(found.filter(pl.col("is_met_before").is_not_null())["case_count"].sum()),
        "touched_case_count": int(found.filter(pl.col("saved_days") > 0)["case_count"].sum()),
        "step_count": step_count,
        "saved_days_total": int((found["saved_days"] * found["case_count"]).sum()),
    }
    return pl.DataFrame([told | _figures(found, counts, log.settings.bootstrap)], schema_overrides=_TYPES)


_TYPES = {"previous_activity": pl.String, "most_days": pl.Int64}
_HANDED = {"to_window": ", handed on from one known officer to another"}


def _measure_batching(log: Session, change: str) -> None:
    """Keeps what part of each wait was collecting a batch; nothing where it does not matter."""
    if change == "no_batch_day":
        analyse_waiting(log)
        log.build("what_if_batching")
    else:
        log.put_temporary("what_if_batching", pl.DataFrame(schema=BATCHING))


def _check(change: str, most_days: int | None, previous_activity: str | None) -> None:
    if change not in CHANGES:
        raise CallError(f"the change '{change}' is unknown.", hint=f"known: {', '.join(CHANGES)}")
    if (change == "cap") != (most_days is not None) or (most_days or 0) < 0:
        raise CallError(
            f"the change '{change}' was given most_days {most_days}.",
            hint="`cap` needs a number of days, the others none",
        )
    if change == "to_window" and previous_activity is not None:
        raise CallError(
            f"the change 'to_window' was given the step before, '{previous_activity}'.",
            hint="it takes every step from acceptance to the one named",
        )


def _figures(found: pl.DataFrame, counts: npt.NDArray[np.int64], drawing: BootstrapSettings) -> dict[str, float | None]:
    """Each figure with its interval: exact for the shares, by drawing cases anew for the means."""
    judged = found.filter(pl.col("is_met_before").is_not_null())
    weights = judged["case_count"].to_numpy()
    shares = [
        _share(int(judged[column].fill_null(value=False).to_numpy() @ weights), int(weights.sum()))
        for column in ("is_met_before", "is_met_after")
    ]
    saved, counted = found["saved_days"].to_numpy(), found["counted_days"].to_numpy()
    means = [_mean(values, counts, drawing) for values in (counted, counted - saved, saved)]
    return {
        f"{figure}{end}": value
        for figure, values in zip(FIGURES, [*shares, *means], strict=True)
        for end, value in zip(("", "_low", "_high"), values, strict=True)
    }


def _share(count: int, of_count: int) -> tuple[float | None, float | None, float | None]:
    if not of_count:
        return None, None, None
    low, high = clopper_pearson([count], [of_count])
    return count / of_count, float(low[0]), float(high[0])


def _mean(
    values: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], drawing: BootstrapSettings
) -> tuple[float, float | None, float | None]:
    ends = mean_interval(values, counts, replicates=drawing.replicates, seed=drawing.seed) or (None, None)
    return float(values @ counts / counts.sum()), *ends
