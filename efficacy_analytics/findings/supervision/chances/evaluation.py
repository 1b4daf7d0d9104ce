"""How good chances of breach would have been: fitted as known on one day, scored on what happened afterwards.

Scored are cases whose due date lies before the end of the log, so that the fate of each is known however long it took:
leaving out those still open would leave out the long ones.
"""

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.supervision.chances.choice import Chosen, check_enough, choose_method
from efficacy_analytics.findings.supervision.chances.methods import METHODS
from efficacy_analytics.findings.supervision.chances.rows import as_known, lay_out_cases, past_rows
from efficacy_analytics.findings.supervision.day import judged_day
from efficacy_analytics.statistics.prediction.remaining import Floats
from efficacy_analytics.statistics.prediction.scores import auc, brier, calibration_error, precision_at

CUT_SHARE: Final = 0.7
CAPACITY: Final = 5
SCORES: Final = {
    "method": pl.String, "cut_on": pl.Date, "row_count": pl.Int64, "case_count": pl.Int64, "late_count": pl.Int64,
    "late_share": pl.Float64, "auc": pl.Float64, "brier": pl.Float64, "calibration_error": pl.Float64,
    "precision_at_k": pl.Float64, "found_share": pl.Float64, "days_ahead_median": pl.Float64,
}  # fmt: skip


@question
def chance_evaluation(log: Session, *, cut_share: float = CUT_SHARE, capacity: int = CAPACITY) -> pl.DataFrame:
    """Each way to a chance of breach, fitted on a day of the past and scored on the cases open afterwards.

    Args:
        log: the engine of a cohort of a snapshot.
        cut_share: the share of cases, by acceptance, that were accepted by the day of the fit.
        capacity: how many cases a day can be attended to.

    Returns:
        One row per method: `method` (`chosen` is the one that would have held), `cut_on`, `row_count` and `case_count`
        scored, `late_count` (cases), `late_share` (of rows), `auc`, `brier`, `calibration_error`, `precision_at_k` (of
        the k likeliest of each day, the share that were late), `found_share` (of the late cases those among the k
        likeliest on some day), `days_ahead_median` (calendar days from then to the due date).
        No row where too few fates are known by the day of the fit, or none can be scored.
    """
    end = judged_day(log, None)
    lay_out_cases(log, end)
    rows = past_rows(log, end)
    try:
        return evaluated(rows, end, cut_share=cut_share, capacity=capacity)
    except TooFewCasesError:
        return pl.DataFrame(schema=SCORES)


def evaluated(rows: pl.DataFrame, end: dt.date, *, cut_share: float, capacity: int) -> pl.DataFrame:
    """The evaluation of rows; see `chance_evaluation`.

    Raises:
        TooFewCasesError: too few fates are known by the day of the fit, or none can be scored.
    """
    if rows.is_empty():
        raise TooFewCasesError("no case has a due date in days.", hint="state a limit with --set promised_limit=…")
    cut = _cut(rows, cut_share)
    known = as_known(rows, cut)
    check_enough(known)
    scored = rows.filter((pl.col("day") > cut) & (pl.col("due_on") < end) & pl.col("is_late").is_not_null())
    if scored.is_empty():
        raise TooFewCasesError(f"no case open after {cut} was due before the end.", hint="cut earlier")
    chosen = choose_method(rows, cut)
    ways: dict[str, Floats] = {name: fit(known).chance(scored) for name, fit in METHODS.items()}
    ways["chosen"] = chosen.chance(scored)
    return pl.DataFrame(
        [_scores(name, chance, scored, cut, chosen, capacity) for name, chance in ways.items()], schema=SCORES
    )


def _cut(rows: pl.DataFrame, share: float) -> dt.date:
    first_days = rows.group_by("case_key").agg(pl.col("day").min())["day"].sort()
    cut: dt.date = first_days[int((first_days.len() - 1) * share)]
    return cut


def _scores(
    name: str, chance: Floats, scored: pl.DataFrame, cut: dt.date, chosen: Chosen, capacity: int
) -> dict[str, object]:
    late = scored["is_late"].to_numpy()
    days = scored["day"].to_physical().to_numpy().astype(np.float64)
    found = found_ahead(chance, scored, capacity)
    late_count = scored.filter(pl.col("is_late"))["case_key"].n_unique()
    return {
        "method": f"chosen: {chosen.name}" if name == "chosen" else name,
        "cut_on": cut,
        "row_count": scored.height,
        "case_count": scored["case_key"].n_unique(),
        "late_count": late_count,
        "late_share": float(late.mean()),
        "auc": auc(chance, late),
        "brier": brier(chance, late),
        "calibration_error": calibration_error(chance, late),
        "precision_at_k": precision_at(chance, late, days, capacity),
        "found_share": found.height / late_count if late_count else None,
        "days_ahead_median": found["days_ahead"].median() if found.height else None,
    }


def found_ahead(chance: Floats, scored: pl.DataFrame, capacity: int) -> pl.DataFrame:
    """The late cases among the likeliest of some day: `case_key` and `days_ahead`, from the first such day to due."""
    placed = (
        scored.select("case_key", "day", "is_late", "due_on")
        .with_columns(pl.Series("chance", chance))
        .with_columns(place=pl.col("chance").rank("ordinal", descending=True).over("day"))
    )
    return (
        placed.filter((pl.col("place") <= capacity) & pl.col("is_late"))
        .group_by("case_key")
        .agg(days_ahead=(pl.col("due_on").first() - pl.col("day").min()).dt.total_days())
        .sort("case_key")
    )
