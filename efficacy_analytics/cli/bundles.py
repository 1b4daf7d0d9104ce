"""A document with all it follows from, and the document made again elsewhere: `bundle`, `reproduce`."""

from pathlib import Path

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import taking
from efficacy_analytics.system.progress import Progress, silent, spoken


@app.command("bundle")
@click.argument("document", metavar="DOCUMENT", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: DOCUMENT.bundle.zip]")
@taking()
def bundle_command(*, lake: Path, progress: Progress, document: Path, output: Path | None) -> None:
    """Write one file with all that decides the figures of a document, to reproduce it anywhere.

    Accepted rows (persons under pseudonyms), reference files, settings, the lock of the packages, and the document;
    never the files as delivered, nor the key. It is an RO-Crate. Who has it can see every row: it is as internal as
    the lake.

    \b
    efficacy bundle data_lake/briefings/briefing-2025Q1-en.html
    efficacy reproduce briefing-2025Q1-en.html.bundle.zip --output again/
    """
    from efficacy_analytics.workflows.bundle import bundle

    print(bundle(lake, document, output, progress=progress))


@app.command("reproduce")
@click.argument("file", metavar="BUNDLE", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--output", default=".", type=click.Path(path_type=Path, file_okay=False), help="Its folder [default: this one]."
)
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
def reproduce_command(*, file: Path, output: Path, quiet: bool) -> None:
    """Make the document of a bundle again, from the bundle alone; name the first table that differs.

    Needs no lake. Under the program that made the document every byte is compared; under another version, every
    text and every figure, which is said.
    """
    from efficacy_analytics.workflows.bundle import reproduce

    document, checks = reproduce(file, output, progress=silent if quiet else spoken())
    for check in checks:
        print(check)
    print(document)
