"""What runs unattended: `run`, `runs`, `catch-up`, `withdraw`."""

import datetime as dt
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import FORM_OPTIONS, date, taking
from efficacy_analytics.errors import CallError, EfficacyError, InputRefusedError
from efficacy_analytics.system.progress import Progress, silent

if TYPE_CHECKING:
    from efficacy_analytics.workflows.operation.catalogue import RunRecord

RUN_OPTIONS = (
    click.option("--on", metavar="DATE", help="The day it runs for [default: today, in the schedule's zone]."),
    click.option("--revise", "revises", is_flag=True, help="Make anew what is out of date or was withdrawn."),
    click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would be done."),
    click.option("--wait", "wait_seconds", type=float, default=0.0, metavar="SECONDS", help="For another run to end."),
    click.option("--json", "is_json", is_flag=True, help="JSON lines on stderr, one a step."),
)


@app.command("run")
@click.argument("name", metavar="NAME")
@click.option("--period", metavar="PERIOD", help="2025-03-14, 2025-03, 2025Q1 [default: the latest that is due].")
@click.option("--department", metavar="CODE", help="Only cases of this department.")
@taking(RUN_OPTIONS)
def run_command(
    *, lake: Path, progress: Progress, name: str, period: str | None, department: str | None, **options: Any
) -> None:
    """Run a pipeline for a period; again for the same data, it does nothing.

    Prints the documents that are valid then. NAME is a file of pipelines/, or a
    path to one of your own.

    \b
    efficacy run nightly
    efficacy run monthly_briefings --period 2025-03
    efficacy run monthly_briefings --period 2025-03 --revise
    """
    from efficacy_analytics.system.scratch import own_scratch
    from efficacy_analytics.workflows.operation.execution import done_in_part, execute
    from efficacy_analytics.workflows.operation.loading import pipeline_named
    from efficacy_analytics.workflows.operation.periods import period_named
    from efficacy_analytics.workflows.operation.pipeline import said_of
    from efficacy_analytics.workflows.operation.schedule_file import schedule_of

    schedule, pipeline = schedule_of(lake), pipeline_named(name)
    asked = asked_for(schedule, progress, department=department, **options)
    chosen = period_named(pipeline.unit, period) if period else default_period(lake, schedule, pipeline, asked.on)
    if options["is_dry"]:
        print(f"{pipeline.name} {chosen.name}: {pipeline.title['zh']} / {pipeline.title['en']}")
        for number, step in enumerate(pipeline.steps, start=1):
            print(f"{number}. {step.__name__.replace('_', ' ')}: {said_of(step)}")
        return
    try:
        with own_scratch(lake):
            made = [execute(pipeline, lake, chosen, schedule, asked)]
    except InputRefusedError:
        print_valid(lake, done_in_part(lake))
        raise
    print_valid(lake, made)


def asked_for(schedule: Any, progress: Progress, **options: Any) -> Any:
    """How runs were asked for, from the options of the command line."""
    from efficacy_analytics.workflows.operation.execution import Asked

    form = "json" if options["is_json"] else "" if progress is silent else "text"
    inner = progress if sys.stderr.isatty() and not options["is_json"] else silent
    return Asked(
        date(options["on"]) or today(schedule), options.get("department"), options["revises"],
        options["wait_seconds"], form, inner,
    )  # fmt: skip


def today(schedule: Any) -> dt.date:
    """The day it is where the office is."""
    from efficacy_analytics.workflows.schedule.jobs import checked_zone

    return dt.datetime.now(checked_zone(schedule.time_zone)).date()


def default_period(lake: Path, schedule: Any, pipeline: Any, on: dt.date) -> Any:
    """The day itself for a pipeline of days, else the latest period that is due."""
    from efficacy_analytics.workflows.operation.catch_up import office_calendar
    from efficacy_analytics.workflows.operation.periods import latest_due, period_of

    if pipeline.unit == "day":
        return period_of("day", on)
    timing = schedule.pipeline.get(pipeline.name)
    return latest_due(pipeline.unit, on, timing.working_day if timing else None, office_calendar(lake, schedule))


def print_valid(lake: Path, made: Iterable["RunRecord"]) -> None:
    """Prints the documents that are valid now of what was run."""
    from efficacy_analytics.workflows.operation.catalogue import runs
    from efficacy_analytics.workflows.operation.register import latest_set

    records = runs(lake)
    for record in made:
        found = latest_set(records, (record.pipeline, record.period, record.department))
        for document in found.documents if found and found.validity == "valid" else ():
            print(lake / document["file"])
        if record.reason:
            print(f"{record.pipeline} {record.period}: {record.reason}", file=sys.stderr)


@app.command("catch-up")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@taking(RUN_OPTIONS)
def catch_up_command(*, lake: Path, progress: Progress, names: tuple[str, ...], is_dry: bool, **options: Any) -> None:
    """Make the documents that are due and are not there.

    Periods that late data made out of date are listed; --revise makes them anew.
    """
    from efficacy_analytics.system.scratch import own_scratch
    from efficacy_analytics.workflows.operation.catch_up import catch_up, missing, not_known_due
    from efficacy_analytics.workflows.operation.schedule_file import schedule_of

    schedule = schedule_of(lake)
    unknown = [name for name in names if name not in schedule.pipeline]
    if unknown:
        raise CallError(f"the schedule has no '{unknown[0]}'.", hint=f"it has: {', '.join(schedule.pipeline)}")
    asked = asked_for(schedule, progress, **options)
    made: list[RunRecord] = []
    faults: list[EfficacyError] = []
    with nullcontext() if is_dry else own_scratch(lake):
        if is_dry:
            faults += not_known_due(lake, schedule, asked.on, names)
        else:
            made, faults = catch_up(lake, schedule, asked, names=names, revises=options["revises"])
    print_valid(lake, made)
    for one in missing(lake, schedule, asked.on, names):
        print(f"{one.pipeline.name} {one.period.name}: {one.why}{' (--revise)' if one.is_revision else ''}")
    for fault in faults[:-1]:
        print(fault.told(), file=sys.stderr)
    if faults:
        raise faults[-1]


@app.command("runs")
@click.argument("number", required=False, type=int, metavar="[RUN]")
@click.option("--documents", "shows_documents", is_flag=True, help="The documents, and which of them are valid.")
@taking(FORM_OPTIONS)
def runs_command(
    *, lake: Path, progress: Progress, form: str, output: Path | None, number: int | None, shows_documents: bool
) -> None:
    """What ran, when, with what, and what came out; RUN shows all of one."""
    from efficacy_analytics.system.tabulate import write_table
    from efficacy_analytics.workflows.operation.history import documents_table, run_lines, runs_table

    if number is not None:
        print("\n".join(run_lines(lake, number)))
        return
    write_table(documents_table(lake) if shows_documents else runs_table(lake), form, output)


@app.command("withdraw")
@click.argument("document", metavar="DOCUMENT")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the catalogue.")
@taking()
def withdraw_command(*, lake: Path, progress: Progress, document: str, reason: str) -> None:
    """Take a document back, in every language; its file stays."""
    from efficacy_analytics.workflows.operation.history import withdraw

    record = withdraw(lake, document, reason)
    for one in record.documents:
        print(f"withdrawn: {lake / one['file']}")
