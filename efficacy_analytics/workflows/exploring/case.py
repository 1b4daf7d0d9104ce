"""One case for people: its steps on a time line, who held it, the stops, and the count of its due date day by day."""

import datetime as dt
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import polars as pl

from efficacy_analytics.clock.case_explanation import case_days, case_explained
from efficacy_analytics.documents.tables.headings import between_heading
from efficacy_analytics.documents.tables.log_table import LogTable
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.exploring.asked import Asked
from efficacy_analytics.workflows.exploring.parts import Drawn

TITLES: Final = {
    "steps": {"zh": "环节", "en": "Steps"},
    "held": {"zh": "在谁手中", "en": "Who held it"},
    "stops": {"zh": "停钟", "en": "Clock stops"},
    "days": {"zh": "时限逐日计算", "en": "The count day by day"},
}
WITHIN: Final = ("event_number", "activity", "stage", "department", "resource", "enabled_local", "started_local",
                 "completed_local", "waiting_open_seconds", "service_open_seconds", "waiting_counted_days")  # fmt: skip
"""Of the steps, what stands in the view of a case; `steps` has the rest."""


@dataclass(frozen=True)
class Case:
    """One case: its steps, and why the clock judges it as it does.

    Attributes:
        case_id: its number in its source.
        steps: one row per step, in order, with its waiting and service on the three clocks.
        held: one row per department and officer: how long the case waited for them and was worked on by them.
        stops: one row per stop, extension or the like on record.
        days: one row per day of the count; empty where there is no limit to count.
        explanation: its dates, limit, stops, and the count day by day, as a text.
    """

    case_id: str
    steps: LogTable
    held: LogTable
    stops: LogTable
    days: LogTable
    explanation: str
    language: Language = field(repr=False, default="zh")
    due_on: dt.date | None = field(repr=False, default=None)
    as_on: dt.date | None = field(repr=False, default=None)

    def chart(self) -> Drawn:
        """The steps on a time line, over the stops, with the day it is due."""
        from efficacy_analytics.charts.case_times import case_times

        stopping = self.stops.frame.filter(pl.col("effect") == "stops")
        drawn = case_times(
            self.steps.frame, stopping, self.language, case_id=self.case_id, due_on=self.due_on, as_on=self.as_on
        )
        return Drawn(drawn, self.language)

    def _within(self) -> list[str]:
        """The columns that say anything."""
        return [name for name in WITHIN if self.steps[name].null_count() < self.steps.height]

    def __repr__(self) -> str:
        return self.explanation

    def _repr_html_(self) -> str:
        verdict = self.explanation.split("\n\n")[0]
        lines = "".join(f"<li>{escape(line)}</li>" for line in verdict.splitlines())
        parts = [
            f'<ul class="ea-case">{lines}</ul>',
            self.chart()._repr_html_(),
            self.steps.select(self._within())._repr_html_(),
        ]
        parts += [one._repr_html_() for one in (self.held, self.stops, self.days) if one.height]
        return "\n".join(parts)


def opened_case(log: Asked, case_id: str, source: str | None) -> Case:
    """The case of that number.

    Raises:
        CallError: there is no such case, or several sources have one.
    """
    language = log.language
    named = log.in_words(log.engine.run("steps_of_case", case_id=case_id, source=source)).frame
    found = log.engine.run("clock_case", case_id=case_id)
    keys = [row for row in found.iter_rows(named=True) if source in (None, row["source"])]
    try:
        explanation, days = case_explained(log.engine, case_id, language, source=source), _days(log, case_id, source)
    except CannotAnswerError as fault:
        explanation, days = f"{case_id}\n{fault.problem}", pl.DataFrame()
    due = days.filter("is_due")["day"] if days.height else None
    key = keys[0]["case_key"] if len(keys) == 1 else None
    stops = _stops(log, key)
    lengths = _lengths(named, language)
    return Case(
        case_id, log.shown(named, title=TITLES["steps"][language], headings=lengths),
        log.shown(held_by(named), title=TITLES["held"][language], headings=lengths),
        log.shown(stops, title=TITLES["stops"][language]), log.shown(days, title=TITLES["days"][language]),
        explanation, language, due[-1] if due is not None and due.len() else None,
        log.engine.run("snapshot_facts")["as_on"][0],
    )  # fmt: skip


def _lengths(steps: pl.DataFrame, language: Language) -> dict[str, str]:
    """Headings of the lengths before steps: where no start is recorded they are no waiting."""
    recorded = set(steps["is_start_recorded"].to_list())
    if recorded <= {True}:
        return {}
    names = [name for name in steps.columns if name.startswith("waiting_")]
    return {name: between_heading(name, language, has_waits=True in recorded) for name in names}


def held_by(steps: pl.DataFrame) -> pl.DataFrame:
    """How long a case waited for each department and officer, and was worked on: a wait is theirs who end it.

    Returns:
        One row per department and officer, in the order of their first step: `department`, `resource`, `event_count`,
        and waiting and service on the elapsed and the open clock.
    """
    lengths = [f"{what}_{clock}_seconds" for what in ("waiting", "service") for clock in ("elapsed", "open")]
    return steps.group_by("department", "resource", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("event_count"), *(pl.col(name).sum() for name in lengths)
    )


def _days(log: Asked, case_id: str, source: str | None) -> pl.DataFrame:
    spoken = f"rule_{log.language}"
    days = case_days(log.engine, case_id, source=source)
    return days.select("day", "is_counted", "running_number", "is_due", pl.col(spoken).alias("rule_text"))


def _stops(log: Asked, case_key: Any) -> pl.DataFrame:
    found = log.engine.run("clock_case_stops", case_key=case_key)
    name, basis = f"name_{log.language}", f"source_{log.language}"
    return found.select(
        pl.coalesce(name, "kind").alias("stop_kind"),
        "effect",
        "stopped_from_on",
        "stopped_until_on",
        "extension_days",
        pl.col(basis).alias("source_text"),
    )
