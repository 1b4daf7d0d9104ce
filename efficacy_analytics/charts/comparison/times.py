"""How many counted days each department takes more or less than the one in the middle for the same items."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.vocabulary import UNITS, VALUES, Language, heading

TITLE: Final = {
    "zh": "办理同样事项比居中部门多用或少用的计时天数（95% 区间）",
    "en": "Counted days more or fewer than the department in the middle, same items (95% interval)",
}
AXIS: Final = {"zh": "相差天数", "en": "Days apart"}
COLOURS: Final = {"shorter": theme.ON_TIME, "not_told_apart": theme.OVERALL, "longer": theme.LATE}
LABEL_LENGTH: Final = 34
ROW_HEIGHT: Final = 22


def department_time_intervals(times: pl.DataFrame, language: Language = "zh", *, top: int = 30) -> alt.LayerChart:
    """A dot and its interval per department, longest first, beside the department in the middle.

    Args:
        times: the table `department_times`, its departments by name.
        language: "zh" or "en".
        top: how many to draw, those with the most cases.
    """
    rows = _rows(times, language, top)
    scale = alt.Scale(domain=[VALUES[name][language] for name in COLOURS], range=list(COLOURS.values()))
    dots = alt.Chart(rows).encode(
        y=alt.Y("label:N").sort(None).title(None).axis(domain=False, ticks=False, grid=True),
        color=alt.Color("told:N").scale(scale).legend(orient="top", title=None, symbolType="circle"),
        tooltip=[
            alt.Tooltip("label:N", title=heading("department", language)),
            alt.Tooltip("apart:N", title=AXIS[language]),
            alt.Tooltip("case_count:Q", title=heading("case_count", language)),
        ],
    )
    middle = alt.Chart(pl.DataFrame({"middle": [0.0]})).mark_rule(color=theme.INK).encode(x="middle:Q")
    x = alt.X("days_difference_low:Q").title(AXIS[language]).axis(tickCount=8)
    return (
        alt.layer(
            middle,
            dots.mark_rule(strokeWidth=2).encode(x=x, x2="days_difference_high:Q"),
            dots.mark_circle(size=60, opacity=1).encode(x="days_difference:Q"),
        )
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def _rows(times: pl.DataFrame, language: Language, top: int) -> pl.DataFrame:
    """The rows of the chart; the unit stands beside a department where there are several."""
    known = times.drop_nulls("position").sort("case_count", "department", descending=[True, False]).head(top)
    known = known.sort("days_difference", "department", descending=[True, False])
    has_units = known["counted_unit"].n_unique() > 1
    labels = [
        f"{row['department']} ({UNITS[row['counted_unit']][language]})" if has_units else row["department"]
        for row in known.iter_rows(named=True)
    ]
    return known.select(
        "days_difference", "days_difference_low", "days_difference_high", "case_count",
        label=pl.Series(apart([shortened(label, LABEL_LENGTH) for label in labels]), dtype=pl.String),
        told=pl.col("position").replace_strict({name: VALUES[name][language] for name in COLOURS}),
        apart=pl.Series([f"{days:+.1f}".replace("-", "−") for days in known["days_difference"]], dtype=pl.String),
    )  # fmt: skip
