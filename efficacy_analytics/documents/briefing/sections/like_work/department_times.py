"""How many counted days departments take on the same items: who takes longer or shorter than the one in the middle."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.times import department_time_intervals
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.vocabulary import UNITS, VALUES, Language, Words, heading

TABLE: Final = "department_times"
TITLE: Final = {"zh": "同样事项的用时", "en": "Days taken on the same items"}
CAPTION: Final = {
    "zh": "办理同样事项的计时天数与居中部门之比较（相差最多的列前）",
    "en": "Counted days on the same items beside the department in the middle, most days apart first",
}
SENTENCES: Final[dict[str, Words]] = {
    "longer": {
        "zh": "办理同样的事项，用时长于居中部门且超出偶然的：{departments}。",
        "en": "On the same items these take longer than the department in the middle, by more than chance: "
        "{departments}.",
    },
    "shorter": {
        "zh": "办理同样的事项，用时短于居中部门且超出偶然的：{departments}。",
        "en": "On the same items these take less time than the department in the middle, by more than chance: "
        "{departments}.",
    },
    "none": {
        "zh": "办理同样的事项，各部门用时与居中部门的差别均未超出偶然。",
        "en": "On the same items no department's days differ from those of the department in the middle by more than "
        "chance.",
    },
    "few": {
        "zh": "另有 {count} 个部门因共同事项、办结件或月份太少，不作比较。",
        "en": "{count} {count:department is|departments are} not compared: too few items shared, cases completed or "
        "months.",
    },
    "own": {
        "zh": "办理同样的事项（不限于本期），平均计时 {days} {unit}，居中部门为 {expected} {unit}"
        "（相差的 95% 区间 {low} 至 {high}）：{verdict}。",
        "en": "On the same items, over all periods: a mean of {days} {unit}, {expected} at the department in the middle"
        " (95% interval of the difference {low} to {high}): {verdict}.",
    },
}
NAMED: Final[Words] = {"zh": "{department}（{days} 天）", "en": "{department} (days: {days})"}
NOTE: Final[Words] = {
    "zh": "依据全部办件，不限于本期。每个事项只计到其 95% 办件办结之日，少数久拖的办件不左右结论；"
    "在办和撤回的办件按已用天数计。",
    "en": "This rests on all cases, not on those of this period alone. Of each item days count up to that by which 95% "
    "of its cases are completed, so that a few endless ones decide nothing; open and withdrawn cases have lasted at "
    "least as long as they have.",
}
MOST_NAMES: Final = 5


def is_shown(findings: Findings) -> bool:
    """Whether any department could be compared."""
    return TABLE in findings.manifest["tables"] and findings.table(TABLE)["position"].count() > 0


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Who takes longer, who shorter, the intervals and the table."""
    if not is_shown(findings):
        return
    times = departments_named(readable(findings, TABLE, language), language)
    known = times.drop_nulls("position").sort(
        pl.col("days_difference").abs(), "department_code", descending=[True, False]
    )
    apart = 0
    for position in ("longer", "shorter"):
        named = [_named(row, language) for row in known.filter(pl.col("position") == position).iter_rows(named=True)]
        apart += len(named)
        if named:
            listed = figures.listed(named[:MOST_NAMES], language)
            yield Paragraph(SENTENCES[position][language].format(departments=listed))
    if not apart:
        yield Paragraph(SENTENCES["none"][language])
    if few := times["department_code"].n_unique() - known["department_code"].n_unique():
        yield Paragraph(SENTENCES["few"][language].format(count=figures.count(few, language)))
    yield Chart(department_time_intervals(known, language), NOTE[language])
    yield table_of(known, _columns(known, language), language, caption=CAPTION[language])


def said_of(findings: Findings, code: str, language: Language) -> Iterator[str]:
    """The sentence on one department, in each unit in which its days are counted; none where it is not compared."""
    if TABLE not in findings.manifest["tables"]:
        return
    own = findings.table(TABLE).filter(pl.col("department") == code).drop_nulls("position")
    for row in own.iter_rows(named=True):
        yield SENTENCES["own"][language].format(
            days=_days(row["restricted_days_mean"]),
            expected=_days(row["expected_days_mean"]),
            unit=UNITS[row["counted_unit"]][language],
            low=_signed(row["days_difference_low"]),
            high=_signed(row["days_difference_high"]),
            verdict=VALUES[row["position"]][language],
        )


def _named(row: dict[str, Any], language: Language) -> str:
    return NAMED[language].format(department=row["department"], days=_signed(row["days_difference"]))


def _days(value: float) -> str:
    return f"{value:.1f}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _columns(known: pl.DataFrame, language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    unit = column("counted_unit", language, lambda unit: UNITS[unit][language].removeprefix("个"), is_figure=False)
    return [
        column("department", language, is_figure=False),
        *([unit] if known["counted_unit"].n_unique() > 1 else []),
        column("case_count", language, count),
        column("item_count", language, count, meant="items_of_cases"),
        column("restricted_days_mean", language, _days),
        column("expected_days_mean", language, _days),
        column("days_difference", language, _signed),
        Column(
            heading("on_time_interval", language),
            lambda row: f"{_signed(row['days_difference_low'])} – {_signed(row['days_difference_high'])}",
            meant="difference_interval",
        ),
        column(
            "position",
            language,
            lambda position: VALUES[position][language],
            is_figure=False,
            meant="position_of_times",
        ),
    ]


SECTION = Section("department_times", TITLE, SENTENCES, (TABLE,), blocks, is_shown)
