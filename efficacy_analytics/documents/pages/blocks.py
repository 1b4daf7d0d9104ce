"""What each picture consists of: its charts, a note on how to read them, and the figures behind them as a table."""

from collections.abc import Sequence
from typing import Any, Final, cast

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import named, names_in
from efficacy_analytics.documents.blocks import Block, Chart, Column, Paragraph, column, table_of
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.vocabulary import CAUSES, STAGES, Language, heading, order_words

MOST_ACTIVITIES: Final = 40
"""A log with more activities is drawn by stages, unless asked otherwise."""
NOTES: Final = {
    "spectrum": {
        "zh": "每一横带是一个区段：线从上端进入，到下端离开，越斜越慢；四色按用时四等分。"
        "后来先办：同时在途的两件中，先到者后走的比例；成批：五件以上在同一分钟离开的比例。",
        "en": "A band is a segment: lines enter at the top and leave at the bottom, slanted where slow; colours are "
        "quarters by duration. Out of turn: of two cases under way together, how often the first to come leaves "
        "last. In batches: leaving within one minute with at least four others.",
    },
    "dotted": {
        "zh": "每一点是一批办件在一段时间内的环节，越大越多，颜色为其中最多的一种。",
        "en": "A dot stands for the steps of a group of cases in a stretch of time: larger for more, coloured by the "
        "most frequent one.",
    },
    "variants": {
        "zh": "每行一种路线，箭头内数字见图例；滑块可增减行数（也可用键盘方向键）。",
        "en": "A row is a way of cases; numbers in the arrows stand in the legend. The slider, also by arrow keys, "
        "shows more or fewer rows.",
    },
    "months": {
        "zh": "颜色越深等待越长。近月多为办得快的办件，偏短；各月未办结数见提示。",
        "en": "Darker is longer. Recent months hold mainly fast cases and look shorter; pointing at a square tells how "
        "many of its month are still open.",
    },
    "causes": {
        "zh": "灰色两项（停钟、申请人）不计入机关用时；不在岗含夜间与休息日。",
        "en": "The two grey causes do not count against the office; nobody at work includes nights and days off.",
    },
}
WITHOUT_STARTS: Final = {
    "zh": "本日志未记录环节的开始时间，等待由估计的开始时间算出。",
    "en": "The log does not record when steps start: waits rest on estimated starts.",
}
CAPTIONS: Final = {
    "spectrum": {"zh": "各区段是否先来先办", "en": "Whether first come is first served"},
    "variants": {"zh": "最常见的路线", "en": "The most frequent ways"},
    "causes": {"zh": "消除某一等待原因的效果", "en": "What removing a cause would do"},
}
WORDS: Final = {
    "pair_count": {"zh": "同时在途的对数", "en": "Pairs under way together"},
    "fifo_violation_share": {"zh": "后来先办", "en": "Out of turn"},
    "batch_share": {"zh": "成批", "en": "In batches"},
    "waiting_share": {"zh": "占全部等待", "en": "Share of waiting"},
    "days": {"zh": "等待合计（件·天）", "en": "Waiting (case-days)"},
    "now": {"zh": "办理时间占比", "en": "Time that is work"},
    "without": {"zh": "消除后", "en": "Without it"},
    "activities": {"zh": "路线", "en": "Way"},
}


def spectrum_blocks(
    log: Session, language: Language, *, segment: Sequence[tuple[str, str]] | None = None
) -> list[Block]:
    """The performance spectrum of the most common path, or of the segments asked for."""
    from efficacy_analytics.charts.spectrum import performance_spectrum_lines
    from efficacy_analytics.mining.time.spectrum import common_path, performance_spectrum, queue_discipline

    chosen = list(segment or common_path(log))
    spectrum = _named(log, performance_spectrum(log, segments=chosen), language, "activity", "next_activity")
    discipline = _named(log, queue_discipline(log, segments=chosen), language, "activity", "next_activity")
    if spectrum.is_empty():
        raise CallError("no case passes a segment of the spectrum.", hint="`efficacy show directly_follows` lists them")
    columns = [
        _segment(language),
        column("transition_count", language, lambda value: figures.count(value, language)),
        _counted("pair_count", language),
        _shared("fifo_violation_share", language),
        _shared("batch_share", language),
    ]
    table = table_of(discipline, columns, language, caption=CAPTIONS["spectrum"][language])
    return [_chart(performance_spectrum_lines(spectrum, discipline, language), "spectrum", language), table]


def dotted_blocks(log: Session, language: Language, *, by: str = "stage") -> list[Block]:
    """The dotted chart in calendar time, and in time since each case began."""
    from efficacy_analytics.charts.dotted import event_dots, leading_steps
    from efficacy_analytics.mining.time.density import AGAINST, event_density

    level = cast(Any, by)
    found = {name: _steps_named(log, event_density(log, against=name, by=level), language, by) for name in AGAINST}
    steps = leading_steps(pl.concat(found.values()))
    return [
        _chart(event_dots(density, language, against=against, steps=steps), "dotted", language)
        for against, density in found.items()
    ]


