"""What of an export is left alone: files of a folder, sheets of a workbook, columns that the layout does not place."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from efficacy_analytics.lake.intake.files import files_left_alone, read_tables
from efficacy_analytics.lake.intake.headers import headers_of
from efficacy_analytics.lake.intake.received_tables import needed_names
from efficacy_analytics.lake.intake.table_readers import columns_of, sheets_left_alone
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource
from efficacy_analytics.lake.notices import Notice
from efficacy_analytics.lake.readers.columns import plain, untidy

NAMED = 12
"""So many names stand in a notice; of more, the first."""


def not_read(
    paths: Sequence[Path], layout: Layout, files: Mapping[str, Sequence[Path]], *, left_out: Sequence[str] = ()
) -> list[Notice]:
    """What of a delivery no table is made of.

    The attributes of an event log stand on every trace and event anew: its reader tells which of them are left.

    Args:
        paths: what was delivered: files and folders.
        layout: how it is read.
        files: its files by table.
        left_out: the names of files that were left out, as asked for.
    """
    left = [file.name for file in files_left_alone(paths, layout)]
    notices = [named_notice("files_not_read", "", left), named_notice("files_left_out", "", sorted(set(left_out)))]
    if layout.format == "excel":
        read = list(_sources(layout))
        for path in dict.fromkeys(path for some in files.values() for path in some):
            notices.append(named_notice("sheets_not_read", path.name, sheets_left_alone(layout, read, path)))
    if layout.format != "xes":
        notices += [*_columns(layout, files), *_lacking(layout, files)]
    return [notice for notice in notices if notice.count]


def _sources(layout: Layout) -> Iterator[TableSource]:
    for source in read_tables(layout).values():
        yield from source.each


def _columns(layout: Layout, files: Mapping[str, Sequence[Path]]) -> Iterator[Notice]:
    """Per table the columns of its files that nothing is made of, and those whose header has what nobody sees.

    A column that another table of the file has is placed.
    """
    placed: dict[str, set[str]] = {}
    there: dict[str, dict[str, None]] = {}
    of_table: dict[str, set[str]] = {}
    for table, part, path in headers_of(layout, files):
        names = needed_names(layout, part, table)
        known = {*names, *(other for name in names for other in part.others.get(name, ()))}
        place, columns = columns_of(layout, part, path, names)
        placed.setdefault(place, set()).update(map(plain, known))
        there.setdefault(place, {}).update(dict.fromkeys(columns))
        of_table.setdefault(table, set()).add(place)
    told: set[str] = set()
    for table, places in of_table.items():
        new = sorted(places - told)
        told |= places
        left = dict.fromkeys(
            plain(name) for place in new for name in there[place] if plain(name) and plain(name) not in placed[place]
        )
        yield named_notice("columns_not_placed", table, list(left))
        yield from (named_notice("headers_tidied", place, untidy(there[place])) for place in new)


def _lacking(layout: Layout, files: Mapping[str, Sequence[Path]]) -> Iterator[Notice]:
    """The columns that a file may be without and is, though other files of its source have them."""
    lacking: dict[int, dict[str, set[str]]] = {}
    for table, part, path in headers_of(layout, files):
        names = needed_names(layout, part, table)
        place, columns = columns_of(layout, part, path, names)
        there = set(map(plain, columns))
        optional = {name for name in names if name in part.may_lack}
        called = {name: {plain(one) for one in (name, *part.others.get(name, ()))} for name in optional}
        lacking.setdefault(id(part), {})[place] = {name for name in optional if not called[name] & there}
    for of_files in lacking.values():
        everywhere = set.intersection(*of_files.values())
        yield from (
            named_notice("columns_lacking", place, sorted(names - everywhere)) for place, names in of_files.items()
        )


def named_notice(code: str, subject: str, names: Sequence[str]) -> Notice:
    """A notice of what is named: how many they are, and the first of their names."""
    more = " …" if len(names) > NAMED else ""
    return Notice(code, subject, len(names), names=", ".join(names[:NAMED]) + more)
