"""A cohort opened in a notebook: any table by its name, computed when asked for, with names for the codes."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from efficacy_analytics.documents.briefing.document import lake_of
from efficacy_analytics.documents.briefing.parameters import checked
from efficacy_analytics.documents.labels import in_words, names_of
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES, table
from efficacy_analytics.findings.waiting.causes import Assumptions, WaitingAnalysis, waiting_analysis
from efficacy_analytics.settings import settings
from efficacy_analytics.vocabulary import Language


@dataclass(frozen=True)
class Workbench:
    """The log of a cohort, for notebooks.

    Attributes:
        log: the engine of the cohort.
        manifest: the cohort, the settings, the tables there are.
        language: "zh" or "en".
    """

    log: DuckdbEngine
    manifest: dict[str, Any]
    language: Language

    def table(self, name: str, **options: Any) -> pl.DataFrame:
        """A table by its name, as `efficacy show` gives it; options are the table's own."""
        return table(name).make(self.log, **options)

    def readable(self, name: str, **options: Any) -> pl.DataFrame:
        """A table with names instead of codes; options are the table's own."""
        return in_words(self, self.table(name, **options), self.language)

    def in_words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Any frame with names instead of codes."""
        return in_words(self, frame, self.language)

    def cases_behind(self, activity: str = "", next_activity: str = "", *, most: int = 200) -> pl.DataFrame:
        """The cases behind a path of the map: those that go straight from one activity to another.

        Args:
            activity: code of the activity before; empty: that of the segment that holds most of the waiting.
            next_activity: code of the activity after; empty likewise.
            most: no more rows than this.

        Returns:
            One row per passage, longest waiting first: `case_id`, `department`, `item` (by name), `accepted_on`,
            `event_number`, `enabled_at`, `started_at`, `completed_at`, `time_kind`, `waiting_elapsed_seconds`,
            `waiting_open_seconds`, `throughput_elapsed_seconds`. Case numbers are internal: not for publication.

        Raises:
            CallError: the cohort has no such path.
        """
        if not activity and not next_activity:
            activity, next_activity = self.table("bottlenecks").select("activity", "next_activity").row(0)
        found = self.log.run("cases_behind", activity=activity, next_activity=next_activity, most_rows=most)
        if found.is_empty():
            raise CallError(
                f"no case goes straight from '{activity}' to '{next_activity}'.",
                hint='bench.table("directly_follows") lists the paths there are, by code',
            )
        return self.in_words(found)

    def causes(self, *, hours: Literal["given", "discovered"] = "given") -> WaitingAnalysis:
        """The causes of waiting and the effect of removing each, both from one analysis."""
        return waiting_analysis(self.log, assumed=Assumptions(hours=hours))

    def names(self, code: str) -> pl.DataFrame:
        """What to call each `activity`, `department` or `item`."""
        return names_of(self, code, self.language)


def open_workbench(**given: Any) -> Workbench:
    """Opens the cases that the parameters choose.

    Args:
        **given: `lake`, `accepted_from`, `accepted_until`, `department`, `item`, `language`; an empty text is none.

    Raises:
        ParameterError: a parameter is unknown or mistyped.
        EmptyCohortError: no case belongs to the cohort.
        CannotAnswerError: nothing is published.
    """
    asked = checked(given)
    cohort = Cohort(asked.accepted_from, asked.accepted_until, asked.department, asked.item)
    values = json.loads(json.dumps(dataclasses.asdict(settings())))
    manifest = {"cohort": cohort.as_dict(), "settings": values, "tables": list(TABLES)}
    return Workbench(open_log(lake_of(asked), cohort), manifest, asked.language)
