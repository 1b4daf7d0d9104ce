"""One case on a time line: what waited, what was worked on, when the clock stood still, and when it was due."""

import datetime as dt
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import shortened
from efficacy_analytics.vocabulary import PARTS, Language

TITLE: Final = {"zh": "办件 {case_id} 的经过", "en": "What happened to case {case_id}"}
MARKS: Final = {
    "waiting": ({"zh": "等待", "en": "Waiting"}, "#f0c9a0"),
    "between_completions": (PARTS["between_completions"], "#d5dae0"),
    "service": ({"zh": "办理", "en": "Service"}, theme.ON_TIME),
    "stop": ({"zh": "停钟", "en": "Clock stopped"}, "#cfd5db"),
}
DUE: Final = {"zh": "应办结 {day}", "en": "due {day}"}
STEP: Final = {"zh": "环节", "en": "Step"}
KIND: Final = {"zh": "性质", "en": "What"}
FROM: Final = {"zh": "从", "en": "From"}
UNTIL: Final = {"zh": "到", "en": "Until"}
LASTED: Final = {"zh": "历时", "en": "Lasted"}
SHORTEST: Final = 250
"""The part of the whole that a bar must last to be seen; a shorter one is a tick."""
MOST_STEPS: Final = 120
ROW_HEIGHT: Final = 22
LABEL_LENGTH: Final = 30
DAY: Final = dt.timedelta(days=1)


def case_times(
    steps: pl.DataFrame,
    stops: pl.DataFrame,
    language: Language = "zh",
    *,
    case_id: str = "",
    due_on: dt.date | None = None,
    as_on: dt.date | None = None,
) -> alt.LayerChart:
    """A bar per wait and per step, in local time, over the stops of the clock.

    Args:
        steps: the steps of the case in order, activities, departments and officers by name: `event_number`, `activity`,
            `department`, `resource`, `enabled_local`, `started_local`, `completed_local`, `is_start_recorded`.
        stops: `stopped_from_on`, `stopped_until_on`, of those that stop the clock; without an end it still lasts.
        language: "zh" or "en".
        case_id: its number, for the title.
        due_on: the day it is due.
        as_on: the day on which it is judged, to which a stop that still lasts is drawn.
    """
    shown = steps.head(MOST_STEPS)
    title = TITLE[language].format(case_id=case_id)
    bars = pl.DataFrame([bar for row in shown.iter_rows(named=True) for bar in _bars(row, language)], orient="row")
    colours = {words[language]: colour for words, colour in MARKS.values()}
    present = [
        kind for kind in colours if kind in set(bars["kind"]) or (kind == _word("stop", language) and stops.height)
    ]
    scale = alt.Scale(domain=present, range=[colours[kind] for kind in present])
    order = list(dict.fromkeys(bars["label"].to_list()))
    place = {"y": alt.Y("label:N").sort(order).title(None).axis(domain=False, ticks=False)}
    axis = alt.Axis(title=None, labelOverlap=True, grid=True, format="%m-%d", formatType="time", tickCount=10)
    drawn = (
        alt.Chart(bars)
        .mark_bar(height=12, minBandSize=2)
        .encode(
            x=alt.X("from_at:T").scale(type="utc").axis(axis),
            x2="until_at:T",
            color=alt.Color("kind:N").scale(scale).legend(orient="top", title=None),
            tooltip=_tooltips(language),
            **place,
        )
    )
    whole = (bars["until_at"].max() - bars["from_at"].min()) / SHORTEST  # type: ignore[operator]
    points = (
        alt.Chart(
            bars.filter(pl.col("until_at") - pl.col("from_at") < whole, pl.col("kind") == _word("service", language))
        )
        .mark_tick(thickness=3, height=12)
        .encode(
            x=alt.X("from_at:T").scale(type="utc"),
            color=alt.Color("kind:N").scale(scale),
            tooltip=_tooltips(language),
            **place,
        )
    )
    lasting = stops.with_columns(pl.col("stopped_until_on").fill_null(pl.lit(as_on, dtype=pl.Date)))
    layers = [*_stops(lasting, scale, language), drawn, points, *_due(due_on, language)]
    return (
        alt.layer(*layers)
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * len(order),
            title=title,
            description=figures.rows_told(title, shown.height, language),
        )
        .configure(**theme.config())
    )


def _bars(row: dict[str, Any], language: Language) -> list[dict[str, Any]]:
    """The wait before a step, and the step; a step whose start is not recorded is one stretch between completions."""
    held = " · ".join(str(row[name]) for name in ("department", "resource") if row[name])
    told = {
        "label": shortened(f"{row['event_number']}  {row['activity']}", LABEL_LENGTH),
        "activity": row["activity"],
        "held_by": held,
    }
    ends = row["completed_local"] or row["started_local"]
    begins = row["started_local"] if row["is_start_recorded"] and row["started_local"] else ends
    before = "waiting" if row["is_start_recorded"] else "between_completions"
    enabled = row["enabled_local"] or begins
    bars = [_bar(told, "service", begins, ends, language)]
    return [_bar(told, before, enabled, begins, language), *bars] if enabled < begins else bars


def _bar(told: dict[str, Any], kind: str, begins: dt.datetime, ends: dt.datetime, language: Language) -> dict[str, Any]:
    lasted = figures.duration(max(0.0, (ends - begins).total_seconds()), language)
    return {
        **told, "kind": _word(kind, language), "from_at": begins, "until_at": ends,
        "from_words": f"{begins:%Y-%m-%d %H:%M}", "until_words": f"{ends:%Y-%m-%d %H:%M}", "lasted": lasted,
    }  # fmt: skip


def _word(kind: str, language: Language) -> str:
    return MARKS[kind][0][language]


def _tooltips(language: Language) -> list[alt.Tooltip]:
    titles = {
        "activity": STEP, "kind": KIND, "held_by": {"zh": "经办", "en": "Held by"}, "from_words": FROM,
        "until_words": UNTIL, "lasted": LASTED,
    }  # fmt: skip
    return [alt.Tooltip(f"{name}:N", title=words[language]) for name, words in titles.items()]


def _stops(stops: pl.DataFrame, scale: alt.Scale, language: Language) -> list[alt.Chart]:
    """The days on which the clock stood still, behind everything."""
    if stops.is_empty():
        return []
    spans = stops.select(
        (pl.col("stopped_from_on").cast(pl.Datetime) + DAY).alias("from_at"),
        (pl.col("stopped_until_on").cast(pl.Datetime) + DAY).alias("until_at"),
        pl.lit(_word("stop", language)).alias("kind"),
    )
    marks = alt.Chart(spans).mark_rect(opacity=0.55)
    return [
        marks.encode(x=alt.X("from_at:T").scale(type="utc"), x2="until_at:T", color=alt.Color("kind:N").scale(scale))
    ]


def _due(due_on: dt.date | None, language: Language) -> list[alt.Chart]:
    if due_on is None:
        return []
    at = dt.datetime.combine(due_on, dt.time()) + DAY
    line = alt.Chart(pl.DataFrame({"due_at": [at], "words": [DUE[language].format(day=due_on)]}))
    place = line.encode(x=alt.X("due_at:T").scale(type="utc"))
    words = place.mark_text(color=theme.LATE, fontSize=11, align="right", dx=-5, dy=8, baseline="top").encode(
        text="words:N", y=alt.value(0)
    )
    return [place.mark_rule(color=theme.LATE, strokeWidth=2), words]
