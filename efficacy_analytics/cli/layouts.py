"""Layouts: `layout list`, `layout show`, `layout guess`."""

import sys
from pathlib import Path

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import taking
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress


@app.group()
def layout() -> None:
    """How an export is read: the layouts there are, or one for a new export."""


@layout.command("list")
@taking()
def list_layouts(*, lake: Path, progress: Progress) -> None:
    """The layouts that are known, each with its first line."""
    from efficacy_analytics.lake.layouts.layout_files import layout_files

    for name, file in layout_files(lake).items():
        print(f"{name:22}{file.read_text(encoding='utf-8').splitlines()[0].lstrip('# ')}")


@layout.command("show")
@click.argument("name")
@taking()
def show_layout(*, lake: Path, progress: Progress, name: str) -> None:
    """The text of a layout, to start one of your own from."""
    from efficacy_analytics.lake.layouts.layout_files import layout_file

    print(layout_file(name, lake).read_text(encoding="utf-8"), end="")


@layout.command("guess")
@click.argument("export", metavar="FILE")
@taking()
def guess_layout(*, lake: Path, progress: Progress, export: str) -> None:
    """Propose a layout for an export, with the columns that could not be placed.

    \b
    efficacy layout guess export.csv > own.toml
    efficacy ingest export.csv --layout own.toml
    """
    from efficacy_analytics.errors import CallError, LayoutError
    from efficacy_analytics.lake.database.address import is_address
    from efficacy_analytics.lake.guessing.guess import guessed_layout
    from efficacy_analytics.lake.layouts.layout_files import parsed_layout

    if is_address(export):
        raise CallError(
            "a layout is guessed from files, not from a database.",
            hint="save some rows of its tables as CSV files in a folder and guess from that; what the layout of a "
            "database says beside stands in data_lake/README.md",
        )
    proposal = guessed_layout(Path(export), in_force=settings())
    print(proposal, end="")
    try:
        parsed_layout(proposal, "proposed")
    except LayoutError as fault:
        print(f"The proposal cannot be used before it is completed: {fault.problem} {fault.hint}.", file=sys.stderr)
