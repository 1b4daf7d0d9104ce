"""How the values of a table are written for people: by the column's name and kind, never by a table's name.

Seconds become durations, shares per cent, instants local times, codes their names with the code beside them. The frame
itself is left as it is: a cell says what is shown and by what it is sorted.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.clock.flags import FLAGS
from efficacy_analytics.documents.tables.headings import between_heading, clock_of, explained, written_heading
from efficacy_analytics.vocabulary import (
    BACKTESTS,
    BREACH_CAUSES,
    BUNCHINGS,
    CAUSES,
    COLOURS,
    DEPARTMENT_NOT_STATED,
    KINDS,
    METHODS,
    NOT_RECORDED,
    PARTS,
    REASONS,
    RECORDS,
    SCOPES,
    STAGES,
    STEP_ORDERS,
    TERMS,
    TIME_KINDS,
    TURNS,
    UNITS,
    VALUES,
    Language,
    Words,
)

CODES: Final = ("activity", "department", "item")
LISTS: Final = ("activities", "added", "skipped")
"""Columns that hold sequences of activities."""
WORDS: Final[dict[str, tuple[Mapping[str, Words], ...]]] = {
    "kind": (KINDS, PARTS, TIME_KINDS, UNITS, VALUES), "time_kind": (TIME_KINDS,), "reason": (REASONS, VALUES),
    "cause": (CAUSES, BREACH_CAUSES), "level": (COLOURS,), "colour": (COLOURS,), "turn": (TURNS,), "scope": (SCOPES,),
    "verdict": (BACKTESTS, BUNCHINGS, VALUES), "backtest_verdict": (BACKTESTS,),
    "stage": (STAGES, VALUES), "neighbour": (STAGES,), "step": (STAGES,), "item_kind": (VALUES, UNITS),
    "without_value": (NOT_RECORDED,),
}  # fmt: skip
"""Columns that hold codes of lists of the vocabulary; what else is a text is looked up among the common codes."""
LISTED: Final = {"needs": RECORDS}
"""Columns that hold several codes in one text, to be read as a list."""
SENTENCES: Final = {"step_order": STEP_ORDERS, "method": METHODS}
"""Columns that hold several codes in one text."""
COMMON: Final = (
    "side", "severity", "obstacle", "not_ranked_because", "verdict_class", "status", "effect", "change", "ranking",
    "not_scored_because",
)  # fmt: skip
KEYS: Final = re.compile(r"(^|_)(key|number|rank|position|quarter|bin)$")
"""Numbers that count nothing: written without thousands set apart."""
SHARES: Final = re.compile(r"(^|_)shares?(_(?!p$)|$)|^shrunk_probability$|^fitness")
TOTAL_IN_DAYS: Final = "waiting_elapsed_seconds_total"
"""A total whose heading says case-days."""
AS_PRINTED: Final = ("printed_score", "most_points")
"""Numbers that a rule has rounded or set: none of their digits is left out."""
POINTS: Final = re.compile(r"(^change$|_effect$|^turned_by_points$)")


@dataclass(frozen=True)
class Reading:
    """How a reader wants tables: in which language, with which names, on whose clock.

    Attributes:
        language: "zh" or "en".
        zone: of instants; UTC where none is known.
        names: of codes, by `activity`, `department`, `item`.
        headings: of columns that are called otherwise in this table.
    """

    language: Language = "zh"
    zone: str = "UTC"
    names: Callable[[str], Mapping[str, str]] = lambda _: {}
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """What is shown of a value.

    Attributes:
        text: as people write it.
        code: shown beside it, small; empty where there is none.
        order: what it is sorted by, where the text would mislead.
    """

    text: str
    code: str = ""
    order: float | str | None = None


@dataclass(frozen=True)
class ShownColumn:
    """A column for people.

    Attributes:
        name: in the frame.
        heading: what it is called.
        meaning: what it says.
        is_figure: whether it stands to the right.
        cells: one per row.
    """

    name: str
    heading: str
    meaning: str
    is_figure: bool
    cells: list[Cell]


def shown_columns(frame: pl.DataFrame, reading: Reading) -> list[ShownColumn]:
    """The columns of a frame as people read them, in their order."""
    headings = {**_between(frame, reading.language), **reading.headings}
    return [_shown(frame[name], replace(reading, headings=headings)) for name in frame.columns]


def _between(frame: pl.DataFrame, language: Language) -> dict[str, str]:
    """Headings of waiting, where rows of the frame hold times between completions."""
    kinds = set(frame["time_kind"].drop_nulls()) if "time_kind" in frame.columns else set()
    if "between_completions" not in kinds:
        return {}
    names = [name for name in frame.columns if name.startswith("waiting_")]
    return {name: between_heading(name, language, has_waits="waiting" in kinds) for name in names}


def code_kind(column: str) -> str:
    """Of what a column holds codes: `activity`, `department` or `item`; empty if of none of them."""
    if column in (*LISTS, "step"):
        return "activity"
    return next((kind for kind in CODES if column == kind or column.endswith(f"_{kind}")), "")


def _shown(values: pl.Series, reading: Reading) -> ShownColumn:
    name, kind = values.name, values.dtype
    write = _writer(name, kind, reading)
    absent = DEPARTMENT_NOT_STATED if name == "department" else TERMS["none"]
    none = Cell(absent[reading.language], order="" if not kind.is_numeric() else float("-inf"))
    zone = reading.zone if isinstance(kind, pl.Datetime) and kind.time_zone else ""
    return ShownColumn(
        name,
        reading.headings.get(name) or written_heading(name, reading.language),
        explained(name, reading.language, is_code=bool(code_kind(name)), zone=zone),
        kind.is_numeric(),
        [none if value is None else write(value) for value in values],
    )


def _writer(name: str, kind: pl.DataType, reading: Reading) -> Callable[[Any], Cell]:
    spoken = reading.language
    if kind == pl.Boolean:
        return lambda value: Cell(VALUES["true" if value else "false"][spoken])
    if isinstance(kind, pl.Datetime):
        return _instant(ZoneInfo(reading.zone) if kind.time_zone else None)
    if kind.is_numeric():
        return _figure(name, kind, spoken)
    if isinstance(kind, pl.List):
        return _sequence(name, reading)
    if kind == pl.String:
        return _text(name, reading)
    return lambda value: Cell(str(value))


def _instant(zone: ZoneInfo | None) -> Callable[[dt.datetime], Cell]:
    def written(value: dt.datetime) -> Cell:
        local = value.astimezone(zone) if zone else value
        return Cell(f"{local:%Y-%m-%d %H:%M}", order=f"{value:%Y-%m-%dT%H:%M:%S}")

    return written


def _figure(name: str, kind: pl.DataType, language: Language) -> Callable[[Any], Cell]:
    if "seconds" in name:
        return lambda value: Cell(_lasting(value, language, clock_of(name), name), order=value)
    if SHARES.search(name):
        return lambda value: Cell(figures.share(value, language), order=value)
    if POINTS.search(name):
        return lambda value: Cell(f"{100 * value:+.1f}", order=value)
    if KEYS.search(name):
        return lambda value: Cell(f"{value:.15g}" if isinstance(value, float) else str(value), order=value)
    if kind.is_integer():
        return lambda value: Cell(f"{value:,}", order=value)
    if name in AS_PRINTED:
        return lambda value: Cell(figures.number(value, language), order=value)
    return lambda value: Cell(_decimal(value), order=value)


def _lasting(seconds: float, language: Language, clock: str, name: str) -> str:
    """A length of time; a total in case-days where its heading says so."""
    if name == TOTAL_IN_DAYS:
        return figures.days(seconds, language)
    sign = "−" if seconds < 0 else ""
    return sign + figures.duration(abs(seconds), language, clock)


def _decimal(value: float) -> str:
    """Three figures, and thousands set apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _sequence(name: str, reading: Reading) -> Callable[[Any], Cell]:
    names = reading.names("activity") if name in LISTS else {}
    flags = {flag.code: getattr(flag, reading.language) for flag in FLAGS} if name == "clock_flags" else {}
    link = "；" if flags and reading.language == "zh" else "; " if flags else " → "
    return lambda value: Cell(link.join(str(flags.get(one) or names.get(one) or one) for one in value) or "")


def _text(name: str, reading: Reading) -> Callable[[str], Cell]:
    spoken = reading.language
    if name in SENTENCES:
        said = {code: words[spoken] for code, words in SENTENCES[name].items()}
        return lambda value: Cell((" " if spoken == "en" else "").join(said.get(one, one) for one in value.split(", ")))
    if name in LISTED:
        said = {code: words[spoken] for code, words in LISTED[name].items()}
        return lambda value: Cell(figures.listed([said.get(one, one) for one in value.split(", ")], spoken))
    kind = code_kind(name)
    names = reading.names(kind) if kind else {}
    lists = WORDS.get(name.removeprefix("next_").removesuffix("_without_suspicious_stops"), ())
    if name in COMMON or name.endswith("_band"):
        lists = (VALUES,)
    if name.endswith("unit"):
        lists = (UNITS,)
    words = {code: said[spoken] for one in reversed(lists) for code, said in one.items()}

    def written(value: str) -> Cell:
        said = names.get(value) or words.get(value)
        if said is None or said == value:
            return Cell(value)
        return Cell(said, code=value if value in names and f"({value})" not in said else "")

    return written
