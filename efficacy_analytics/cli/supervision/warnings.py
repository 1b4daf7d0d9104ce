"""Warnings and the cards on record: `warn`."""

from pathlib import Path
from typing import Literal

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, cohort_of, date, taking
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress

WARNING_OPTIONS = (
    click.option("--as-on", metavar="DATE", help="The day of the warnings [default: that of the snapshot]."),
    click.option("--record", "is_recorded", is_flag=True, help="Put the cards of the snapshot on record, all cases."),
    click.option("--counts", "is_counted", is_flag=True, help="The cards on record per department."),
    click.option("--why", "is_explained", is_flag=True, help="Say of each late case which steps made it late."),
    click.option(
        "--format", "form", metavar="FORM", default="table", show_default=True,
        help="table, json, csv, parquet; xlsx and ics for the list of what to attend to.",
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
    click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True),
)  # fmt: skip


@app.command()
@taking(WARNING_OPTIONS, COHORT_OPTIONS)
def warn(
    *,
    lake: Path,
    progress: Progress,
    as_on: str | None,
    is_recorded: bool,
    is_counted: bool,
    is_explained: bool,
    form: str,
    output: Path | None,
    language: Literal["zh", "en"],
    **cohort: str | None,
) -> None:
    """List reminders, yellow and red cards; --record puts them on record, --counts counts those on record.

    --why says of each late case in a sentence which steps took longer than usual, and whose they are.

    \b
    efficacy warn --department D05 --format xlsx --output to_do.xlsx
    efficacy warn --format ics --output due.ics --language en
    efficacy warn --record
    efficacy warn --why --department D05 --language en
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.supervision.cards import card_counts
    from efficacy_analytics.findings.supervision.warnings import has_ladder, warnings
    from efficacy_analytics.system.tabulate import checked_format, write_table
    from efficacy_analytics.workflows.cards import card_record, record_cards
    from efficacy_analytics.workflows.supervision import FILE_FORMS, explained_breaches, write_supervision

    chosen = cohort_of(**cohort)
    if is_recorded + is_counted + is_explained > 1:
        raise CallError("--record, --counts and --why are three answers.", hint="ask for one of them")
    if is_explained and form in FILE_FORMS:
        raise CallError(f"--why is not written as {form}.", hint="one of: table, json, csv, parquet")
    if (is_recorded or is_counted) and (as_on or not chosen.is_everything() or form in FILE_FORMS):
        raise CallError(
            "cards are recorded and counted of all cases and the snapshot's day.", hint="leave the rest out"
        )
    if form in FILE_FORMS:
        print(write_supervision(lake, chosen, form, output, language=language, as_on=date(as_on), progress=progress))
        return
    checked_format(form, output, others=FILE_FORMS)
    if is_recorded or is_counted:
        added = record_cards(lake, progress=progress) if is_recorded else None
        write_table(card_counts(card_record(lake)) if added is None else added, form, output)
        return
    if is_explained:
        told = explained_breaches(lake, chosen, language=language, as_on=date(as_on), progress=progress)
        write_table(told, form, output)
        return
    with progress("warnings"), open_log(lake, chosen, in_force=settings()) as log:
        found = warnings(log, as_on=date(as_on))
        if found.is_empty() and not has_ladder(log):
            raise CannotAnswerError(
                "this lake declares no ladder of warnings: nobody is reminded or warned.",
                hint="keep a warnings.csv in the lake's reference/, as the shipped one is, and publish again",
            )
        write_table(found, form, output)
