"""The board of open cases: `open`."""

from pathlib import Path
from typing import Literal

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, cohort_of, date, taking
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress

BOARD_OPTIONS = (
    click.option("--as-on", metavar="DATE", help="The day of the board [default: that of the snapshot]."),
    click.option(
        "--format", "form", metavar="FORM", default="page", show_default=True, help="page, table, json, csv, parquet."
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
    click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True),
)


@app.command("open")
@taking(BOARD_OPTIONS, COHORT_OPTIONS)
def open_board(
    *,
    lake: Path,
    progress: Progress,
    as_on: str | None,
    form: str,
    output: Path | None,
    language: Literal["zh", "en"],
    **cohort: str | None,
) -> None:
    """Show what is open: the board of a day, as an internal page or as a table.

    \b
    efficacy open --department D05 --language en
    efficacy open --format csv --output open.csv
    efficacy open --as-on 2025-03-12 --format table
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.supervision.board import open_cases
    from efficacy_analytics.system.tabulate import checked_format, write_table
    from efficacy_analytics.workflows.supervision import PAGE, write_supervision

    chosen = cohort_of(**cohort)
    if form == PAGE:
        print(write_supervision(lake, chosen, form, output, language=language, as_on=date(as_on), progress=progress))
        return
    checked_format(form, output, others=(PAGE,))
    with progress("open cases"), open_log(lake, chosen, in_force=settings()) as log:
        write_table(open_cases(log, as_on=date(as_on)), form, output)
