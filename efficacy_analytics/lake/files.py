"""Which files make up a delivery: the paths of a call, sorted to the tables of the layout."""

import re
from collections.abc import Sequence
from pathlib import Path

from efficacy_analytics.errors import CallError, InputRefusedError
from efficacy_analytics.lake.layouts import Layout

PACKED = ".gz"
PART = re.compile(r"-\d{5}(?=\.parquet$)")
"""A pull from a database gives a table in several files: events-00001.parquet and on."""


def files_of(paths: Sequence[Path], layout: Layout) -> dict[str, list[Path]]:
    """The files of a delivery by the table they give, those of one table in the order of their names.

    Args:
        paths: files, and folders of files.
        layout: its tables name their files; without such tables all files give `events`. A packed file counts
            under the name it has unpacked. What else lies in a folder is left alone.

    Raises:
        CallError: a path does not exist, a file fits no table, or two files have one name.
        InputRefusedError: the file of a table is not among them.
    """
    named = {source.file: table for table, source in layout.tables.items() if source.file}
    files: dict[str, list[Path]] = {table: [] for table in named.values()} or {"events": []}
    for path in paths:
        for file in _fitting(path, layout, named):
            files[named[_plain_name(file)] if named else "events"].append(file)
    _check_names([file for some in files.values() for file in some])
    for name, table in named.items():
        if not files[table]:
            raise InputRefusedError(
                f"the delivery has no file '{name}', which layout '{layout.name}' names for {table}.",
                hint="give the folder with all its files, or take the table out of the layout",
            )
    return {table: sorted(some, key=lambda file: file.name) for table, some in files.items()}


def _fitting(path: Path, layout: Layout, named: dict[str, str]) -> list[Path]:
    if path.is_dir():
        inside = [file for file in sorted(path.iterdir()) if file.is_file()]
        fitting = [file for file in inside if _fits(file, layout, named)]
        if not fitting:
            raise CallError(
                f"the folder {path} holds no file for layout '{layout.name}'.",
                hint=f"looked for: {', '.join(named) or f'*.{layout.format}, *.{layout.format}.gz'}",
            )
        return fitting
    if not path.is_file():
        raise CallError(f"there is no file {path}.", hint="check the path; it is read from the working directory")
    if named and _plain_name(path) not in named:
        raise CallError(
            f"layout '{layout.name}' has no table for the file '{path.name}'.",
            hint=f"its files: {', '.join(named)}",
        )
    return [path]


def _fits(file: Path, layout: Layout, named: dict[str, str]) -> bool:
    return _plain_name(file) in named if named else _plain_name(file).lower().endswith(f".{layout.format}")


def _plain_name(file: Path) -> str:
    return PART.sub("", file.name.removesuffix(PACKED))


def _check_names(files: Sequence[Path]) -> None:
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise CallError(f"two files of the delivery are called '{name}'.", hint="rename one, or deliver them apart")
