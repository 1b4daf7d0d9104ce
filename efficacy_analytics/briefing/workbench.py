"""A cohort opened in a notebook: any table by its name, computed when asked for, with names for the codes."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from efficacy_analytics.briefing.document import lake_of
from efficacy_analytics.briefing.labels import names_of, readable
from efficacy_analytics.briefing.parameters import checked
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.tables import TABLES, table
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

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name, as `efficacy show` gives it."""
        return table(name).make(self.log)

    def readable(self, name: str) -> pl.DataFrame:
        """A table with names instead of codes."""
        return readable(self, name, self.language)

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
    manifest = {"cohort": cohort.told(), "settings": values, "tables": list(TABLES)}
    return Workbench(open_log(lake_of(asked), cohort), manifest, asked.language)
