"""Where does one table of the contract stand in an export? In which files or sheets, and in which columns of them.

A column is named by its name in the export. Where the name differs from file to file it is given as
`{ any = ["Decision issued", "Date decision issued"] }`, and `optional = true` beside it says that a file may lack it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.lake.layouts.database_origin import origin_of
from efficacy_analytics.lake.layouts.values import line_of, only_known, plain_text, table_of, text_of, texts_of


@dataclass(frozen=True)
class TableSource:
    """Where one table of the contract stands.

    Attributes:
        columns: our column to the export's (the first of its names); several joint ones apart by `JOINT`.
        file: the file it stands in, or a pattern such as `*-appeals.csv`; None for every file. Of a database: the
            Parquet file into which a pull writes it.
        sheet: the sheet of a workbook; None for its first.
        relation: the table of a database, `schema.table` or `table`.
        origin: where and how a pull reads it in a database (`layout_origin`).
        header_line: the line of the header; None: the first that names the columns.
        where_given: a column of the export: rows in which it is empty are no rows of this table.
        is_optional: a delivery need not have its file.
        constants: our column to the value it has on every row of this source.
        values: our column to what its values mean: the export's code to our word.
        not_completed_where: of events: a column of the export, and the values by which a step is not completed,
            whatever time stands there.
        case: of events: the columns of the case that their rows carry, as `columns`.
        case_extra: further columns of the case on these rows, our name to the export's.
        others: the export's name to the other names it appears under.
        may_lack: the export's names of columns that a file may be without.
        parts: the sources of a table that has several, each with its own columns; else none.
    """

    columns: Mapping[str, str]
    file: str | None = None
    sheet: str | None = None
    relation: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict)
    header_line: int | None = None
    where_given: str | None = None
    is_optional: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_completed_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    case: Mapping[str, str] = field(default_factory=dict)
    case_extra: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_lack: tuple[str, ...] = ()
    parts: tuple["TableSource", ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether it has a file, a sheet or a database table of its own."""
        return any((self.file, self.sheet, self.relation, self.origin, self.parts))

    @property
    def each(self) -> tuple["TableSource", ...]:
        """Its sources, one by one."""
        return self.parts or (self,)


def source_of(content: Mapping[str, Any]) -> TableSource:
    """The source that a delivery's record tells of."""
    parts = tuple(source_of(part) for part in content.get("parts", ()))
    return TableSource(**{**{key: _with_tuples(value) for key, value in content.items()}, "parts": parts})


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_tuples(part) for key, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


class Named:
    """Gathers the columns of a section and what is said about their names.

    Args:
        layout: the layout's name, for messages.
    """

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self.others: dict[str, tuple[str, ...]] = {}
        self.may_lack: list[str] = []

    def columns(self, entry: Mapping[str, Any], section: str) -> dict[str, str]:
        """Our column to the export's, for every entry of a section."""
        return {
            keys.WRITTEN_AS.get(key, key): (
                self._joint(value, section) if key in keys.JOINT_COLUMNS else self._column(value, f"{section}.{key}")
            )
            for key, value in entry.items()
        }

    def _joint(self, value: Any, section: str) -> str:
        """A case's id may be several columns together, such as a permit and the department that reviews it."""
        parts = value if isinstance(value, list) and value else [value]
        return keys.JOINT.join(self._column(part, f"{section}.case_id") for part in parts)

    def _column(self, value: Any, where: str) -> str:
        if not isinstance(value, dict):
            return text_of(value, self.layout, where)
        only_known(value, ("any", "optional"), self.layout, where)
        first, *others = texts_of(value.get("any"), self.layout, f"{where}.any")
        if others:
            self.others[first] = tuple(others)
        if value.get("optional", False):
            self.may_lack.append(first)
        return first


def written(table: str) -> tuple[str, ...]:
    """The columns of a table as a layout writes them."""
    short = {column: key for key, column in keys.WRITTEN_AS.items()}
    return tuple(short.get(column, column) for column in keys.TABLE_COLUMNS[table])


def table_source(entry: Any, table: str, layout: str, form: str) -> TableSource:
    """A table's source, or its several sources, from what stands under `[table.NAME]` or `[[table.NAME]]`.

    Raises:
        LayoutError: a key is unknown or has the wrong type, or nothing says where the table stands.
    """
    if not isinstance(entry, list):
        return _source(entry, table, layout, form)
    parts = tuple(_source(one, table, layout, form) for one in entry)
    if not parts:
        raise LayoutError(f"layout '{layout}': [[table.{table}]] is empty.", hint="name a file in it")
    return TableSource(
        columns=_first_of([part.columns for part in parts]),
        case=_first_of([part.case for part in parts]),
        case_extra=_first_of([part.case_extra for part in parts]),
        parts=parts,
    )


