"""A cohort opened in a notebook: any table by its name, computed when asked for, with names for the codes."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from efficacy_analytics.documents.briefing.document import lake_of
from efficacy_analytics.documents.briefing.parameters import checked
from efficacy_analytics.documents.labels import in_words, names_of
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError, ParameterError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES, table
from efficacy_analytics.findings.disclosure.public_findings import is_public, public_table
from efficacy_analytics.findings.waiting.causes import Assumptions, WaitingAnalysis, waiting_analysis
from efficacy_analytics.settings import settings
from efficacy_analytics.vocabulary import Language


@dataclass(frozen=True)
class Workbench:
    """The log of a cohort, for notebooks.

    Attributes:
        manifest: the cohort, the settings, the edition, the tables there are.
        language: "zh" or "en".
    """

    _log: Session
    manifest: dict[str, Any]
    language: Language

    @property
    def is_public(self) -> bool:
        """Whether only what may be published is given."""
        return bool(self.manifest["edition"] == "public")

    @property
    def log(self) -> Session:
        """The engine of the cohort.

        Raises:
            CannotAnswerError: the edition is the public one; an engine tells of single cases.
        """
        self._check_internal("the log itself")
        return self._log

    def table(self, name: str, **options: Any) -> pl.DataFrame:
        """A table by its name, as `efficacy show` gives it, in the public edition as with `--public`.

        Args:
            name: the table's name.
            **options: the table's own; the public edition takes none.

        Raises:
            CallError: there is no such table, or the public edition is asked with options.
            CannotAnswerError: the public edition does not have the table, or has fewer cases in all than it may show.
        """
        entry = table(name)
        if not self.is_public:
            return entry.make(self._log, **options)
        if options:
            raise CallError(f"in the public edition table '{name}' takes no {', '.join(options)}.", hint="leave it out")
        return public_table(self._log, name, fewest=settings().disclosure.fewest_cases)

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
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("single cases")
        if not activity and not next_activity:
            activity, next_activity = self.table("bottlenecks").select("activity", "next_activity").row(0)
        found = self._log.run("cases_behind", activity=activity, next_activity=next_activity, most_rows=most)
        if found.is_empty():
            raise CallError(
                f"no case goes straight from '{activity}' to '{next_activity}'.",
                hint='bench.table("directly_follows") lists the paths there are, by code',
            )
        return self.in_words(found)

    def causes(self, *, hours: Literal["given", "discovered"] = "given") -> WaitingAnalysis:
        """The causes of waiting and the effect of removing each, both from one analysis."""
        return waiting_analysis(self.log, assumed=Assumptions(hours=hours))

    def _check_internal(self, what: str) -> None:
        if self.is_public:
            raise CannotAnswerError(
                f"the public edition does not give {what}.", hint='bench.table("…"), or edition="internal"'
            )

    def names(self, code: str) -> pl.DataFrame:
        """What to call each `activity`, `department` or `item`."""
        return names_of(self, code, self.language)


def open_workbench(**given: Any) -> Workbench:
    """Opens the cases that the parameters choose.

    Args:
        **given: `lake`, `accepted_from`, `accepted_until`, `department`, `item`, `language`, `edition` ("internal", or
            "public" for what may be published); an empty text is none.

    Raises:
        ParameterError: a parameter is unknown, mistyped, or one of a briefing alone.
        EmptyCohortError: no case belongs to the cohort.
        CannotAnswerError: nothing is published.
    """
    asked = checked(given)
    of_briefings = [name for name in ("run", "issue", "issued_on") if getattr(asked, name)]
    if of_briefings:
        raise ParameterError(
            f"a workbench takes no {', '.join(of_briefings)}: it opens the cases themselves.",
            hint="choose them by accepted_from, accepted_until, department and item",
        )
    cohort = Cohort(asked.accepted_from, asked.accepted_until, asked.department, asked.item)
    values = json.loads(json.dumps(dataclasses.asdict(settings())))
    tables = [name for name in TABLES if asked.edition == "internal" or is_public(name)]
    manifest = {"cohort": cohort.as_dict(), "settings": values, "edition": asked.edition, "tables": tables}
    return Workbench(open_log(lake_of(asked), cohort), manifest, asked.language)
