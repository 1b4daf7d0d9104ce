"""Asking: `find`, `show`, `due`."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, FORM_OPTIONS, cohort_of, day, moment, taking
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress


@app.command()
@click.option("--causes", "with_causes", is_flag=True, help="Keep the causes of waiting too; takes longer.")
@click.option("--anew", is_flag=True, help="Compute even where the same question was answered before.")
@taking(COHORT_OPTIONS)
def find(*, lake: Path, progress: Progress, with_causes: bool, anew: bool, **cohort: str | None) -> None:
    """Compute all finding tables into findings/<run>/. The same question again keeps the run that is there."""
    from efficacy_analytics.workflows import steps as pipeline

    print(pipeline.find(lake, cohort_of(**cohort), with_causes=with_causes, anew=anew, progress=progress).path)


OPTIONS = ("by", "clock", "hours", "seconds")
"""The options of tables that the command line takes."""


@app.command()
@click.argument("name", required=False, metavar="[TABLE]")
@click.option(
    "--by", metavar="LEVEL", help="on_time: department, item or month; handovers, ping_pong: department or resource."
)
@click.option("--clock", metavar="CLOCK", help="bottlenecks, contributions, waiting_by_month: elapsed or open.")
@click.option("--hours", metavar="HOURS", help="waiting_…: whose hours hold, given or discovered from the log.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), help="conformance…: how long to align [default: 60]."
)
@click.option("--public", "is_public", is_flag=True, help="As it may be published: without small groups.")
@taking(FORM_OPTIONS, COHORT_OPTIONS)
def show(
    *,
    lake: Path,
    progress: Progress,
    name: str | None,
    form: str,
    output: Path | None,
    by: str | None,
    clock: str | None,
    hours: str | None,
    seconds: float | None,
    is_public: bool,
    **cohort: str | None,
) -> None:
    """Show one table; alone, list the tables.

    \b
    efficacy show bottlenecks --department D05 --format csv
    efficacy show on_time --by item --accepted-from 2025-01-01
    efficacy show on_time --by month --public --format csv
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.catalogue import tables
    from efficacy_analytics.system.tabulate import checked_format, write_table

    if name is None:
        print("\n".join(f"{entry.name:<34}{entry.en} · {entry.zh}" for entry in tables.TABLES.values()))
        return
    checked_format(form, output)
    entry = tables.table(name)
    given = {"by": by, "clock": clock, "hours": hours, "seconds": seconds}
    options = {key: value for key, value in given.items() if value is not None}
    asked = cohort_of(**cohort)
    with open_log(lake, asked, in_force=settings()) as log:
        shown = made_public(entry, log, options, asked.as_dict()) if is_public else made(entry, log, options)
        write_table(shown, form, output)
        if (asked.accepted_from or asked.accepted_until) and not is_public:
            tell_undated(log)


@app.command()
@click.argument("accepted_on", metavar="DATE")  # or a moment, for a limit in hours
@click.argument("limit", metavar="LIMIT")
@click.option(
    "--unit", metavar="UNIT", help="working_days, calendar_days, hours, months, on_the_spot [default: working_days]."
)
@click.option("--calendar", metavar="CODE", help="CN, NL, …, weekdays [default: the setting].")
@click.option(
    "--stop",
    "stops",
    nargs=2,
    multiple=True,
    metavar="FROM UNTIL",
    help="A clock stop, UNTIL a date or open; may be repeated.",
)
@click.option("--zone", metavar="ZONE", help="Of a limit in hours [default: the calendar's, if it has one].")
@click.option("--explain", is_flag=True, help="Count day by day, with the rule behind each.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of --explain.")
@taking()
def due(
    *,
    lake: Path,
    progress: Progress,
    accepted_on: str,
    limit: str,
    unit: str | None,
    calendar: str | None,
    stops: tuple[tuple[str, str], ...],
    zone: str | None,
    explain: bool,
    language: Literal["zh", "en"],
) -> None:
    """The date a case is due.

    \b
    efficacy due 2025-01-20 5
    efficacy due 2025-01-20 5 --stop 2025-01-22 2025-01-24 --explain --language en
    """
    from efficacy_analytics.clock.explain import due_explained, explanation_text
    from efficacy_analytics.clock.limits import parsed_limit
    from efficacy_analytics.clock.zones import zone_of_calendar
    from efficacy_analytics.settings import reference_directory, settings

    counting = calendar or settings().clock.calendar
    in_hours = parsed_limit(limit, unit=unit or "working_days").unit == "hours"
    due_on, days = due_explained(
        moment(accepted_on),
        limit,
        unit=unit,
        calendar=counting,
        zone=known_zone(zone or zone_of_calendar(counting)) if in_hours else None,
        stops=[(day(start), None if until == "open" else day(until)) for start, until in stops],
        reference=reference_directory(lake),
        rules=settings().clock,
    )
    print(explanation_text(days, language) if explain else due_on)


def tell_undated(log: Any) -> None:
    """Says beside the figures of a period which cases are in no period."""
    from efficacy_analytics.lake.notices import Count
    from efficacy_analytics.vocabulary import UNDATED

    count = Count(log.count("cohort_undated"))
    if count:
        print(f"note: {UNDATED['en'].format(count=count)}", file=sys.stderr)


def known_zone(name: str) -> str:
    """The name of a zone, if there is one of that name."""
    from efficacy_analytics.lake.cells.stamps import is_time_zone

    if not is_time_zone(name):
        raise CallError(f"there is no time zone '{name}'.", hint="for example --zone Asia/Shanghai")
    return name


def made(entry: Any, log: Any, options: dict[str, Any]) -> Any:
    """The table with its own options; one it does not take is a wrong call."""
    taken = entry.options()
    for name in options:
        if name not in taken:
            told = ", ".join(f"--{one}" for one in OPTIONS if one in taken) or "no option of its own"
            raise CallError(f"table '{entry.name}' takes no --{name}.", hint=f"it takes: {told}")
    return entry.make(log, **options)


def made_public(entry: Any, log: Any, options: dict[str, Any], cohort: dict[str, str | None]) -> Any:
    """The table as it may be published; its level is the only option, for only the usual one is thought through."""
    from efficacy_analytics.findings.disclosure.public_findings import check_public, public_table
    from efficacy_analytics.settings import settings

    level = options.pop("by", "department")
    if options or (level != "department" and entry.name != "on_time"):
        told = " or ".join(f"--{name}" for name in options or ("by",))
        raise CallError(f"with --public table '{entry.name}' takes no {told}.", hint="leave it out")
    name = entry.name if level == "department" else f"{entry.name}_by_{level}"
    check_public(name)
    return public_table(log, name, fewest=settings().disclosure.fewest_cases, cohort=cohort)
