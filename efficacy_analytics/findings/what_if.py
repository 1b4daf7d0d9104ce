"""What a change of one step would have saved: the paths of past cases, walked again.

Every case keeps its path; only the counted days at the changed step differ. Queues are not modelled: where a step is
quicker, those behind it may be reached earlier and wait there instead, and officers freed may take other work on. A
saving found here is what the step itself holds, neither what a whole office would gain nor a promise.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import settings

CHANGES = ("cap", "remove", "parallel")
FIGURES = (
    "on_time_share_before",
    "on_time_share_after",
    "counted_days_before",
    "counted_days_after",
    "saved_days_mean",
)


def what_if(
    log: DuckdbEngine,
    *,
    activity: str,
    change: str = "remove",
    previous_activity: str | None = None,
    most_days: int | None = None,
) -> pl.DataFrame:
    """On-time share and counted days before and after a change of one step, with intervals.

    `cap`: files wait at most `most_days` counted days before the step. `remove`: the step and the waiting before it
    are gone. `parallel`: the step runs beside the one before it, and of both only the longer counts. A case cannot save
    more than it counted. Intervals: 95 % percentile bootstrap over cases, with the seed of the settings.

    Args:
        log: the engine of a cohort.
        activity: the code of the step.
        change: "cap", "remove" or "parallel".
        previous_activity: only where the step follows this one; by default wherever it happens.
        most_days: with "cap", in counted days.

    Returns:
        One row: `change`, `activity`, `previous_activity`, `most_days`, `case_count` (completed, with counted days),
        `judged_count` (with a limit), `touched_case_count`, `step_count`, `saved_days_total`, and each of `FIGURES`
        with `_low` and `_high`.

    Raises:
        CallError: the change is unknown, or `most_days` is missing, negative or given without "cap".
        CannotAnswerError: no completed case, or none passes the step.
    """
    _check(change, most_days)
    found = log.run(
        "what_if_cases", change=change, activity=activity, previous_activity=previous_activity, most_days=most_days
    )
    step_count = int(found["step_count"].sum())
    if not step_count:
        raise CannotAnswerError(
            f"no completed case passes the step '{activity}' while its clock runs.",
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
    return pl.DataFrame([told | _figures(found, counts)], schema_overrides=_TYPES)


_TYPES = {"previous_activity": pl.String, "most_days": pl.Int64}


def _check(change: str, most_days: int | None) -> None:
    if change not in CHANGES:
        raise CallError(f"the change '{change}' is unknown.", hint=f"known: {', '.join(CHANGES)}")
    if (change == "cap") != (most_days is not None) or (most_days or 0) < 0:
        raise CallError(
            f"the change '{change}' was given most_days {most_days}.",
            hint="`cap` needs a number of days, the others none",
        )


def _figures(found: pl.DataFrame, counts: npt.NDArray[np.int64]) -> dict[str, float | None]:
    """Each figure with its interval; a replicate draws the cases anew, by the kinds of cases there are."""
    drawing = settings().bootstrap
    rng = np.random.default_rng(drawing.seed)
    total = int(counts.sum())
    drawn = np.vstack([counts, rng.multinomial(total, counts / total, size=drawing.replicates)]).astype(np.float64)
    judged = found["is_met_before"].is_not_null().to_numpy()
    saved, counted = found["saved_days"].to_numpy(), found["counted_days"].to_numpy()
    met = [found[column].fill_null(False).to_numpy() for column in ("is_met_before", "is_met_after")]
    with np.errstate(invalid="ignore"):
        shares = [drawn @ one / (drawn @ judged) for one in met]
    days = [drawn @ values / total for values in (counted, counted - saved, saved)]
    return {
        name: value
        for figure, values in zip(FIGURES, [*shares, *days], strict=True)
        for name, value in _with_interval(figure, values).items()
    }


def _with_interval(figure: str, values: npt.NDArray[np.float64]) -> dict[str, float | None]:
    if np.isnan(values[0]):
        return {figure: None, f"{figure}_low": None, f"{figure}_high": None}
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return {figure: float(values[0]), f"{figure}_low": float(low), f"{figure}_high": float(high)}
