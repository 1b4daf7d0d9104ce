"""A study as a person holds it: published figures beside ours, its logs, its charts."""

import datetime as dt
import os
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.system.arguments import checked
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.exploring.asked import near
from efficacy_analytics.workflows.lake import Lake, due
from efficacy_analytics.workflows.studies.computed import figure_of_column, figure_of_query
from efficacy_analytics.workflows.studies.declared_study import MEASURES, Figure, StudyFile, declared_study
from efficacy_analytics.workflows.studies.printed import compared

if TYPE_CHECKING:
    from efficacy_analytics.documents.tables.log_table import LogTable
    from efficacy_analytics.workflows.exploring.parts import Drawn
    from efficacy_analytics.workflows.log import Log

PLACE: Final = "EFFICACY_OPEN_DATA"
HEADINGS: Final = {
    "figure": {"zh": "指标", "en": "Figure"},
    "unit": {"zh": "单位", "en": "Unit"},
    "published": {"zh": "已发表", "en": "Published"},
    "ours": {"zh": "本工作台", "en": "Ours"},
    "difference": {"zh": "差异", "en": "Difference"},
    "is_equal": {"zh": "一致", "en": "Equal"},
    "why": {"zh": "差异原因", "en": "Why they differ"},
    "published_in": {"zh": "出处", "en": "Source"},
    "short_name": {"zh": "简称", "en": "Called"},
    "full_title": {"zh": "文献", "en": "Source"},
    "address": {"zh": "网址", "en": "Address"},
}
FIGURES: Final = {"zh": "已发表的数字与本工作台的数字", "en": "Published figures and ours"}
SOURCES: Final = {"zh": "出处", "en": "Sources"}
DATA: Final = {"zh": "数据：", "en": "Data: "}
BETWEEN: Final = {"zh": "：", "en": ": "}
COLUMNS: Final = ("figure", "unit", "published", "ours", "difference", "is_equal", "why", "published_in")