def _source(entry: Any, table: str, layout: str, form: str) -> TableSource:
    section = f"table.{table}"
    origin = origin_of(table_of(entry, layout, section), table, layout) if form == "database" else {}
    own = (*keys.SOURCE_KEYS, *(("case", "case_extra") if table == "events" else ()))
    if origin and "row_key" not in keys.TABLE_COLUMNS[table]:  # the pull alone needs the key
        own = (*own, "key")
    only_known(table_of(entry, layout, section), (*own, *written(table)), layout, section)
    named = Named(layout)
    columns = named.columns({key: value for key, value in entry.items() if key not in own}, section)
    if "deletions" in origin:
        columns["is_deleted"] = keys.IS_GONE
    source = TableSource(
        columns=columns,
        origin=origin,
        file=f"{table}*.parquet" if form == "database" else plain_text(entry, "file", layout, section),
        sheet=plain_text(entry, "sheet", layout, section),
        relation=plain_text(entry, "table", layout, section),
        header_line=line_of(entry.get("header_line"), layout, f"{section}.header_line"),
        where_given=plain_text(entry, "where_given", layout, section),
        is_optional=bool(entry.get("optional", False)),
        constants=_constants(entry.get("constants", {}), table, layout, section),
        values=values_of(entry.get("values", {}), table, layout, section),
        not_completed_where={
            key: tuple(texts_of(value, layout, f"{section}.not_completed_where"))
            for key, value in table_of(entry.get("not_completed_where", {}), layout, section).items()
        },
        case=named.columns(_case(entry.get("case", {}), layout, section), f"{section}.case"),
        case_extra=named.columns(table_of(entry.get("case_extra", {}), layout, section), f"{section}.case_extra"),
        others=named.others,
        may_lack=tuple(named.may_lack),
    )
    _check_place(source, layout, section, form, table)
    if source.file and (Path(source.file).name != source.file or source.file == ".."):
        raise LayoutError(
            f"layout '{layout}': [{section}] names a path, not a file.", hint="write the file's name alone"
        )
    return source


def _case(entry: Any, layout: str, section: str) -> dict[str, Any]:
    only_known(table_of(entry, layout, f"{section}.case"), keys.CASE_COLUMNS, layout, f"{section}.case")
    return dict(entry)


def _constants(entry: Any, table: str, layout: str, section: str) -> dict[str, str]:
    known = keys.TABLE_COLUMNS[table]
    only_known(table_of(entry, layout, f"{section}.constants"), known, layout, f"{section}.constants")
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in entry.items()}


def values_of(entry: Any, table: str, layout: str, section: str) -> dict[str, dict[str, str]]:
    """What the values of our columns mean: the export's code to our word.

    Raises:
        LayoutError: a column is unknown, or a word is no text.
    """
    known = (*keys.TABLE_COLUMNS[table], *(keys.CASE_COLUMNS if table == "events" else ()))
    only_known(table_of(entry, layout, f"{section}.values"), known, layout, f"{section}.values")
    return {
        column: {
            code: text_of(word, layout, f"{section}.values.{column}")
            for code, word in table_of(words, layout, f"{section}.values.{column}").items()
        }
        for column, words in entry.items()
    }


def _check_place(source: TableSource, layout: str, section: str, form: str, table: str) -> None:
    key = keys.PLACE_KEYS.get(form, "file")
    given = {
        "file": source.file,
        "sheet": source.sheet or source.file,
        "table": source.relation or source.origin.get("query"),
    }[key]
    if not given:
        example = {"file": f"{table}.{form}", "sheet": table, "table": f"main.{table}"}[key]
        raise LayoutError(f"layout '{layout}': [{section}] names no {key}.", hint=f'add {key} = "{example}"')


def _first_of(mappings: list[Mapping[str, str]]) -> dict[str, str]:
    first: dict[str, str] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            first.setdefault(key, value)
    return first


def with_cases(tables: Mapping[str, TableSource], extra: Any, layout: str) -> dict[str, TableSource]:
    """The tables with the cases' source and its further columns: rows of their own, else those of the events.

    Raises:
        LayoutError: cases stand in both places, or further columns belong to several sources.
    """
    events, cases = tables.get("events"), tables.get("cases")
    if cases and events and any(part.case or part.case_extra for part in events.each):
        raise LayoutError(
            f"layout '{layout}': both [table.cases] and the events give the columns of cases.",
            hint="keep [table.cases], or the case columns beside each table of events",
        )
    if not extra or not events:
        of_rows = TableSource(events.case, case_extra=events.case_extra) if events else None
        return {**tables, **({"cases": of_rows} if of_rows and not cases else {})}
    named = Named(layout)
    columns = named.columns(table_of(extra, layout, "case_extra"), "case_extra")
    source = cases or events
    if source.parts:
        raise LayoutError(
            f"layout '{layout}': [case_extra] does not say which of several sources has it.",
            hint='write case_extra = { name = "column" } beside the columns of that source',
        )
    extended = replace(
        source,
        case_extra=columns,
        others={**source.others, **named.others},
        may_lack=(*source.may_lack, *named.may_lack),
    )
    if cases:
        return {**tables, "cases": extended}
    return {**tables, "events": extended, "cases": TableSource(extended.case, case_extra=columns)}