def variants_blocks(log: Session, language: Language, *, by: str | None = None) -> list[Block]:
    """The most frequent variants, of stages where there are very many activities."""
    from efficacy_analytics.charts.variants import variant_strips
    from efficacy_analytics.mining.measures import step_order, variants
    from efficacy_analytics.mining.steps import stage_variants

    table = stage_variants(log) if _level(log, by) == "stage" else variants(log)
    names = _step_names(log, _level(log, by), language)
    known = dict(names.rows())
    columns = [
        column("case_count", language, lambda value: figures.count(value, language)),
        column("case_share", language, lambda value: figures.share(value, language)),
        column("case_share_cumulated", language, lambda value: figures.share(value, language)),
        column("elapsed_seconds_median", language, lambda value: figures.duration(value, language)),
        Column(
            WORDS["activities"][language],
            lambda row: " → ".join(str(known.get(one, one)) for one in row["activities"]),
            is_figure=False,
        ),
    ]
    order = order_words(step_order(log), language)
    caption = f"{CAPTIONS['variants'][language]}{'。' if language == 'zh' else '. '}{order}"
    told = table_of(table.head(10), columns, language, caption=caption)
    return [_chart(variant_strips(table, names, language), "variants", language), told]


def months_blocks(
    log: Session,
    language: Language,
    *,
    clock: str | None = None,
    by: str | None = None,
    measure: str = "mean",
) -> list[Block]:
    """The heat map of waiting by month, on one clock or on both."""
    from efficacy_analytics.charts.months import MEASURES, month_heat
    from efficacy_analytics.mining.time.step_waits import CLOCKS, waiting_by_month

    if measure not in MEASURES:
        raise CallError(f"waiting by month has no {measure}.", hint=f"one of: {', '.join(MEASURES)}")
    level: Any = _level(log, by)
    clocks: Any = CLOCKS if clock is None else (clock,)
    waits = {name: waiting_by_month(log, clock=name, by=level) for name in clocks}
    return [
        _chart(
            month_heat(_steps_named(log, table, language, level), language, clock=name, measure=measure),
            "months",
            language,
        )
        for name, table in waits.items()
    ]


def causes_blocks(log: Session, language: Language, *, hours: str | None = None) -> list[Block]:
    """The causes of waiting per segment, and what removing each would do; both from one analysis."""
    from efficacy_analytics.charts.causes import cause_bars, cause_effects
    from efficacy_analytics.findings.waiting.causes import Assumptions, segments_of, waiting_analysis

    found = waiting_analysis(log, assumed=Assumptions(hours=cast(Any, hours or "given")))
    segments = _named(log, segments_of(found.causes), language, "activity", "next_activity")
    if segments.is_empty():
        raise CallError(
            "no wait can be explained.", hint="causes need resources or starts: `efficacy show log_summary`"
        )
    is_estimated = segments["estimated_start_count"].sum() == segments["transition_count"].sum()
    columns = [
        Column(heading("cause", language), lambda row: CAUSES[row["cause"]][language], is_figure=False),
        Column(WORDS["days"][language], lambda row: figures.days(row["waiting_seconds"], language)),
        _shared("waiting_share", language),
        Column(WORDS["now"][language], lambda row: figures.share(row["efficiency_share"], language)),
        Column(WORDS["without"][language], lambda row: figures.share(row["efficiency_without_share"], language)),
    ]
    return [
        *([Paragraph(WITHOUT_STARTS[language])] if is_estimated else []),
        _chart(cause_bars(segments, language), "causes", language),
        Chart(cast(Any, cause_effects(found.effects, language))),
        table_of(found.effects, columns, language, caption=CAPTIONS["causes"][language]),
    ]


def _chart(chart: Any, name: str, language: Language) -> Chart:
    return Chart(chart, NOTES[name][language])


def _named(log: Session, table: pl.DataFrame, language: Language, *columns: str) -> pl.DataFrame:
    """The table with names instead of codes of activities."""
    names = names_in(log.run("activity_names"), "activity", language)
    for name in columns:
        table = named(table, name, names.rename({"activity": name}))
    return table


def _steps_named(log: Session, table: pl.DataFrame, language: Language, by: str) -> pl.DataFrame:
    return named(table, "step", _step_names(log, by, language).rename({"activity": "step"}))


def _step_names(log: Session, by: str, language: Language) -> pl.DataFrame:
    """What to call activities, or stages: one row per code, `activity` and `name`."""
    if by == "stage":
        rows = [(stage, words[language]) for stage, words in STAGES.items()]
        return pl.DataFrame(rows, schema=["activity", "name"], orient="row")
    return names_in(log.run("activity_names"), "activity", language)


def _level(log: Session, by: str | None) -> str:
    return by or ("stage" if log.run("log_summary")["activity_count"].item() > MOST_ACTIVITIES else "activity")


def _segment(language: Language) -> Column:
    return Column(
        heading("segment", language), lambda row: f"{row['activity']} → {row['next_activity']}", is_figure=False
    )


def _counted(name: str, language: Language) -> Column:
    return Column(WORDS[name][language], lambda row: figures.count(row[name], language))


def _shared(name: str, language: Language) -> Column:
    return Column(WORDS[name][language], lambda row: figures.share(row[name], language))
