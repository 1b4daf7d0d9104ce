"""A study as it is declared: the published figures with their sources, and how ours are computed.

One TOML file a study. Its logs are made from open files by layouts, or from rows drawn in it; a figure is a query, a
column of a table, a due date or the quality of a discovered model, and stands once for each log or key it was published
for.
"""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.vocabulary import Language, Words

STUDIES: Final = CHECKOUT / "notebooks" / "studies"
MEASURES: Final[dict[str, Words]] = {
    "cases": {"zh": "件", "en": "cases"},
    "events": {"zh": "步", "en": "events"},
    "rows": {"zh": "行", "en": "rows"},
    "kinds": {"zh": "种", "en": "kinds"},
    "officers": {"zh": "人", "en": "officers"},
    "days": {"zh": "天", "en": "days"},
    "weeks": {"zh": "周", "en": "weeks"},
    "minutes": {"zh": "分钟", "en": "minutes"},
    "seconds": {"zh": "秒", "en": "seconds"},
    "share": {"zh": "占比", "en": "share"},
    "day": {"zh": "日期", "en": "day"},
}
"""In what figures were published."""
DAY: Final = "day"
"""The unit whose figures are days."""
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
EVERY: Final = "every"
"""Key of a reason that holds for all figures of an entry."""


class Declared(BaseModel):
    """What a file says; a slip is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Spoken(Declared):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Source(Declared):
    """Where figures were published.

    Attributes:
        text: authors, title, place, year.
        address: where it can be read.
    """

    text: str
    address: str


class Files(Declared):
    """What comes in as one delivery: files or folders below that of the open data, and constant columns."""

    files: tuple[str, ...]
    constants: dict[str, str] = {}


class LakeOf(Declared):
    """What a lake of the study is made of: deliveries of open data, or rows drawn in the study with a layout."""

    layout: str = ""
    deliveries: tuple[Files, ...] = ()
    layout_text: str = ""
    rows: str = ""


class LogOf(Spoken):
    """The cases of a lake that figures are of."""

    lake: str
    department: str | None = None
    where: str | None = None


class Due(Declared):
    """A limit counted by the legal clock from the day that is the figure's key.

    Attributes:
        limit: as people write it.
        calendar: by which days count.
        gives: the due day, or the weeks until it.
    """

    limit: str
    calendar: str
    gives: Literal["day", "weeks"] = "day"


class Discovered(Declared):
    """A model discovered from the log by the inductive miner, and one measure of it by alignments.

    Attributes:
        noise_threshold: as for `process_tree`.
        gives: `log_fitness`, 1 less the deviations of all cases over those of the worst way to align them; `precision`.
    """

    noise_threshold: float
    gives: Literal["log_fitness", "precision"]


class Column(Declared):
    """A figure of a table of the log.

    Attributes:
        table: by its name.
        column: the sum of it.
        key: columns that together, set apart by blanks, are the figure's key; none: the table has one row.
        divided_by: for another unit.
    """

    table: str
    column: str
    key: tuple[str, ...] = ()
    divided_by: int = 1


class Figure(Spoken):
    """A published figure, once for each log or key.

    Attributes:
        unit: a key of `MEASURES`.
        source: a key of the study's sources.
        place: where in the source: its table, its field, its column.
        published: log, or key, to the figure as it was printed.
        log: of which log, where the keys are none.
        sql: one select over `cases` and `event_log` that gives the figure; the key is its parameter `$key`.
        column: a figure of a table instead.
        due: a day counted by the clock instead; keys are days.
        working_days: working days of a calendar instead; keys are spans such as `2013-10-01/2013-10-16`.
        model: the quality of a discovered model instead.
        reason: why ours differs, by key, or for `every` one.
    """

    unit: str
    source: str
    place: str = ""
    published: dict[str, str] = Field(min_length=1)
    log: str = ""
    sql: str = ""
    column: Column | None = None
    due: Due | None = None
    working_days: str = ""
    model: Discovered | None = None
    reason: dict[str, Spoken] = {}

    @model_validator(mode="after")
    def _is_computed_in_one_way(self) -> "Figure":
        ways = [self.sql, self.column, self.due, self.working_days, self.model]
        if sum(map(bool, ways)) != 1:
            raise ValueError(f"'{self.en}' is computed in one way: sql, column, due, working_days or model")
        if self.unit not in MEASURES:
            raise ValueError(f"'{self.en}' has the unit '{self.unit}', which is none of: {', '.join(MEASURES)}")
        for key, printed in self.published.items():
            self._check_printed(key, printed)
        if unknown := set(self.reason) - {*self.published, EVERY}:
            raise ValueError(f"'{self.en}' has a reason for {sorted(unknown)}, which is no figure")
        return self

    def _check_printed(self, key: str, printed: str) -> None:
        """Refuses what is no figure of the unit, and keys that the clock cannot count from."""
        of = f"'{self.en}' of '{key}'"
        if self.unit == DAY and not _is_day(printed):
            raise ValueError(f"{of} was published as '{printed}', which is no day: write 2018-08-17")
        if self.unit != DAY and not NUMBER.fullmatch(printed):
            bare = re.sub(r"[^0-9.-]", "", printed)
            raise ValueError(
                f"{of} was published as '{printed}', which is no number of {self.unit}"
                + (f": write {bare}" if NUMBER.fullmatch(bare) and "-" not in bare[1:] else "")
            )
        if self.due and not _is_day(key):
            raise ValueError(f"{of} is counted by the clock, and '{key}' is no day")
        if self.working_days and [_is_day(one) for one in key.split("/")] != [True, True]:
            raise ValueError(f"{of} counts working days, and '{key}' is no span such as 2013-10-01/2013-10-16")

    @property
    def needs_log(self) -> bool:
        """Whether it is of a log; days of a calendar are of none."""
        return not (self.due or self.working_days)

    def reason_of(self, key: str) -> Spoken | None:
        """Why ours differs there."""
        return self.reason.get(key) or self.reason.get(EVERY)


class Bands(Spoken):
    """A chart of lengths of time, a band per group.

    Attributes:
        log: of which log.
        sql: one select that gives, in the order to be drawn, `name`, `case_count`, and the days `days_p10`, `days_p25`,
            `days_median`, `days_p75`, `days_p90`.
        limit_days: drawn as a line.
    """

    log: str
    sql: str
    limit_days: int | None = None


class StudyFile(Declared):
    """A study.

    Attributes:
        title: what is asked.
        note: what the sources studied, and what is laid beside it.
        get: where the data come from, in one sentence.
    """

    title: Spoken
    note: Spoken
    get: Spoken
    sources: dict[str, Source]
    lakes: dict[str, LakeOf] = {}
    logs: dict[str, LogOf] = {}
    figures: tuple[Figure, ...]
    charts: dict[str, Bands] = {}

    @model_validator(mode="after")
    def _names_what_it_has(self) -> "StudyFile":
        for name, log in self.logs.items():
            if log.lake not in self.lakes:
                raise ValueError(f"log '{name}' is of the lake '{log.lake}', which is not declared")
        for name, chart in self.charts.items():
            if chart.log not in self.logs:
                raise ValueError(f"chart '{name}' is of the log '{chart.log}', which is not declared")
        for figure in self.figures:
            if figure.source not in self.sources:
                raise ValueError(f"'{figure.en}' has the source '{figure.source}', which is not declared")
            named = ({figure.log} if figure.log else set(figure.published)) if figure.needs_log else set()
            if unknown := named - set(self.logs):
                raise ValueError(f"'{figure.en}' is of the logs {sorted(unknown)}, which are not declared")
        return self


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def study_names() -> list[str]:
    """The names of the studies there are."""
    return sorted(file.stem for file in STUDIES.glob("*.toml"))


def declared_study(name: str) -> StudyFile:
    """A study by its name.

    Raises:
        CallError: there is none of that name, or its file cannot be read.
    """
    if name not in study_names():
        raise CallError(f"there is no study '{name}'.", hint=f"one of: {', '.join(study_names())}")
    return read_study(STUDIES / f"{name}.toml")


def read_study(file: Path) -> StudyFile:
    """A study from its file.

    Raises:
        CallError: it cannot be read.
    """
    try:
        tree: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return StudyFile.model_validate(tree)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CallError(f"{file.name} cannot be read: {fault}.", hint="see notebooks/studies") from None
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise CallError(f"{file.name}, {place or 'the whole'}: {said}.", hint="see notebooks/studies") from None