@dataclass(frozen=True)
class Study:
    """Published figures beside ours, from the same open data.

    >>> ea.study("us_deadlines", language="en").figures()["is_equal"].len() > 0
    True

    Attributes:
        name: of the study.
        declared: what its file says.
        data: the folder of the open data.
        language: of names and charts, "zh" or "en".
    """

    name: str
    declared: StudyFile
    data: Path
    language: Language
    _folder: Path = field(init=False, repr=False, compare=False)
    _lakes: dict[str, Lake] = field(default_factory=dict, repr=False, compare=False)
    _logs: dict[str, "Log"] = field(default_factory=dict, repr=False, compare=False)
    _models: dict[tuple[str, float], dict[str, float]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gives the study a folder for its lakes, which goes with it."""
        folder = Path(tempfile.mkdtemp(prefix="efficacy-study-"))
        object.__setattr__(self, "_folder", folder)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @checked
    def figures(self, *, log: str | None = None) -> "LogTable":
        """Each published figure, ours, the difference, and why they differ.

        Two figures are equal where ours rounds to the published one, to the digits that were printed.

        >>> ea.study("us_deadlines", language="en").figures().columns[:4]
        ['figure', 'unit', 'published', 'ours']

        Args:
            log: only figures of this log of the study.

        Returns:
            One row per published figure, in the order of the study's file: `figure`, `unit`, `published`, `ours`,
            `difference`, `is_equal`, `why`, `published_in`.

        Raises:
            CannotAnswerError: the open data are not there, or what computes a figure gives none.
        """
        rows = [
            self._row(figure, key)
            for figure in self.declared.figures
            for key in figure.published
            if log in (None, figure.log or key)
        ]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String) | {"is_equal": pl.Boolean}, orient="row")
        return self._shown(frame, FIGURES[self.language])

    @checked
    def sources(self) -> "LogTable":
        """Where the figures were published.

        >>> ea.study("us_deadlines", language="en").sources().height > 0
        True

        Returns:
            One row per source: `short_name`, `full_title`, `address`.
        """
        rows = [(name, one.text, one.address) for name, one in self.declared.sources.items()]
        schema = dict.fromkeys(("short_name", "full_title", "address"), pl.String)
        return self._shown(pl.DataFrame(rows, schema=schema, orient="row"), SOURCES[self.language])

    @checked
    def log(self, name: str) -> "Log":
        """A log of the study, made from the open data when it is first asked for.

        Args:
            name: as the study's file calls it.

        Raises:
            CallError: the study has no such log.
            CannotAnswerError: the open data are not there.
        """
        if name not in self.declared.logs:
            known = list(self.declared.logs)
            raise CallError(f"study '{self.name}' has no log '{name}'.{near(name, known)}", hint=f"one of: {known}")
        if name not in self._logs:
            chosen = self.declared.logs[name]
            self._logs[name] = self._lake(chosen.lake).log(
                department=chosen.department, where=chosen.where, language=self.language
            )
        return self._logs[name]

    @checked
    def chart(self, name: str) -> "Drawn":
        """A chart of the study.

        Raises:
            CallError: the study has no such chart.
            CannotAnswerError: the open data are not there.
        """
        from efficacy_analytics.charts.style.offline import draw_offline
        from efficacy_analytics.charts.time_bands import time_bands
        from efficacy_analytics.workflows.exploring.parts import Drawn

        if name not in self.declared.charts:
            known = list(self.declared.charts)
            raise CallError(f"study '{self.name}' has no chart '{name}'.{near(name, known)}", hint=f"one of: {known}")
        declared = self.declared.charts[name]
        bands = self.log(declared.log).sql(declared.sql).frame
        draw_offline(self.language)
        chart = time_bands(bands, self.language, title=declared[self.language], limit_days=declared.limit_days)
        return Drawn(chart, self.language)

    def _lake(self, name: str) -> Lake:
        if name in self._lakes:
            return self._lakes[name]
        declared, folder = self.declared.lakes[name], self._folder
        lake = Lake(folder / name)
        if declared.rows:
            layout, rows = folder / f"{name}.toml", folder / f"{name}.csv"
            layout.write_text(declared.layout_text, encoding="utf-8")
            rows.write_text(declared.rows, encoding="utf-8")
            lake.ingest(rows, str(layout))
        for delivery in declared.deliveries:
            files = [self.data / one for one in delivery.files]
            if missing := [one for one in files if not one.exists()]:
                raise CannotAnswerError(
                    f"the open data of study '{self.name}' are not there: {missing[0]}.",
                    hint=f"{self.declared.get.en} Then name their folder: data=…, or {PLACE}",
                )
            lake.ingest(files, declared.layout, constants=delivery.constants)
        lake.publish()
        self._lakes[name] = lake
        return lake

    def _row(self, figure: Figure, key: str) -> tuple[Any, ...]:
        spoken, source = self.language, self.declared.sources[figure.source]
        beside = compared(figure.published[key], self._ours(figure, key))
        name = figure[spoken]
        if len(figure.published) > 1 or key not in self.declared.logs:
            of = self.declared.logs[key][spoken] if key in self.declared.logs and not figure.log else key
            name = f"{name}{BETWEEN[spoken]}{of}"
        reason = figure.reason_of(key)
        why = reason[spoken] if reason and not beside.is_equal else ""
        where = f"{source.text.split(',')[0]} ({figure.place})" if figure.place else source.text.split(",")[0]
        return (
            name, MEASURES[figure.unit][spoken], figure.published[key], beside.ours, beside.difference,
            beside.is_equal, why, where,
        )  # fmt: skip

    def _ours(self, figure: Figure, key: str) -> float | int | dt.date:
        if figure.due:
            found = due(key, figure.due.limit, calendar=figure.due.calendar).due_on
            return found if figure.due.gives == "day" else (found - dt.date.fromisoformat(key)).days / 7
        if figure.working_days:
            return _working_days(key, figure.working_days)
        log = self.log(figure.log or key)
        called = f"figure '{figure[self.language]}' of '{key}'"
        if figure.column:
            return figure_of_column(log.table(figure.column.table).frame, figure.column, key, called)
        if figure.model:
            known = (figure.log or key, figure.model.noise_threshold)
            if known not in self._models:
                self._models[known] = _quality(log, figure.model.noise_threshold)
            return self._models[known][figure.model.gives]
        rows = log.sql(figure.sql, **({"key": key} if "$key" in figure.sql else {})).frame
        return figure_of_query(rows, called, figure.unit)

    def _shown(self, frame: pl.DataFrame, title: str) -> "LogTable":
        from efficacy_analytics.documents.tables.cells import Reading
        from efficacy_analytics.documents.tables.log_table import log_table

        headings = {name: HEADINGS[name][self.language] for name in frame.columns}
        return log_table(frame, Reading(self.language, headings=headings), title=title)

    def __repr__(self) -> str:
        return f"study {self.name}: {self.declared.title[self.language]}"

    def _repr_markdown_(self) -> str:
        spoken, declared = self.language, self.declared
        return f"# {declared.title[spoken]}\n\n{declared.note[spoken]}\n\n{DATA[spoken]}{declared.get[spoken]}"


@checked
def study(name: str, *, data: Path | str | None = None, language: Language = "zh") -> Study:
    """A study: published figures of others beside ours.

    >>> ea.study("us_deadlines", language="en")
    study us_deadlines: ...

    Args:
        name: of a file in `notebooks/studies`.
        data: the folder of the open data; by default $EFFICACY_OPEN_DATA, else `../shared/data` beside the checkout.
        language: of names and charts, "zh" or "en".

    Raises:
        CallError: there is no study of that name, or no such language.
    """
    if language not in ("zh", "en"):
        raise CallError(f"there is no language '{language}'.", hint="one of: zh, en")
    folder = data or os.environ.get(PLACE, "") or CHECKOUT.parent / "shared" / "data"
    return Study(name, declared_study(name), Path(folder), language)


def _working_days(span: str, calendar: str) -> int:
    """The days of a span, first and last included, that a limit in working days counts."""
    first, last = (dt.date.fromisoformat(one) for one in span.split("/"))
    days = due(first - dt.timedelta(days=1), (last - first).days + 1, calendar=calendar).days
    return days.filter(pl.col("day").is_between(first, last), pl.col("is_counted")).height


def _quality(log: "Log", noise_threshold: float) -> dict[str, float]:
    """Log fitness and precision of the model that the inductive miner finds in the log."""
    from efficacy_analytics.mining.conformance.conformance import alignments, model_quality
    from efficacy_analytics.mining.measures import variants
    from efficacy_analytics.mining.models.discovery import process_tree

    ways = variants(log.engine)
    model = process_tree(ways, noise_threshold)
    nothing = ways.head(1).with_columns(activities=pl.lit([], dtype=pl.List(pl.String)))
    shortest = alignments(nothing, model)["deviation_count"][0]
    steps, cases = ways["activities"].list.len(), ways["case_count"]
    deviations = (alignments(ways, model)["deviation_count"] * cases).sum()
    worst = ((steps + shortest) * cases).sum()
    return {"log_fitness": 1 - deviations / worst, "precision": model_quality(ways, model)["precision"].item()}
