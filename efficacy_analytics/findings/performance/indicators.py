"""The indicators of approval work, at any level, with their intervals and targets.

Each is declared in `indicator_list`; the level is only the `group by`, so there are no averages of averages.
"""

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.performance.indicator_list import INDICATORS, Counts, Indicator
from efficacy_analytics.findings.performance.indicator_marks import MARKS, figures_query, lay_out_marks
from efficacy_analytics.statistics.proportions import clopper_pearson

__all__ = ["INDICATORS", "LEVELS", "Counts", "Indicator", "indicator_catalogue", "indicator_figures", "indicators"]

LEVELS: Final = {
    "all": "'all'",
    "department": "cast(department as varchar)",
    "item": "cast(item as varchar)",
    "month": "substr(cast(accepted_on as varchar), 1, 7)",
    "kind": "cast(kind as varchar)",
    "channel": "cast(channel as varchar)",
}
READ: Final = {
    "all": (), "department": ("department",), "item": ("item",), "month": ("accepted_on",), "kind": ("kind",),
    "channel": ("channel",),
}  # fmt: skip
"""The columns of a case that each of the levels is made of."""
PERIOD: Final = {
    "month": "strftime(accepted_on, '%Y-%m')",
    "quarter": "year(accepted_on) || 'Q' || quarter(accepted_on)",
    "half": "year(accepted_on) || 'H' || if(month(accepted_on) <= 6, 1, 2)",
    "year": "cast(year(accepted_on) as varchar)",
}
OFFICER: Final = "officer"
OF_CASE: Final = "level_of_case"


@question
def indicators(log: Session, *, by: str = "department") -> pl.DataFrame:
    """Every indicator at one level.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: `all`, `department`, `item`, `kind`, `channel`, `month` of acceptance (as 2024-03), `officer` (who did the
            last step of a case; for the office alone), or any other column of `cases`, such as an area that a layout
            brings as `[case_extra]`.

    Returns:
        One row per value of `by` (one row for `all`, without that column), in its order, null last: the value,
        `case_count`, and a column per indicator, named as it.

    Raises:
        CallError: `by` is no level.
    """
    found = _figures(log, INDICATORS, by, with_counts=False)
    return found.drop("all") if by == "all" else found


@question
def indicator_figures(log: Session, *, by: str = "department", confidence: float = 0.95) -> pl.DataFrame:
    """Every indicator at one level, one below the other, each with its interval or why it has none, and its target.

    The interval of a share of cases is exact (Clopper-Pearson). A target is `met` or `missed` where the whole interval
    lies on one side of it, else `open`; without an interval the figure itself decides.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: a level, as `indicators` takes it.
        confidence: of the intervals, two-sided.

    Returns:
        One row per indicator and value of `by` (null: all cases, for `all`), in the order of the catalogue:
        `indicator`, `level` (the value), `case_count` (of the level), `of_case_count` (what a share is of), `value`,
        `value_low`, `value_high`, `without_value` (why it is null: which of what it needs no source records, a name of
        `Record`, or `nothing_counted`), `without_interval` (`count`, `ratio_of_sums`, `mean`, `median`, `answers`),
        `target`, `target_verdict` (null without a target or a value).

    Raises:
        CallError: `by` is no level.
    """
    found = _figures(log, INDICATORS, by, with_counts=True).rename({by: "level"})
    if by == "all":
        found = found.with_columns(level=pl.lit(None, dtype=pl.String))
    return pl.concat(_figure(found, one, confidence) for one in INDICATORS)


@question
def indicator_catalogue(log: Session) -> pl.DataFrame:
    """What each indicator is: its formula, unit and direction, its target, and how each kind of case counts.

    Args:
        log: any session; the catalogue is the same for all.

    Returns:
        One row per indicator, in order: `indicator`, `zh`, `en`, `unit`, `better`, `formula`, `target`,
        `target_source_zh`, `target_source_en`, `without_interval`, `needs` (what must be recorded), and how it counts
        `open`, `overdue_open`, `withdrawn`, `withdrawn_late`, `green_lane`, `extended` and `refused` cases (`counted`,
        `against`, `left_out`).
    """
    del log
    rows = [
        {
            "indicator": one.name, "zh": one.zh, "en": one.en, "unit": one.unit, "better": one.better,
            "formula": one.formula, "target": one.target and one.target.value,
            "target_source_zh": one.target and one.target.zh, "target_source_en": one.target and one.target.en,
            "without_interval": one.without_interval or None, "needs": ", ".join(one.needs) or None,
            **{kind: getattr(one, kind) for kind in KINDS},
        }
        for one in INDICATORS
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"target": pl.Float64}, infer_schema_length=None)


KINDS: Final = ("open", "overdue_open", "withdrawn", "withdrawn_late", "green_lane", "extended", "refused")


