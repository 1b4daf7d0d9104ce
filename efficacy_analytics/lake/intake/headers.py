"""Do all files of a delivery have the header that the layout asks for? Those that have not are told before any is read.

One misprinted header among the files of many years must not keep the others out: the hint says how to leave it out.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.intake.files import gives, read_tables
from efficacy_analytics.lake.intake.received_tables import needed_names
from efficacy_analytics.lake.intake.table_readers import columns_of
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource


def check_headers(layout: Layout, files: Mapping[str, Sequence[Path]]) -> None:
    """Refuses a delivery with a file that has not the columns of the layout; all such files are named.

    Args:
        layout: how it is read.
        files: its files by table.

    Raises:
        InputRefusedError: there are some.
    """
    named = list(headers_of(layout, files))
    if layout.format in ("xes", "database") or len({path for _, _, path in named}) == 1:
        return  # the reader itself says what is wrong
    faults: dict[str, InputRefusedError] = {}
    are_others_enough = True
    for table, source in read_tables(layout).items():
        for part in source.each:
            paths = [path for path in files.get(table, ()) if gives(part, path)]
            names = needed_names(layout, part, table)
            wrong = {path.name: fault for path in paths if (fault := _fault(layout, part, path, names))}
            are_others_enough &= part.is_optional or len(wrong) < len(paths) or not paths
            faults = {**wrong, **faults}
    if faults:
        others = len({path.name for _, _, path in named} - faults.keys())
        raise _refused(faults, others if are_others_enough else 0)


def _fault(layout: Layout, source: TableSource, path: Path, names: Sequence[str]) -> InputRefusedError | None:
    try:
        columns_of(layout, source, path, names)
    except InputRefusedError as fault:
        return fault
    return None


def headers_of(layout: Layout, files: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, TableSource, Path]]:
    """Each header of a delivery: its table, the source that reads it, and its file."""
    for table, source in read_tables(layout).items():
        for part in source.each:
            yield from ((table, part, path) for path in files.get(table, ()) if gives(part, path))


def _refused(faults: Mapping[str, InputRefusedError], other_count: int) -> InputRefusedError:
    """The first fault, the names of further files that have one, and how the others can be taken in."""
    name, *further = sorted(faults)
    also = f" Nor has each of these what the layout names: {', '.join(further)}." if further else ""
    without = " ".join(f"--without '{file}'" for file in (name, *further))
    others = f"; to take in the other {other_count} without it: {without}" if other_count else ""
    return InputRefusedError(f"{faults[name].problem}{also}", hint=f"{faults[name].hint}{others}")
