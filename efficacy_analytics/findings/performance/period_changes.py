"""A period beside the one before it (环比) and the same one a year before (同比), and what is more than chance.

Sources: R. A. Fisher's exact test for two shares; for two medians the distribution-free test of R. M. Price and D. G.
Bonett, "Distribution-free confidence intervals for difference and ratio of medians", Journal of Statistical
Computation and Simulation 72, 2002: the standard error of a median from the two values whose ranks lie about
sqrt(n) from the middle.
"""

import datetime as dt
import math
from typing import Any, Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

PERIODS: Final = ("this", "before", "year_before")
SPARE: Final = dt.timedelta(days=7)
"""So long after its first day a period may have its first case and still be whole: it may begin with holidays."""
GAP_DAYS: Final = 27
GAP_CASES: Final = 20
"""A span without a case is a gap of the data where it is longer than so many days, and so many cases are missing."""
SCHEMA: Final = {
    "period": pl.String, "accepted_from": pl.Date, "accepted_until": pl.Date, "is_whole": pl.Boolean,
    "gap_from": pl.Date, "gap_until": pl.Date,
    "is_total": pl.Boolean, "department": pl.String, "case_count": pl.Int64, "completed_count": pl.Int64,
    "open_count": pl.Int64, "withdrawn_count": pl.Int64, "judged_count": pl.Int64, "late_count": pl.Int64,
    "on_time_share": pl.Float64, "on_time_p": pl.Float64,
    "throughput_elapsed_seconds_median": pl.Float64, "throughput_p": pl.Float64,
}  # fmt: skip


@question
def period_changes(log: Session) -> pl.DataFrame:
    """The period of a cohort, the one before it and the same one a year before, all together and per department.

    on_time_share = (judged_count - late_count) / judged_count, as in `on_time`. The p of a row is that of the
    difference between the cohort's own period and it; both were judged on the same day, so that cases of the cohort's
    period may still be open (`open_count`) where those before are done.

    Args:
        log: the engine of a cohort.

    Returns:
        One row per period (`this`, `before`, `year_before`) and department, all together (`is_total`) first:
        `period`, `accepted_from`, `accepted_until`, `is_whole` (whether the log begins before it, reaches its end and
        has no gap in it), `gap_from`, `gap_until` (the first span of days in it in which no case of any department was
        accepted though twenty were to be expected; null where there is none),
        `is_total`, `department`, `case_count`, `completed_count`, `open_count`, `withdrawn_count`, `judged_count`,
        `late_count`, `on_time_share`, `on_time_p`, `throughput_elapsed_seconds_median` (of completed cases),
        `throughput_p`. No row of a period without a case; none at all for a cohort without a period, or with a
        condition of its own.
    """
    asked = _asked(log)
    if asked is None:
        return pl.DataFrame(schema=SCHEMA)
    reach = log.run("finding_reach").row(0, named=True)
    gaps = log.run("finding_gaps", first_on=reach["first_on"], fewest_days=GAP_DAYS, fewest_cases=GAP_CASES).to_dicts()
    spans = spans_of(asked["accepted_from"], asked["accepted_until"])
    rows: list[dict[str, Any]] = []
    own: dict[tuple[bool, str | None], dict[str, Any]] = {}
    for period, (first, until) in spans.items():
        found = log.run(
            "finding_period", accepted_from=first, accepted_until=until,
            department=asked["department"], item=asked["item"],
        ).to_dicts()  # fmt: skip
        within = [gap for gap in gaps if gap["gap_from"] < until - SPARE and gap["gap_until"] > first + SPARE]
        held = first + SPARE >= reach["first_on"] and until <= reach["as_on"] + dt.timedelta(days=1)
        told = {"period": period, "accepted_from": first, "accepted_until": until, "is_whole": held and not within}
        told |= within[0] if within else {"gap_from": None, "gap_until": None}
        own = own or {(row["is_total"], row["department"]): row for row in found}
        rows += [
            told | _beside(row, own.get((row["is_total"], row["department"]))) for row in found if row["case_count"]
        ]
    return pl.DataFrame([[row[name] for name in SCHEMA] for row in rows], schema=SCHEMA, orient="row")


def spans_of(first: dt.date, until: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First day and day after the last of a period, the one before it and the one a year before.

    Months, quarters, halves and years follow their kind; any other period follows its number of days.
    """
    months = (until.year - first.year) * 12 + until.month - first.month
    is_regular = first.day == 1 and until.day == 1 and months in (1, 3, 6, 12)
    before = _months_back(first, months) if is_regular else first - (until - first)
    return {
        "this": (first, until),
        "before": (before, first),
        "year_before": (_months_back(first, 12), _months_back(until, 12)),
    }


def _months_back(day: dt.date, months: int) -> dt.date:
    """The same day so many months before; the last of its month where that is shorter."""
    at = day.year * 12 + day.month - 1 - months
    after = dt.date((at + 1) // 12, (at + 1) % 12 + 1, 1)
    return min(dt.date(at // 12, at % 12 + 1, 1) + dt.timedelta(days=day.day - 1), after - dt.timedelta(days=1))


def _asked(log: Session) -> dict[str, Any] | None:
    """The period that was asked for, with department and item; none where there is no comparison."""
    if "cohort_asked" not in log.tables():
        return None
    asked = log.sql("select * from cohort_asked").row(0, named=True)
    is_period = asked["accepted_from"] is not None and asked["accepted_until"] is not None
    return asked if is_period and not asked["condition"] else None


def _beside(row: dict[str, Any], own: dict[str, Any] | None) -> dict[str, Any]:
    """A row with its share on time, and the chances that it differs from the cohort's own period by accident."""
    judged, late = row["judged_count"], row["late_count"]
    share = (judged - late) / judged if judged else None
    if own is None or own is row:
        return row | {"on_time_share": share, "on_time_p": None, "throughput_p": None}
    return row | {"on_time_share": share, "on_time_p": _share_p(own, row), "throughput_p": _median_p(own, row)}


def _share_p(one: dict[str, Any], other: dict[str, Any]) -> float | None:
    """Fisher's exact test, two-sided; none where one of them has no judged case."""
    from scipy.stats import fisher_exact

    if not one["judged_count"] or not other["judged_count"]:
        return None
    table = [[row["late_count"], row["judged_count"] - row["late_count"]] for row in (one, other)]
    return float(fisher_exact(table).pvalue)


def _median_p(one: dict[str, Any], other: dict[str, Any]) -> float | None:
    """Two-sided p of the difference of two medians; none where one has fewer than 20 times."""
    from scipy.stats import norm

    errors = [_standard_error(row) for row in (one, other)]
    if errors[0] is None or errors[1] is None:
        return None
    away = one["throughput_elapsed_seconds_median"] - other["throughput_elapsed_seconds_median"]
    spread = math.hypot(errors[0], errors[1])
    if spread == 0:
        return 1.0 if away == 0 else 0.0
    return float(2 * norm.sf(abs(away) / spread))


def _standard_error(row: dict[str, Any]) -> float | None:
    """Of a median: half the way between the two values by the normal quantile that their ranks have."""
    from scipy.stats import binom, norm

    if row["throughput_elapsed_seconds_low"] is None:
        return None
    count = row["timed_count"]
    rank = max(1, math.floor((count + 1) / 2 - math.sqrt(count) + 0.5))
    quantile = float(norm.isf(binom.cdf(rank - 1, count, 0.5)))
    return float(row["throughput_elapsed_seconds_high"] - row["throughput_elapsed_seconds_low"]) / (2 * quantile)