def indicators_of_periods(
    log: Session, *, names: Sequence[str], period: Literal["month", "quarter", "half", "year"]
) -> pl.DataFrame:
    """Some indicators by department and period of acceptance.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        names: of indicators.
        period: how long the periods are.

    Returns:
        One row per department and period, in order: `department`, `period` (2025-03, 2025Q1, 2025H1, 2025),
        `case_count`, and of each indicator the figure under its name and, for shares of cases, how many cases it is
        of (`…_case_count`, else null).
    """
    _lay_out(log)
    chosen = [one for one in INDICATORS if one.name in names]
    levels = {"department": LEVELS["department"], "period": PERIOD[period]}
    known = f"(from {MARKS} where department is not null and accepted_on is not null)"
    query = figures_query(chosen, levels, ("department", "accepted_on"), source=known, with_counts=True)
    found = log.sql(f"{query} order by 1, 2")
    log.plan.append(f"indicators by department and {period}")
    return found


def _figures(log: Session, chosen: Sequence[Indicator], by: str, *, with_counts: bool) -> pl.DataFrame:
    level = _level(log, by)
    _lay_out(log)
    source, read = MARKS, READ.get(by, (OF_CASE,))
    if by == OFFICER:
        log.build("indicator_officers")
        source = "indicator_officers"
    elif by not in LEVELS:
        of_case = f'select case_key, "{by}" as {OF_CASE} from cohort_cases'
        source = f"(select * from {MARKS} inner join ({of_case}) using (case_key))"
    query = figures_query(chosen, {by: level}, read, source=source, with_counts=with_counts)
    found = log.sql(f"{query} order by 1 nulls last")
    log.plan.append(f"indicators by {by}")
    return found


def _lay_out(log: Session) -> None:
    """What indicators ask of each case; a log in memory has the first calendar and its last day."""
    if "clock_cases" in log.tables():
        log.build("indicator_calendars")
        judged_on = log.run("snapshot_facts")["as_on"].item()
    else:
        log.put_temporary(
            "indicator_calendars", pl.DataFrame(schema={"case_key": pl.Int64, "calendar_number": pl.Int32})
        )
        judged_on = log.sql("select max(greatest(accepted_on, completed_on)) as day from cohort_cases")["day"].item()
    log.put_temporary("indicator_day", pl.DataFrame({"judged_on": [judged_on]}, schema={"judged_on": pl.Date}))
    log.build("indicator_records")
    log.build("indicator_cases")
    lay_out_marks(log)


def _level(log: Session, by: str) -> str:
    known = log.columns("cohort_cases")
    if by in LEVELS:
        return LEVELS[by]
    if by == OFFICER or by in known:
        return f"cast({OF_CASE} as varchar)"
    raise CallError(f"indicators know no level '{by}'.", hint=f"one of: {', '.join((*LEVELS, OFFICER))}, or a column")


def _figure(found: pl.DataFrame, indicator: Indicator, confidence: float) -> pl.DataFrame:
    value, of_count = pl.col(indicator.name).cast(pl.Float64), pl.col(f"{indicator.name}_case_count")
    rows = found.select(
        pl.lit(indicator.name).alias("indicator"), "level", "case_count", of_count.alias("of_case_count"),
        value.alias("value"),
        pl.when(value.is_null()).then(pl.col(f"{indicator.name}_without_value")).alias("without_value"),
    )  # fmt: skip
    low, high = _interval(rows, indicator, confidence)
    target = indicator.target and indicator.target.value
    rows = rows.with_columns(
        low, high, pl.lit(indicator.without_interval or None, dtype=pl.String).alias("without_interval"),
        pl.lit(target, dtype=pl.Float64).alias("target"),
    )  # fmt: skip
    low_of, high_of = pl.coalesce("value_low", "value"), pl.coalesce("value_high", "value")
    is_higher = indicator.better == "higher"
    met = low_of >= pl.col("target") if is_higher else high_of <= pl.col("target")
    missed = high_of < pl.col("target") if is_higher else low_of > pl.col("target")
    verdict = pl.when(met).then(pl.lit("met")).when(missed).then(pl.lit("missed")).otherwise(pl.lit("open"))
    known = pl.col("target").is_not_null() & pl.col("value").is_not_null()
    return rows.with_columns(pl.when(known).then(verdict).alias("target_verdict"))


def _interval(rows: pl.DataFrame, indicator: Indicator, confidence: float) -> tuple[pl.Series, pl.Series]:
    if not indicator.of:
        nothing = [None] * rows.height
        return (pl.Series("value_low", nothing, dtype=pl.Float64), pl.Series("value_high", nothing, dtype=pl.Float64))
    of_count = rows["of_case_count"].fill_null(0).to_numpy()
    hits = (rows["value"].fill_null(0.0).to_numpy() * of_count).round()
    low, high = clopper_pearson(hits, of_count, confidence=confidence)
    return pl.Series("value_low", low).fill_nan(None), pl.Series("value_high", high).fill_nan(None)
