"""The command line: `efficacy`. Figures and file names go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused, 4 the data cannot support the answer,
5 a check failed, 6 the lake is busy.
"""

import datetime as dt
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.progress import Progress, silent, spoken

HELP = """Process mining for administrative efficacy (行政效能): where approvals wait, which time limits
can be shorter with a guarantee, how departments compare.

\b
A first look:    efficacy demo
Your own data:   efficacy ingest EXPORT --layout NAME
                 efficacy publish
                 efficacy brief --period 2025Q3
One question:    efficacy show bottlenecks --department D05
One case:        efficacy due 2025-01-20 5 --explain --language en

\b
Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused,
4 the data cannot support the answer, 5 a check failed, 6 the lake is busy.
"""
COHORT_OPTIONS = (
    click.option("--accepted-from", metavar="DATE", help="First day of acceptance, inclusive."),
    click.option("--accepted-until", metavar="DATE", help="Day after the last day of acceptance."),
    click.option("--department", metavar="CODE", help="Only cases this department answers."),
    click.option("--item", metavar="CODE", help="Only cases of this item."),
    click.option("--where", metavar="SQL", help="A condition over the columns of `efficacy show cases`."),
)
EVERYWHERE = (
    click.option(
        "--lake", "folder", metavar="DIR", type=click.Path(path_type=Path),
        help="The lake's folder [default: the setting, else data_lake/].",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No progress on stderr."),
)  # fmt: skip
FORM_OPTIONS = (
    click.option(
        "--format", "form", metavar="FORM", default="table", show_default=True, help="table, json, csv, parquet."
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
)
Command = Callable[..., None]


def _with(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[Command], Command]:
    """The options of the groups on a command, which gets `lake` (a folder) and `progress` for --lake and --quiet."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def called(*, folder: Path | None, quiet: bool, **options: Any) -> None:
            command(lake=_lake(folder), progress=silent if quiet else spoken(), **options)

        options = [option for group in (*groups, EVERYWHERE) for option in group]
        return functools.reduce(lambda made, option: option(made), reversed(options), called)

    return decorate


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="efficacy-analytics", message="%(version)s")
def app() -> None:
    """The verbs of the workbench."""


@app.command()
@click.option(
    "--cases", "case_count", type=click.IntRange(min=500), default=100_000, show_default=True, help="How many cases."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same city.")
@_with()
def demo(*, lake: Path, progress: Progress, case_count: int, seed: int) -> None:
    """Make the demonstration city, take it in, write its briefings.

    Prints the briefings in both languages: open them in a browser.
    """
    from efficacy_analytics.demonstration import demonstrate

    for path in demonstrate(lake, cases=case_count, seed=seed, progress=progress):
        print(path)


@app.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--layout", required=True, metavar="NAME", help="A shipped layout's name, or a file of your own.")
@click.option("--set", "constants", metavar="KEY=VALUE", multiple=True, help="What the export does not say.")
@click.option("--delivered-on", metavar="DATE", help="Day of delivery [default: today].")
@_with()
def ingest(
    *,
    lake: Path,
    progress: Progress,
    paths: tuple[Path, ...],
    layout: str,
    constants: tuple[str, ...],
    delivered_on: str | None,
) -> None:
    """Take a delivery in: rows received = accepted + refused.

    \b
    efficacy ingest receipt.xes.gz --layout receipt
    efficacy ingest BPIC15_1.xes.gz --layout bpic15 --set department="Municipality 1"
    """
    from efficacy_analytics import pipeline

    delivery = pipeline.ingest(
        lake, paths, layout, constants=_pairs(constants), delivered_on=_date(delivered_on), progress=progress
    )
    print(delivery.delivery)
    for table, rows in delivery.rows.items():
        print(f"{table}: {rows['received']:,} received = {rows['accepted']:,} accepted + {rows['refused']:,} refused")
        for rule, count in rows["refused_by_rule"].items():
            print(f"  {count:,} refused by {rule}")


@app.command()
@click.option("--as-known-on", metavar="DATE", help="Leave out what was delivered later.")
@click.option("--as-on", metavar="DATE", help="Judge open cases on this day [default: the last day in the data].")
@_with()
def publish(*, lake: Path, progress: Progress, as_known_on: str | None, as_on: str | None) -> None:
    """Build and check a snapshot, then make it current."""
    from efficacy_analytics import pipeline

    print(pipeline.publish(lake, as_known_on=_date(as_known_on), as_on=_date(as_on), progress=progress).path)


@app.command()
@_with()
def status(*, lake: Path, progress: Progress) -> None:
    """Deliveries, row counts, snapshots and runs."""
    from efficacy_analytics.status import status_lines

    print("\n".join(status_lines(lake)))


@app.command()
@click.option("--with-original", is_flag=True, help="Show the original text too; it may hold personal data.")
@_with(FORM_OPTIONS)
def refused(*, lake: Path, progress: Progress, form: str, output: Path | None, with_original: bool) -> None:
    """Refused rows with rule, reason, source file and line."""
    from efficacy_analytics.lake.store import refused_rows
    from efficacy_analytics.tabulate import write_table

    write_table(refused_rows(lake, with_original=with_original), form, output)


@app.command()
@_with(COHORT_OPTIONS)
def find(*, lake: Path, progress: Progress, **cohort: str | None) -> None:
    """Compute all finding tables into findings/<run>/."""
    from efficacy_analytics import pipeline

    print(pipeline.find(lake, _cohort(**cohort), progress=progress).path)


@app.command()
@click.argument("name", required=False, metavar="[TABLE]")
@click.option("--by", metavar="LEVEL", help="For on_time: department, item or month.")
@click.option("--clock", metavar="CLOCK", help="For bottlenecks: elapsed or open.")
@_with(FORM_OPTIONS, COHORT_OPTIONS)
def show(
    *,
    lake: Path,
    progress: Progress,
    name: str | None,
    form: str,
    output: Path | None,
    by: str | None,
    clock: str | None,
    **cohort: str | None,
) -> None:
    """Show one table; alone, list the tables.

    \b
    efficacy show bottlenecks --department D05 --format csv
    efficacy show on_time --by item --accepted-from 2025-01-01
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings import tables
    from efficacy_analytics.tabulate import checked_format, write_table

    if name is None:
        print("\n".join(f"{entry.name:<28}{entry.en} · {entry.zh}" for entry in tables.TABLES.values()))
        return
    checked_format(form, output)
    entry = tables.table(name)
    options = {key: value for key, value in (("by", by), ("clock", clock)) if value is not None}
    with open_log(lake, _cohort(**cohort)) as log:
        write_table(_made(entry, log, options), form, output)


@app.command()
@click.option("--period", metavar="PERIOD", help="2025, 2025H1, 2025Q3 or 2025-03: the period of acceptance.")
@click.option(
    "--language", "languages", multiple=True, metavar="LANGUAGE", help="zh or en; may be repeated [default: both]."
)
@click.option("--edition", metavar="EDITION", default="internal", show_default=True, help="internal or public.")
@click.option(
    "--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="Another notebook parameter."
)
@_with(COHORT_OPTIONS)
def brief(
    *,
    lake: Path,
    progress: Progress,
    period: str | None,
    languages: tuple[str, ...],
    edition: str,
    parameters: tuple[str, ...],
    **cohort: str | None,
) -> None:
    """Run the briefing notebook; print the documents made."""
    from efficacy_analytics import pipeline

    given = {key: value for key, value in cohort.items() if value is not None} | _pairs(parameters)
    for document in pipeline.brief_period(
        lake, given, period=period, languages=languages, edition=edition, progress=progress
    ):
        print(document)


@app.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…", type=click.Path(path_type=Path))
@_with()
def verify(*, lake: Path, progress: Progress, documents: tuple[Path, ...]) -> None:
    """Recompute every figure of a briefing from its snapshot."""
    from efficacy_analytics import pipeline

    for check in pipeline.verify(lake, documents, progress=progress):
        print(check)


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
@click.option("--explain", is_flag=True, help="Count day by day, with the rule behind each.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of --explain.")
@_with()
def due(
    *,
    lake: Path,
    progress: Progress,
    accepted_on: str,
    limit: str,
    unit: str | None,
    calendar: str | None,
    stops: tuple[tuple[str, str], ...],
    explain: bool,
    language: Literal["zh", "en"],
) -> None:
    """The date a case is due.

    \b
    efficacy due 2025-01-20 5
    efficacy due 2025-01-20 5 --stop 2025-01-22 2025-01-24 --explain --language en
    """
    from efficacy_analytics.clock.explain import due_explained, explanation_text
    from efficacy_analytics.settings import reference_directory, settings

    due_on, days = due_explained(
        _moment(accepted_on),
        limit,
        unit=unit,
        calendar=calendar or settings().clock.calendar,
        stops=[(_day(start), None if until == "open" else _day(until)) for start, until in stops],
        reference=reference_directory(lake),
    )
    print(explanation_text(days, language) if explain else due_on)


@app.command()
@_with()
def lab(*, lake: Path, progress: Progress) -> None:
    """JupyterLab on the notebooks, with this lake."""
    from efficacy_analytics.jupyter import start_lab

    raise SystemExit(start_lab(lake))


def main() -> None:
    """Runs the command line; a fault we know is told in one line with a hint and its exit code."""
    try:
        app(prog_name="efficacy")
    except EfficacyError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(fault.exit_code) from None


def _lake(given: Path | None) -> Path:
    from efficacy_analytics.settings import settings

    return given or Path(settings().lake.directory)


def _date(text: str | None) -> dt.date | None:
    return None if text is None else _day(text)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CallError(f"'{text}' is not a date.", hint="write dates as 2025-01-20") from None


def _moment(text: str) -> dt.date:
    """A day, or the moment a limit in hours runs from."""
    try:
        return dt.datetime.fromisoformat(text) if len(text) > len("2025-01-20") else _day(text)
    except ValueError:
        raise CallError(f"'{text}' is not a moment.", hint="write moments as 2025-01-20T09:30") from None


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise CallError(f"'{text}' is not KEY=VALUE.", hint="for example --set department=housing")
    return dict(text.split("=", 1) for text in texts)


def _cohort(*, accepted_from: str | None, accepted_until: str | None, **others: str | None) -> Any:
    from efficacy_analytics.event_log.cohort import Cohort

    return Cohort(_date(accepted_from), _date(accepted_until), **others)


def _made(entry: Any, log: Any, options: dict[str, str]) -> Any:
    try:
        return entry.make(log, **options)
    except TypeError as fault:
        if "unexpected keyword" not in str(fault):
            raise
        raise CallError(
            f"table '{entry.name}' takes no --{' or --'.join(options)}.", hint="see `efficacy show --help`"
        ) from None
