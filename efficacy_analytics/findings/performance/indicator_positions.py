"""Where a department's shares lie beside those of all together, of all indicators at once.

Source: C. J. Clopper and E. S. Pearson, Biometrika 26, 1934; the level is shared among all cells (Bonferroni), so that
of many departments and indicators none stands out by chance more often than stated.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.performance.indicators import INDICATORS, indicator_figures


@question
def indicator_positions(log: Session, *, by: str = "department", confidence: float = 0.95) -> pl.DataFrame:
    """Each share of cases at one level beside that of all cases together.

    A share is `better` or `worse` where its exact interval lies on one side of the share of all together, at a level
    shared among all shares of the table; of an indicator that is better neither way it is `above` or `below`. The work
    is not taken into account: who does worse for its work says `department_comparison`.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: a level, as `indicators` takes it.
        confidence: that no share of the whole table stands out by chance.

    Returns:
        One row per indicator that is a share of cases, and value of `by`, in the order of the catalogue: `indicator`,
        the level under its own name (`department`), `of_case_count`, `value`, `value_low`, `value_high` (at the shared
        level), `overall_value`, `position` (`better`, `worse`, `above`, `below`, `within`).

    Raises:
        CallError: `by` is no level.
    """
    direction = {one.name: one.better for one in INDICATORS if one.of}
    figures = indicator_figures(log, by=by)
    cell_count = figures.filter(pl.col("indicator").is_in(list(direction)) & pl.col("value").is_not_null()).height
    shared = 1 - (1 - confidence) / max(cell_count, 1)
    cells = indicator_figures(log, by=by, confidence=shared).filter(
        pl.col("indicator").is_in(list(direction)) & pl.col("value").is_not_null()
    )
    hits = (pl.col("value") * pl.col("of_case_count")).round().sum().over("indicator")
    cells = cells.with_columns(overall_value=hits / pl.col("of_case_count").sum().over("indicator"))
    better = pl.col("indicator").replace_strict(direction, return_dtype=pl.String)
    words = {
        "above": {"higher": "better", "lower": "worse", "neither": "above"},
        "below": {"higher": "worse", "lower": "better", "neither": "below"},
    }
    position = (
        pl.when(pl.col("value_low") > pl.col("overall_value")).then(better.replace_strict(words["above"]))
        .when(pl.col("value_high") < pl.col("overall_value")).then(better.replace_strict(words["below"]))
        .otherwise(pl.lit("within"))
    )  # fmt: skip
    return cells.select(
        "indicator", pl.col("level").alias(by), "of_case_count", "value", "value_low", "value_high", "overall_value",
        position.alias("position"),
    )  # fmt: skip
