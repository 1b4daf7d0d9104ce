"""Which files make up a delivery: the paths of a call, sorted to the tables of the layout."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from pathlib import Path

from efficacy_analytics.errors import CallError, InputRefusedError
from efficacy_analytics.lake.layouts.keys import SUFFIXES
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource
from efficacy_analytics.lake.readers.decompression import GZIP_MARK
from efficacy_analytics.lake.readers.duckdb import refuse_if_open
from efficacy_analytics.lake.readers.workbook_safety import refuse_archive
from efficacy_analytics.system.bounds import bounded

PACKED = ".gz"
ALWAYS_MEMORY_BYTES = 1_500_000_000
MEMORY_OF_A_BYTE = 64
ALWAYS_SECONDS = 45.0
SECONDS_OF_A_MEGABYTE = 10.0
"""A slow machine takes a megabyte of CSV in within two."""
PACKED_BYTE = 20
"""A byte of a packed file counts as so many: texts of exports pack to a fifth or a twelfth, seldom to a twentieth."""
PART = re.compile(r"-\d{5}(?=\.parquet$)")
"""A pull from a database gives a table in several files: events-00001.parquet and on."""


def files_of(
    paths: Sequence[Path], layout: Layout, *, may_lack: bool = False, left_out: Sequence[str] = ()
) -> dict[str, list[Path]]:
    """The files of a delivery by the table they give: by source, then in the order of their names.

    Args:
        paths: files, and folders of files.
        layout: its tables name their files, or say by a pattern which they are; without either all files give each
            table. A file may give several tables. A packed file counts under the name it has unpacked. What else
            lies in a folder is left alone.
        may_lack: whether tables may be without a file: so it is with corrections of single rows.
        left_out: the names of files that are not to be read.

    Raises:
        CallError: a path does not exist, a file fits no table, two files have one name, or one to be left out is none.
        InputRefusedError: a source that every delivery must have has no file among them.
    """
    given = [file for path in paths for file in _fitting(path, layout)]
    _check_names(given)
    in_order = sorted(_without(given, left_out), key=lambda file: file.name)
    files: dict[str, list[Path]] = {}
    for table, source in read_tables(layout).items():
        found: dict[Path, None] = {}
        for part in source.each:
            fitting = [file for file in in_order if gives(part, file)]
            if not fitting and not part.is_optional and not may_lack:
                raise InputRefusedError(
                    f"the delivery has no file '{part.file}', which layout '{layout.name}' names for {table}.",
                    hint="give the folder with all its files, or take the table out of the layout",
                )
            found |= dict.fromkeys(fitting)
        files[table] = list(found)
    return files


def within_bounds(files: Mapping[str, Sequence[Path]]) -> AbstractContextManager[None]:
    """The work on the files of a delivery, ended where it takes more than files of their size, unpacked, ever need.

    Raises:
        InputRefusedError: it takes more memory or time.
    """
    each = {file for some in files.values() for file in some}
    size = sum(_plain_size(file) for file in each)
    names = ", ".join(sorted(file.name for file in each)[:3])
    hint = "no export of its size needs so much: look what it holds; where it is sound, deliver it in parts, as CSV"
    return bounded(
        max(ALWAYS_MEMORY_BYTES, MEMORY_OF_A_BYTE * size),
        ALWAYS_SECONDS + SECONDS_OF_A_MEGABYTE * size / 1e6,
        {
            "memory": InputRefusedError(f"reading {names} took more memory than a lake gives it.", hint=hint),
            "time": InputRefusedError(f"reading {names} took longer than a lake waits.", hint=hint),
        },
    )


def _plain_size(file: Path) -> int:
    """About the bytes of a file, unpacked; what a packed file says of itself is not believed."""
    with file.open("rb") as opened:
        is_packed = opened.read(len(GZIP_MARK)) == GZIP_MARK
    return file.stat().st_size * (PACKED_BYTE if is_packed else 1)


def _without(files: Sequence[Path], left_out: Sequence[str]) -> list[Path]:
    names = [file.name for file in files]
    for name in left_out:
        if name not in names:
            raise CallError(
                f"the delivery has no file '{name}' to be left out.", hint=f"its files: {', '.join(sorted(names))}"
            )
    return [file for file in files if file.name not in left_out]


def files_left_alone(paths: Sequence[Path], layout: Layout) -> list[Path]:
    """The files of the folders among the paths that no table of the layout is read from, hidden ones aside."""
    folders = [path for path in paths if path.is_dir()]
    return [
        file
        for folder in folders
        for file in sorted(set(folder.iterdir()) - set(_fitting(folder, layout)))
        if file.is_file() and not file.name.startswith(".")
    ]


def read_tables(layout: Layout) -> Mapping[str, TableSource]:
    """The tables that are read for themselves; cases that stand on the rows of events, or in a log, are not."""
    if not layout.has_files:
        return {"events": layout.tables["events"]}
    return {table: source for table, source in layout.tables.items() if source.is_apart}


def gives(source: TableSource, file: Path) -> bool:
    """Whether the file is one of the source's."""
    if source.origin and file.suffix.lower() != ".parquet":  # the database itself
        return True
    return not source.file or fnmatchcase(_plain_name(file).lower(), source.file.lower())


def _fitting(path: Path, layout: Layout) -> list[Path]:
    named = [part for source in read_tables(layout).values() for part in source.each]
    patterns = ", ".join(dict.fromkeys(part.file for part in named if part.file))
    if path.is_dir():
        inside = [file for file in sorted(path.iterdir()) if file.is_file()]
        fitting = [file for file in inside if _fits(file, named, layout)]
        _refuse_outside(path, fitting)
        if not fitting:
            raise CallError(
                f"the folder {path} holds no file for layout '{layout.name}'.",
                hint=f"looked for: {patterns or ', '.join(f'*{suffix}' for suffix in SUFFIXES[layout.format])}",
            )
        return fitting
    if layout.format == "database" and path.suffix.lower() != ".parquet" and path.is_file():
        refuse_if_open(path)
    if not path.is_file():
        raise CallError(f"there is no file {path}.", hint="check the path; it is read from the working directory")
    refuse_archive(path)
    if not any(gives(part, path) for part in named):
        raise CallError(
            f"layout '{layout.name}' has no table for the file '{path.name}'.", hint=f"its files: {patterns}"
        )
    return [path]


def _refuse_outside(folder: Path, files: Sequence[Path]) -> None:
    """A link in a folder that someone else filled must not bring in what lies elsewhere."""
    for file in files:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise CallError(
                f"'{file.name}' in {folder} is a link to a place outside of it.", hint="put the file itself there"
            )


def _fits(file: Path, named: Sequence[TableSource], layout: Layout) -> bool:
    """Whether a file of a folder is meant: by its name, else by its suffix."""
    is_of_format = Path(_plain_name(file).lower()).suffix in SUFFIXES[layout.format]
    by_name = layout.format != "database"
    return any(gives(part, file) and (is_of_format or (by_name and bool(part.file))) for part in named)


def _plain_name(file: Path) -> str:
    return PART.sub("", file.name.removesuffix(PACKED))


def _check_names(files: Sequence[Path]) -> None:
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise CallError(f"two files of the delivery are called '{name}'.", hint="rename one, or deliver them apart")
