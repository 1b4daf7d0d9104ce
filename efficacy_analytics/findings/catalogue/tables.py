"""Which tables can be asked for.

A new table is one line in `tables_of_the_log` or `tables_of_findings`: its name, one line in both languages, and where
its function stands. The function takes the engine of a cohort and its own options.
"""

from difflib import get_close_matches

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.catalogue.finding_tables import FINDING_TABLES
from efficacy_analytics.findings.catalogue.log_tables import LOG_TABLES
from efficacy_analytics.findings.catalogue.supervision_tables import SUPERVISION_TABLES
from efficacy_analytics.findings.catalogue.table import Table

TABLES: dict[str, Table] = {entry.name: entry for entry in (*LOG_TABLES, *FINDING_TABLES, *SUPERVISION_TABLES)}

RUN_TABLES: dict[str, Table] = {name: entry for name, entry in TABLES.items() if entry.is_in_runs}
"""What every run of the findings keeps."""


def table(name: str) -> Table:
    """The table of that name.

    Raises:
        CallError: there is no such table.
    """
    if name not in TABLES:
        near = get_close_matches(name, TABLES, n=3)
        raise CallError(f"there is no table '{name}'.", hint=f"one of: {', '.join(near or TABLES)}")
    return TABLES[name]
