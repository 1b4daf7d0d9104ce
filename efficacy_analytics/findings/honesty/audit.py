"""How honest the records are, per department, before anyone is ranked.

Every check (`honesty_checks`) counts rows that should be rare, compares departments, and takes points; the score is
what is left of 100. A check that lacks a column is named as not made, and neither gives nor takes points. A department
is named (`stands_out`) only by a test at a level shared among all departments of the check, or where something
impossible happens more than now and then. A finding is a question to the department, not a verdict on it.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.clock.verdicts import verdicts_on
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import asked_cohort, open_beside
from efficacy_analytics.findings.honesty.catalogue import CHECKS, Check
from efficacy_analytics.findings.honesty.counts import counted, prepare
from efficacy_analytics.findings.honesty.rows import COUNTS
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.settings import HonestySettings
from efficacy_analytics.statistics.outliers import at_least, compared, count_low, share_low

FEWEST_POINTS_SHARE: Final = 0.2
POWER: Final = 0.95
"""Whom a check could not name with this chance, whatever it did, it is not compared for."""
JUDGED_AGAIN: Final = {"case_key": pl.Int64, "is_late": pl.Boolean, "needed_days": pl.Int32}
"""What is asked of verdicts without the suspicious stops; of a case that has none, the recorded one holds."""
OWN: Final = ("expected_share", "probability", "constant_days", "stop_kind", "count_low")
"""Columns of the counts that checks with a test of their own fill."""


@dataclass(frozen=True)
class Audit:
    """What one pass over the records of a cohort gives.

    Attributes:
        checks: the table `honesty_checks`.
        case_counts: per department, what the cases have to do with each other's days.
        without_suspicious_stops: per department, the verdicts as recorded and with the suspicious stops put back.
    """

    checks: pl.DataFrame
    case_counts: pl.DataFrame
    without_suspicious_stops: pl.DataFrame

    def of(self, department: str) -> "Audit":
        """What it says of one department."""
        is_own = pl.col("department") == department
        return Audit(
            *(table.filter(is_own) for table in (self.checks, self.case_counts, self.without_suspicious_stops))
        )


@question
def audit(log: Session) -> Audit:
    """One pass over the records of a cohort, from which the tables of the audit are taken.

    A cohort of one department is that department among all: what is usual, and what the export tells at all, is not
    to be seen from its own records.
    """
    cohort = asked_cohort(log)
    if cohort.department is not None:
        with open_beside(log, replace(cohort, department=None)) as among_all:
            return audit(among_all).of(cohort.department)
    checks = _checked(log)
    return Audit(checks, log.run("honesty_case_counts"), log.run("honesty_without_suspicious_stops"))


@question
def honesty_checks(log: Session) -> pl.DataFrame:
    """Every check of every department.

    share = count / of_count. points_lost = weight × (share_low − expected_share − tolerated) / (full − tolerated),
    between 0 and the weight; share_low is the one-sided 95 % lower bound of the share: in doubt for the department.

    Args:
        log: the engine of a cohort of a snapshot.

    Returns:
        One row per department (null last) and check, by code: `department`, `code`, `check`, `severity`, `count`,
        `of_count`, `share`, `share_low`, `expected_share` (null where nothing is to be expected), `usual_share` (what
        the department would have if it were like the others; null where it is not compared), `constant_days` (H14),
        `stop_kind` (H12, H14, H15: the kind of stop that most stands out),
        `verdict` (`stands_out`, `not_unusual`, `not_compared`, `cannot_be_checked`), `obstacle` (why it cannot be
        checked), `weight`, `points_lost` (null where it cannot be checked).
    """
    return audit(log).checks


def _checked(log: Session) -> pl.DataFrame:
    """Every check; the tables it rests on are there for the rest of the question."""
    prepare(log)
    asked = log.settings.honesty
    first = _judged(counted(log), asked)
    without_suspicious_stops = _without_suspicious_stops(log, first)
    whole = pl.concat([first, _judged(without_suspicious_stops, asked)]).sort("department", "code", nulls_last=True)
    named = pl.DataFrame(
        [(check.code, check.name, check.severity, check.weight) for check in CHECKS.values()],
        schema={"code": pl.String, "check": pl.String, "severity": pl.String, "weight": pl.Int64},
        orient="row",
    )
    return whole.join(named, on="code", maintain_order="left").select(
        *("department", "code", "check", "severity", "count", "of_count", "share", "share_low", "expected_share"),
        *("usual_share", "constant_days", "stop_kind", "verdict", "obstacle", "weight", "points_lost"),
    )


@question
def honesty(log: Session) -> pl.DataFrame:
    """One score a department with its make-up.

    score = 100 × (1 − points lost / points that the checks made could take); null where these are fewer than a fifth of
    the points that all checks together can take.

    Args:
        log: the engine of a cohort of a snapshot.

    Returns:
        One row per department, null last: `department`, `case_count`, `score`, `points_lost`, `points_possible`,
        `made_count` and `check_count` (checks made, of how many), `stands_out` (the codes of checks that ask for an
        explanation, separated by spaces), `lost_by` (codes with the points they took, most first), `not_made` (codes),
        `judged_count`, `on_time_share`, `suspicious_count` (clock stops),
        `on_time_share_without_suspicious_stops`, `refused_completion_count` (cases that stand though their completion
        was refused at intake, such as one before the start: no check sees their days).
    """
    found = audit(log)
    made = pl.col("points_lost").is_not_null()
    lost = pl.format("{} {}", "code", pl.col("points_lost").round(1))
    taking = pl.col("points_lost") >= 0.05
    order = pl.struct(-pl.col("points_lost"), "code")
    scores = found.checks.group_by("department", maintain_order=True).agg(
        pl.col("points_lost").sum(),
        pl.col("weight").filter(made).sum().alias("points_possible"),
        made.sum().cast(pl.Int64).alias("made_count"),
        pl.len().cast(pl.Int64).alias("check_count"),
        _joined(pl.col("code").filter(pl.col("verdict") == "stands_out"), " ").alias("stands_out"),
        _joined(lost.filter(taking).sort_by(order.filter(taking)), ", ").alias("lost_by"),
        _joined(pl.col("code").filter(~made), " ").alias("not_made"),
    )
    left = 100 * (1 - pl.col("points_lost") / pl.col("points_possible"))
    enough = pl.col("points_possible") >= FEWEST_POINTS_SHARE * sum(check.weight for check in CHECKS.values())
    scored = scores.with_columns(pl.when(enough).then(left).alias("score"))
    cases = found.case_counts.select("department", "case_count")
    kept = found.without_suspicious_stops.with_columns(
        on_time_share=1 - pl.col("late_count") / pl.col("judged_count"),
        on_time_share_without_suspicious_stops=1 - pl.col("late_count_without_stops") / pl.col("judged_count"),
    )
    return (
        scored.join(cases, on="department", how="left", nulls_equal=True, maintain_order="left")
        .join(kept, on="department", how="left", nulls_equal=True, maintain_order="left")
        .join(
            log.run("honesty_refused_completions"), on="department", how="left", nulls_equal=True, maintain_order="left"
        )
        .with_columns(pl.col("case_count", "refused_completion_count").fill_null(0))
        .select(
            *("department", "case_count", "score", "points_lost", "points_possible", "made_count", "check_count"),
            *("stands_out", "lost_by", "not_made", "judged_count", "on_time_share", "suspicious_count"),
            *("on_time_share_without_suspicious_stops", "refused_completion_count"),
        )
    )


@question
def honesty_evidence(log: Session) -> pl.DataFrame:
    """The cases behind the counts, the latest few of each department and check (`honesty.evidence_rows`).

    H17 and H18 are of a whole and name no case.

    Args:
        log: the engine of a cohort of a snapshot.

    Returns:
        One row per piece of evidence, by check and department: `department`, `code`, `row_number`, `case_id`,
        `activity` (of H12 to H16 the kind of the stop), `happened_on`, `recorded_on`, `measure` (H01 to H03: hours
        until entry; H12: days of the limit gone; H13: working days until entry; H14: days beyond the overrun; H16:
        marks against the stop).
    """
    cohort = asked_cohort(log)
    if cohort.department is not None:
        with open_beside(log, replace(cohort, department=None)) as among_all:
            return honesty_evidence(among_all).filter(pl.col("department") == cohort.department)
    _checked(log)
    asked = log.settings.honesty
    return log.run(
        "honesty_evidence",
        together=asked.same_second_count,
        bulk_entry_count=asked.bulk_entry_count,
        most_rows=asked.evidence_rows,
    )


@question
def times_without_suspicious_stops(log: Session) -> pl.DataFrame:
    """Counted days with the suspicious clock stops put back, as `findings.limits.limits(times=…)` takes them.

    Args:
        log: the engine of a cohort of a snapshot.
    """
    days = _days_without_suspicious_stops(log)
    times = limit_times(log).join(days, on="case_key", how="left", maintain_order="left")
    return times.with_columns(
        pl.coalesce("needed_days_without_suspicious_stops", "needed_days").alias("needed_days")
    ).drop("needed_days_without_suspicious_stops")


@question
def _days_without_suspicious_stops(log: Session) -> pl.DataFrame:
    """The days needed of the cases with suspicious clock stops, put back; of one department as among all."""
    cohort = asked_cohort(log)
    if cohort.department is not None:
        with open_beside(log, replace(cohort, department=None)) as among_all:
            return _days_without_suspicious_stops(among_all)
    _checked(log)
    return log.run("honesty_days_without_suspicious_stops")


def _without_suspicious_stops(log: Session, first: pl.DataFrame) -> pl.DataFrame:
    """The cases that are in time by suspicious stops alone: where there are any, all are judged again without those."""
    named = first.filter(pl.col("verdict") == "stands_out")
    constants = named.filter(pl.col("code") == "H14").select(
        "department", pl.col("stop_kind").alias("kind"), pl.col("constant_days").alias("spare_days")
    )
    log.put_temporary("honesty_constants", constants)
    log.put_temporary("honesty_fixed", named.filter(pl.col("code") == "H15").select("department"))
    log.build("honesty_suspicious")
    if log.count("honesty_suspicious"):
        verdicts_on(log, log.run("snapshot_facts")["as_on"].item(), stops="honesty_stops_kept")
    else:
        log.put_temporary("case_verdicts", pl.DataFrame(schema=JUDGED_AGAIN))
    departments = first.select("department").unique().sort("department", nulls_last=True)
    counts = departments.join(
        log.run("honesty_without_suspicious_stops"), on="department", how="left", nulls_equal=True
    )
    has_stops = first.filter(
        (pl.col("code") == "H12") & (pl.col("obstacle") != "no_stops").fill_null(value=True)
    ).height
    judged = pl.col("judged_count").fill_null(0)
    obstacle = pl.when(judged == 0).then(pl.lit("no_limits")) if has_stops else pl.lit("no_stops")
    return counts.select(
        "department",
        pl.lit("H16").alias("code"),
        pl.col("turned_count").fill_null(0).cast(pl.Float64).alias("count"),
        judged.alias("of_count"),
        *(pl.lit(None, COUNTS[name]).alias(name) for name in OWN),
        pl.col("suspicious_a_day").fill_null(1.0).alias("design_effect"),
        obstacle.alias("obstacle"),
    )  # fmt: skip


def _judged(counts: pl.DataFrame, asked: HonestySettings) -> pl.DataFrame:
    grouped = counts.group_by("code", maintain_order=True)
    parts = [_of_check(CHECKS[str(code)], group, asked) for (code,), group in grouped]
    return pl.concat(parts)


def _of_check(check: Check, counts: pl.DataFrame, asked: HonestySettings) -> pl.DataFrame:
    """Shares, points and verdicts of one check over all departments."""
    rows = counts.with_columns(
        pl.when(pl.col("of_count") > 0).then(pl.col("count") / pl.col("of_count")).alias("share"),
        pl.Series("share_low", _low(counts), dtype=pl.Float64).fill_nan(None),
    )
    is_own = check.test == "own"
    fewest = asked.fewest_count if is_own else asked.fewest_rows
    chosen = rows.with_row_index("place").filter(pl.col("obstacle").is_null() & (pl.col("of_count") >= fewest))
    can_compare = chosen.height >= (2 if is_own else asked.fewest_departments)
    verdicts: dict[int, tuple[float | None, str]] = dict.fromkeys(range(rows.height), (None, "not_compared"))
    if check.test == "impossible":
        verdicts |= _impossible(check, rows.with_row_index("place").filter(pl.col("obstacle").is_null()), asked)
    elif can_compare:
        verdicts |= _compared(check, chosen, asked)
    told = pl.DataFrame(
        [verdicts[place] for place in range(rows.height)],
        schema={"usual_share": pl.Float64, "verdict": pl.String},
        orient="row",
    )
    cannot = pl.col("obstacle").is_not_null()
    excess = pl.col("share_low") - pl.col("expected_share").fill_null(0) - check.tolerated_share
    taken = check.weight * (excess / (check.full_share - check.tolerated_share)).clip(0, 1)
    return rows.hstack(told).with_columns(
        pl.when(cannot).then(pl.lit("cannot_be_checked")).otherwise("verdict").alias("verdict"),
        pl.when(~cannot).then(taken).alias("points_lost"),
        pl.when(~cannot).then("share").alias("share"),
    )


def _low(counts: pl.DataFrame) -> Any:
    effect = counts["design_effect"].fill_null(1.0).to_numpy()
    exact = share_low(counts["count"].floor().to_numpy() / effect, counts["of_count"].to_numpy() / effect)
    own = (counts["count_low"] / counts["of_count"]).to_numpy()
    return pl.Series(own).fill_nan(None).fill_null(pl.Series(exact)).to_numpy()


def _impossible(check: Check, rows: pl.DataFrame, asked: HonestySettings) -> dict[int, tuple[float | None, str]]:
    """What cannot happen names a department by itself, once it is more than a slip."""
    fewest = asked.fewest_count
    return {
        row["place"]: (
            0.0,
            "stands_out"
            if row["count"] / (row["design_effect"] or 1.0) >= fewest and row["share_low"] > check.tolerated_share
            else "not_unusual",
        )
        for row in rows.iter_rows(named=True)
    }


def _compared(check: Check, rows: pl.DataFrame, asked: HonestySettings) -> dict[int, tuple[float | None, str]]:
    """A department stands out where its chance is below its part of the level, by a margin that matters."""
    expected, effect = rows["expected_share"].fill_null(0.0).to_numpy(), rows["design_effect"].fill_null(1.0).to_numpy()
    own = rows["probability"].fill_null(0.0).to_numpy()
    if check.test == "own":
        usual, chance = expected, own
    else:
        found = compared(rows["count"].round().to_numpy(), rows["of_count"].to_numpy(), expected, effect)
        usual, chance = found.usual_share, np.maximum(found.probability, own)
    named = (
        (chance < asked.level / rows.height / len(CHECKS))
        & (rows["count"].to_numpy() / effect >= asked.fewest_count)
        & (rows["share"].to_numpy() - usual >= check.margin_share)
    )
    could = _could_be_named(check, rows["of_count"].to_numpy() / effect, usual, asked, rows.height)
    return {
        place: (float(share), "stands_out") if is_named else (float(share), "not_unusual") if is_told else unknown
        for place, share, is_named, is_told in zip(rows["place"], usual, named, could, strict=True)
        for unknown in [(None, "not_compared")]
    }


def _could_be_named(check: Check, worth: Any, usual: Any, asked: HonestySettings, height: int) -> Any:
    """Whether so many independent rows would name a department that loses all points of the check, 95 times in 100.

    Where they would not, nothing found is no sign of honesty. The binomial tail is the smallest that any test of the
    check gives: who is left out here could not have been named.
    """
    full = np.clip(usual + check.full_share - check.tolerated_share, 0, 1)
    count, level = count_low(worth, full, confidence=POWER), asked.level / height / len(CHECKS)
    return (count >= asked.fewest_count) & (at_least(count, np.floor(worth), np.clip(usual, 0, 1)) < level)


def _joined(codes: pl.Expr, between: str) -> pl.Expr:
    return codes.str.join(between)
