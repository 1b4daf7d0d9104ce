"""The register of cards: `cards`."""

from pathlib import Path

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import taking
from efficacy_analytics.errors import CallError
from efficacy_analytics.system.progress import Progress

CARD_OPTIONS = (
    click.option("--department", metavar="CODE", help="Only the cards of this department."),
    click.option("--state", metavar="STATE", help="given, issued, answered, unanswered, closed or withdrawn."),
    click.option("--loops", "is_closing", is_flag=True, help="How many issued cards each department answered, ended."),
    click.option(
        "--answers", type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Take in a CSV of answers: card, answered_on, answer.",
    ),
    click.option(
        "--format", "form", metavar="FORM", default="table", show_default=True, help="table, json, csv, parquet."
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
)  # fmt: skip


@app.command("cards")
@taking(CARD_OPTIONS)
def cards(
    *,
    lake: Path,
    progress: Progress,
    department: str | None,
    state: str | None,
    is_closing: bool,
    answers: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """List the cards on record and what became of each; take in the answers of departments.

    \b
    efficacy warn --record                            # gives the cards of the snapshot
    efficacy document card --period 2025              # issues them to departments
    efficacy cards --state issued --format csv --output to_answer.csv
    efficacy cards --answers answered.csv
    efficacy cards --loops
    """
    import polars as pl

    from efficacy_analytics.findings.supervision.register import STATES, card_register, closed_loops
    from efficacy_analytics.system.tabulate import checked_format, write_table
    from efficacy_analytics.workflows.cards import answer_cards, card_record, read_answers

    checked_format(form, output)
    if state is not None and state not in STATES:
        raise CallError(f"there is no state '{state}'.", hint=f"one of: {', '.join(STATES)}")
    if answers:
        with progress("answers"):
            added = answer_cards(lake, read_answers(answers))
        write_table(added.select("card", "event_on", "department", "case_id", "answer"), form, output)
        return
    table = closed_loops(card_record(lake)) if is_closing else card_register(card_record(lake))
    chosen = {"department": department, "state": None if is_closing else state}
    for column, value in chosen.items():
        table = table.filter(pl.col(column) == value) if value is not None else table
    write_table(table, form, output)
