"""Which method gives the chances: tried on the last part of the past, as it was known before that part.

The baseline with the smaller Brier score holds; the logistic model takes its place only where its area under the curve
is larger than that of every baseline and its Brier score smaller by more than chance, cases and not rows being what is
independent. Its chances are then put right by what the trial showed (a logistic regression on their log-odds). Tried
are cases whose due date has come by the end of the trial: leaving out those still open would leave out the long ones.

Source: J. C. Platt, "Probabilistic outputs for support vector machines", 1999 (the putting right).
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from scipy.special import expit, logit

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.supervision.chances.methods import METHODS, Method
from efficacy_analytics.findings.supervision.chances.rows import as_known
from efficacy_analytics.statistics.prediction.logistic import Logistic, logistic
from efficacy_analytics.statistics.prediction.remaining import Booleans, Floats
from efficacy_analytics.statistics.prediction.scores import auc, brier

FEWEST_LATE: Final = 30
"""Late cases known, and as many kept ones, without which no chance is told."""
TRIAL_SHARE: Final = 0.3
"""The last part of the days on which methods are tried."""
MORE_THAN_CHANCE: Final = 1.645
"""Standard errors by which the model must be better: one in twenty would be so by chance."""
BASELINES: Final = ("share", "remaining")
SURE: Final = 1e-6


@dataclass(frozen=True)
class Trial:
    """How a method did when tried on the past.

    Attributes:
        auc: the area under its curve.
        brier: its Brier score.
        gain: of the logistic model: by how many standard errors its Brier score is smaller than that of the best
            baseline, or of each baseline the least.
    """

    auc: float
    brier: float
    gain: float = 0.0


@dataclass(frozen=True)
class Chosen:
    """The method that holds, fitted on all that is known, and how each did when tried.

    Attributes:
        name: of the method.
        method: fitted.
        trials: of each method; none where the past is too short for a trial.
        correction: of the log-odds of its chances, for the logistic model.
    """

    name: str
    method: Method
    trials: dict[str, Trial]
    correction: Logistic | None = None

    def chance(self, rows: pl.DataFrame) -> Floats:
        """The chance of each row."""
        return corrected(self.method.chance(rows), self.correction)


def choose_method(rows: pl.DataFrame, cut: dt.date) -> Chosen:
    """The method for chances from a day on, by what was known that day.

    Args:
        rows: past rows, as `past_rows` gives them; those after the day are not looked at.
        cut: the day.

    Raises:
        TooFewCasesError: fewer than 30 late cases, or than 30 that kept their limit, are known by then.
    """
    known = as_known(rows, cut)
    check_enough(known)
    days = known["day"].unique().sort()
    trial_from = days[int(days.len() * (1 - TRIAL_SHARE))]
    before = as_known(rows, trial_from - dt.timedelta(1))
    tried = known.filter((pl.col("day") >= trial_from) & pl.col("is_known") & (pl.col("due_on") < cut))
    trials, chances = _trials(before, tried)
    name = best(trials)
    method = METHODS[name](known)
    correction = _correction(chances[name], tried["is_late"].to_numpy()) if name == "logistic" else None
    return Chosen(name, method, trials, correction)


def check_enough(known: pl.DataFrame) -> None:
    """Refuses to tell chances from too few fates.

    Raises:
        TooFewCasesError: fewer than 30 late cases, or than 30 that kept their limit, are known.
    """
    fates = known.filter(pl.col("is_known")).group_by("case_key").agg(pl.col("is_late").first())
    late = int(fates["is_late"].sum())
    fewest = min(late, fates.height - late)
    if fewest < FEWEST_LATE:
        raise TooFewCasesError(
            f"of {fates.height} cases whose fate is known {late} are late: too few to tell chances from.",
            hint=f"at least {FEWEST_LATE} late and {FEWEST_LATE} kept ones are needed; the board needs none",
            missing_count=FEWEST_LATE - fewest,
        )


def _trials(before: pl.DataFrame, tried: pl.DataFrame) -> tuple[dict[str, Trial], dict[str, Floats]]:
    """Each method fitted on what was known before, and scored on what came; none where either is too little."""
    try:
        check_enough(before)
    except TooFewCasesError:
        return {}, {}
    late = tried["is_late"].to_numpy()
    if late.sum() < 2 or (~late).sum() < 2:
        return {}, {}
    chances = {name: fit(before).chance(tried) for name, fit in METHODS.items()}
    gain = min(_gain(chances[name], chances["logistic"], tried) for name in BASELINES)
    trials = {name: Trial(auc(chance, late), brier(chance, late)) for name, chance in chances.items()}
    return {**trials, "logistic": replace(trials["logistic"], gain=gain)}, chances


def _gain(one: Floats, other: Floats, tried: pl.DataFrame) -> float:
    """By how many standard errors, over cases, the second chances have the smaller squared error."""
    late = tried["is_late"].to_numpy()
    of_case = (
        tried.select("case_key", pl.Series("gain", (one - late) ** 2 - (other - late) ** 2))
        .group_by("case_key").agg(pl.col("gain").sum())
        ["gain"].to_numpy()
    )  # fmt: skip
    spread = float(np.sqrt((of_case**2).sum()))
    return float(of_case.sum()) / spread if spread else 0.0


def best(trials: dict[str, Trial]) -> str:
    """The method that holds; the curves of what remains where nothing could be tried."""
    if not trials:
        return "remaining"
    baselines = {name: trials[name] for name in BASELINES}
    name = min(baselines, key=lambda one: (baselines[one].brier, one))
    model = trials["logistic"]
    beats_all = model.gain > MORE_THAN_CHANCE and all(model.auc > trial.auc for trial in baselines.values())
    return "logistic" if beats_all else name


def _correction(chance: Floats, late: Booleans) -> Logistic:
    return logistic(_log_odds(chance)[:, None], late, np.ones(late.size), ridge=1.0)


def corrected(chance: Floats, correction: Logistic | None) -> Floats:
    """Chances put right; as they are where there is nothing to put right."""
    if correction is None:
        return np.clip(chance, 0.0, 1.0)
    return np.asarray(expit(correction.log_odds(_log_odds(chance)[:, None])))


def _log_odds(chance: Floats) -> Floats:
    return np.asarray(logit(np.clip(chance, SURE, 1 - SURE)))
