"""Taking data in: `demo`, `ingest`, `publish`, `status`, `refused`."""

from pathlib import Path
from typing import Any

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import FORM_OPTIONS, database_address, date, pairs, taking
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress


@app.command()
@click.option(
    "--cases", "case_count", type=click.IntRange(min=500), default=100_000, show_default=True, help="How many cases."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same city.")
@taking()
def demo(*, lake: Path, progress: Progress, case_count: int, seed: int) -> None:
    """Make the demonstration city, take it in, write its briefings.

    Prints the briefings in both languages: open them in a browser.
    """
    from efficacy_analytics.workflows.demonstration import demonstrate

    for path in demonstrate(lake, cases=case_count, seed=seed, progress=progress):
        print(path)


@app.command()
@click.argument("sources", nargs=-1, metavar="PATH…|postgresql://…|mysql://…")
@click.option("--layout", required=True, metavar="NAME", help="A shipped layout's name, or a file of your own.")
@click.option("--set", "constants", metavar="KEY=VALUE", multiple=True, help="What the export does not say.")
@click.option("--delivered-on", metavar="DATE", help="Day of delivery [default: today].")
@click.option("--corrects", metavar="DELIVERY", help="These are its refused rows, corrected; its other rows stay.")
@click.option("--without", metavar="FILE", multiple=True, help="Leave this file of a folder out; it is told.")
@click.option("--other-source", is_flag=True, help="Though the same file came in before as another source.")
@click.option("--other-key", is_flag=True, help="Though earlier deliveries have pseudonyms of another key.")
@click.option(
    "--database", metavar="NAME", help="Pull from here: an environment variable with the address, or a pg service."
)
@click.option("--confirm-query", is_flag=True, help="You have read the layout's own queries: run them from now on.")
@click.option("--whole", "reads_whole", is_flag=True, help="Compare every row of the database, not only recent ones.")
@taking()
def ingest(
    *,
    lake: Path,
    progress: Progress,
    sources: tuple[str, ...],
    layout: str,
    constants: tuple[str, ...],
    delivered_on: str | None,
    corrects: str | None,
    without: tuple[str, ...],
    other_source: bool,
    other_key: bool,
    database: str | None,
    confirm_query: bool,
    reads_whole: bool,
) -> None:
    """Take a delivery in: rows received = accepted + refused.

    From a database only what changed since the last pull is read; a pull that was cut goes on when the command is
    repeated. Keep the password in ~/.pgpass, the service or PGPASSWORD, of MySQL and MariaDB in ~/.my.cnf or
    MYSQL_PWD: others may see a command line.

    \b
    efficacy ingest receipt.xes.gz --layout receipt
    efficacy ingest BPIC15_1.xes.gz --layout bpic15 --set department="Municipality 1"
    efficacy ingest corrected/ --layout city --corrects city-1a2b3c4d5e6f
    efficacy ingest postgresql://reader@db.example/approvals --layout approvals
    efficacy ingest mysql://reader@db.example/approvals --layout approvals
    efficacy ingest --database APPROVALS_DB --layout approvals
    """
    from efficacy_analytics.lake.intake.request import Request
    from efficacy_analytics.workflows import steps as pipeline

    request = Request(
        layout,
        pairs(constants),
        date(delivered_on),
        corrects,
        reads_whole=reads_whole,
        allow_other_key=other_key,
        confirms_query=confirm_query,
        is_other_source=other_source,
        left_out=without,
        in_force=settings(),
    )
    address = database_address(sources, database)
    if address is None:
        delivery = pipeline.ingest(lake, [Path(source) for source in sources], request, progress=progress)
    else:
        delivery = pipeline.pull(lake, address, request, progress=progress)
    if delivery is None:
        print("nothing new")
        return
    print(delivery.delivery)
    if delivery.pseudonyms:
        print("persons: pseudonyms by {algorithm}, key {key_fingerprint}".format(**delivery.pseudonyms))
    for table, rows in delivery.rows.items():
        print(f"{table}: {rows['received']:,} received = {rows['accepted']:,} accepted + {rows['refused']:,} refused")
        for rule, count in rows["refused_by_rule"].items():
            print(f"  {count:,} refused by {rule}")
    told([*delivery.notices, *unused(lake)])


def unused(lake: Path) -> list[dict[str, Any]]:
    """What of earlier deliveries is not used any more."""
    from dataclasses import asdict

    from efficacy_analytics.lake.delivery import deliveries
    from efficacy_analytics.lake.superseded import superseded

    return [asdict(notice) for notice in superseded(deliveries(lake))]


def told(notices: Any) -> None:
    """Prints what was not used or was taken otherwise."""
    from efficacy_analytics.lake.notices import notice_lines, noticed

    for line in notice_lines(noticed(notices)):
        print(line)


@app.command()
@click.option("--as-known-on", metavar="DATE", help="Leave out what was delivered later.")
@click.option("--as-on", metavar="DATE", help="Judge open cases on this day [default: the last day in the data].")
@taking()
def publish(*, lake: Path, progress: Progress, as_known_on: str | None, as_on: str | None) -> None:
    """Build and check a snapshot, then make it current."""
    from efficacy_analytics.workflows import steps as pipeline

    snapshot = pipeline.publish(lake, as_known_on=date(as_known_on), as_on=date(as_on), progress=progress)
    print(snapshot.path)
    for line in pipeline.judged_day_lines(lake, snapshot, as_known_on=date(as_known_on), is_said=as_on is not None):
        print(line)
    told(pipeline.kept_notices(lake))


@app.command()
@taking()
def status(*, lake: Path, progress: Progress) -> None:
    """Deliveries, row counts, snapshots and runs."""
    from efficacy_analytics.workflows.status import status_lines

    print("\n".join(status_lines(lake)))


@app.command()
@click.option("--with-original", is_flag=True, help="Show the original text too; it may hold personal data.")
@click.option(
    "--to-correct", nargs=2, metavar="DELIVERY FOLDER",
    help="Write the refused rows of a delivery into a folder as they came, to be corrected and taken in again.",
)  # fmt: skip
@taking(FORM_OPTIONS)
def refused(
    *,
    lake: Path,
    progress: Progress,
    form: str,
    output: Path | None,
    with_original: bool,
    to_correct: tuple[str, str] | None,
) -> None:
    """Refused rows with rule, reason, source file and line.

    \b
    efficacy refused --to-correct city-1a2b3c4d5e6f corrected/
    efficacy ingest corrected/ --layout city --corrects city-1a2b3c4d5e6f
    """
    from efficacy_analytics.lake.intake.ingest import refused_rows
    from efficacy_analytics.lake.intake.single_rows.rows_to_correct import write_to_correct
    from efficacy_analytics.system.tabulate import write_table

    if to_correct:
        for path in write_to_correct(lake, to_correct[0], Path(to_correct[1])):
            print(path)
        return
    write_table(refused_rows(lake, with_original=with_original), form, output)
