"""A whole lake in one file, and back: `backup`, `restore`."""

import sys
from pathlib import Path
from typing import Any

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import taking
from efficacy_analytics.system.progress import Progress


@app.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@taking()
def backup_command(*, lake: Path, progress: Progress, file: Path) -> None:
    """Write the whole lake into one file, each part with its hash.

    The key of the pseudonyms is not in it: keep it apart.
    """
    from efficacy_analytics.workflows.backup import backup

    facts = backup(lake, file, progress=progress)
    print(file)
    say_key(facts)


@app.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@taking()
def restore_command(*, lake: Path, progress: Progress, file: Path) -> None:
    """Make a lake from a backup, in a new folder: --lake DIR."""
    from efficacy_analytics.workflows.backup import restore

    facts = restore(file, lake, progress=progress)
    print(f"{lake}: {len(facts['files']):,} files, each as its hash says")
    say_key(facts)


def say_key(facts: dict[str, Any]) -> None:
    """Says which key the pseudonyms need, where there are any."""
    if facts["key_fingerprints"]:
        keys = ", ".join(facts["key_fingerprints"])
        print(f"persons are under pseudonyms of key {keys}, which is not in the backup", file=sys.stderr)
