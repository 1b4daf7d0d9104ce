"""Where do the contract's columns stand in this export? A layout file says so.

A layout is a TOML file, found by its name in the lake's `reference/layouts/`, else by its path. Whatever
it does not know is an error: a key that is silently ignored is a column that is silently missing.
"""

import codecs
import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from efficacy_analytics.clock.limits import UNITS
from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake import layout_keys as keys
from efficacy_analytics.lake.amounts import limit_of
from efficacy_analytics.lake.layout_origin import parted
from efficacy_analytics.lake.layout_values import only_known, table_of, text_of
from efficacy_analytics.lake.office_hours import checked_hours
from efficacy_analytics.lake.stamps import is_time_zone
from efficacy_analytics.settings import CHECKOUT, reference_directory, settings


@dataclass(frozen=True)
class TableSource:
    """Where one table of the contract stands: its columns (ours to the export's) and its file, if it has its own.

    Of a database: `origin` is its table or query, key, watermark and so on, and the file is the one a pull writes.
    """

    columns: Mapping[str, str]
    file: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """A layout, checked and complete.

    Attributes:
        name: the file's name without `.toml`.
        tables: the tables the export gives. Without `[table.NAME]` these are `events` and `cases`, both
            read from the same rows (CSV) or from traces and their events (XES).
        case_extra: further columns of a case, our name to the export's.
        constants: contract column to the value it has on every row.
        office_hours: as written; empty where the calendar's own hours hold.
    """

    name: str
    format: str
    calendar: str
    tables: Mapping[str, TableSource]
    time_zone: str | None = None
    verdict_by: str = "date"
    activity_labels: str | None = None
    encoding: str | None = None
    time_format: str | None = None
    case_extra: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    office_hours: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_files(self) -> bool:
        """Whether each table has a file of its own."""
        return any(source.file for source in self.tables.values())

    @property
    def source(self) -> str:
        """The first half of a case's business key: the layout's name and its constant department."""
        department = self.constants.get("department")
        return f"{self.name}/{department}" if department else self.name

    def content(self) -> dict[str, Any]:
        """The layout as plain values, for the delivery's record and its hash."""
        return dataclasses.asdict(self)


def layout_named(name: str, lake: Path) -> Layout:
    """The layout of that name in the lake's or the project's reference, else the layout file at that path.

    Raises:
        LayoutError: there is no such layout, or it cannot be used as it is written.
    """
    folders = [reference_directory(lake) / "layouts", CHECKOUT / "data_lake" / "reference" / "layouts"]
    places = [folder / f"{name}.toml" for folder in folders if Path(name).name == name] + [Path(name)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        shipped = sorted({file.stem for folder in folders for file in folder.glob("*.toml")})
        raise LayoutError(f"there is no layout '{name}'.", hint=f"known: {', '.join(shipped)}; or the path of a file")
    try:
        return parsed_layout(found.read_text(encoding="utf-8"), found.stem)
    except UnicodeDecodeError:
        raise LayoutError(f"layout '{name}' is not UTF-8 text.", hint="save the file as UTF-8") from None


def parsed_layout(text: str, name: str) -> Layout:
    """A layout from the text of its TOML file.

    Raises:
        LayoutError: not TOML, a key unknown, of the wrong type or missing, or a value that cannot be.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise LayoutError(f"layout '{name}' is not TOML: {fault}.", hint="correct the line it names") from None
    only_known(tree, keys.TOP_KEYS, name, "")
    plain = {key: text_of(tree[key], name, key) for key in keys.TOP_KEYS if key in tree and key not in _SECTIONS}
    layout = Layout(
        name=name,
        tables=_tables(tree, plain.get("format", ""), name),
        case_extra=_texts(tree, "case_extra", name),
        office_hours=checked_hours(tree.get("office_hours", {}), name),
        format=plain.get("format", ""),
        calendar=plain.get("calendar", settings().clock.calendar),
        time_zone=plain.get("time_zone"),
        verdict_by=plain.get("verdict_by", "date"),
        activity_labels=plain.get("activity_labels"),
        encoding=plain.get("encoding"),
        time_format=plain.get("time_format"),
    )
    return _checked(with_constants(layout, _constants(tree, name)))


def with_constants(layout: Layout, values: Mapping[str, str]) -> Layout:
    """The layout with further constants, as `--set KEY=VALUE` gives them; `time_zone` and `calendar` too.

    Raises:
        LayoutError: a key is not a column that may be constant, or a limit cannot be read.
    """
    known = (*keys.CONSTANTS, "time_zone", "calendar")
    only_known(values, known, layout.name, "constants")
    constants = {key: value for key, value in values.items() if key in keys.CONSTANTS}
    for name in ("statutory", "promised"):
        parts = [constants[key] for key in (f"{name}_limit", f"{name}_length", f"{name}_unit") if key in constants]
        if parts and limit_of(" ".join(parts)) is None:
            raise LayoutError(
                f"layout '{layout.name}': '{' '.join(parts)}' is not a {name} limit.",
                hint=f'write {name}_limit = "20 working_days"; units: {", ".join(UNITS)}',
            )
    return _with_known_zone(
        dataclasses.replace(
            layout,
            constants={**layout.constants, **constants},
            time_zone=values.get("time_zone", layout.time_zone),
            calendar=values.get("calendar", layout.calendar),
        )
    )


_SECTIONS = ("event", "case", "case_extra", "constants", "office_hours", "table")
_NAME = re.compile(r"\w+")


def _tables(tree: Mapping[str, Any], form: str, name: str) -> dict[str, TableSource]:
    if "table" not in tree:
        origin, entry = (
            parted(tree.get("event", {}), name, "event") if form == "database" else ({}, tree.get("event", {}))
        )
        standard = (keys.XES_EVENT, keys.XES_CASE) if form == "xes" else ({}, {})
        event = {**standard[0], **_columns(entry, "events", name, "event")}
        case = {**standard[1], **_columns(tree.get("case", {}), "cases", name, "case")}
        if form == "xes":  # a case is a trace
            case["case_id"] = event.pop("case_id", case["case_id"])
        elif "case_id" in case:
            raise LayoutError(f"layout '{name}': [case] has no case_id of its own.", hint="name it under [event]")
        return {"events": TableSource(event, origin=origin), "cases": TableSource(case)}
    if "event" in tree or "case" in tree:
        raise LayoutError(
            f"layout '{name}' has both [table] and [event] or [case].",
            hint="with tables: [table.events], [table.cases]",
        )
    if form == "xes":
        raise LayoutError(f"layout '{name}': an XES log has no tables.", hint="use [event] and [case]")
    only_known(table_of(tree["table"], name, "table"), tuple(keys.TABLE_COLUMNS), name, "table")
    return {table: _table(entry, table, name, form) for table, entry in tree["table"].items()}


def _table(entry: Any, table: str, name: str, form: str) -> TableSource:
    section = f"table.{table}"
    if form == "database":
        origin, rest = parted(entry, name, section)
        return TableSource(_columns(rest, table, name, section), f"{table}.parquet", origin)
    columns = _columns(entry, table, name, section, extra=("file",))
    if "file" not in columns:
        raise LayoutError(f"layout '{name}': [{section}] names no file.", hint=f'add file = "{table}.csv"')
    file = columns.pop("file")
    return TableSource(columns, file)


def _columns(entry: Any, table: str, name: str, section: str, extra: tuple[str, ...] = ()) -> dict[str, str]:
    only_known(table_of(entry, name, section), (*extra, *keys.TABLE_COLUMNS[table]), name, section)
    return {
        key: _joint(value, name, section) if key == "case_id" else text_of(value, name, f"{section}.{key}")
        for key, value in entry.items()
    }


def _joint(value: Any, name: str, section: str) -> str:
    """A case's id may be several columns together, such as a permit and the department that reviews it."""
    parts = value if isinstance(value, list) and value else [value]
    return keys.JOINT.join(text_of(part, name, f"{section}.case_id") for part in parts)


def _texts(tree: Mapping[str, Any], section: str, name: str) -> dict[str, str]:
    entry = table_of(tree.get(section, {}), name, section)
    return {key: text_of(value, name, f"{section}.{key}") for key, value in entry.items()}


def _constants(tree: Mapping[str, Any], name: str) -> dict[str, str]:
    entry = table_of(tree.get("constants", {}), name, "constants")
    only_known(entry, keys.CONSTANTS, name, "constants")
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in entry.items()}


def _checked(layout: Layout) -> Layout:
    where = f"layout '{layout.name}'"
    if layout.format not in keys.FORMATS:
        raise LayoutError(
            f"{where}: format '{layout.format}' is not read.", hint=f"supported: {', '.join(keys.FORMATS)}"
        )
    if layout.verdict_by not in keys.VERDICTS:
        raise LayoutError(
            f"{where}: verdict_by '{layout.verdict_by}' is unknown.", hint=f"known: {', '.join(keys.VERDICTS)}"
        )
    if layout.format == "database" and layout.time_zone is None:
        raise LayoutError(
            f"{where} names no time_zone, and a database's stamps have none of their own.",
            hint='add time_zone = "Asia/Shanghai"',
        )
    _check_encoding(layout)
    _check_extra(layout)
    _check_required(layout)
    return layout


def _check_encoding(layout: Layout) -> None:
    try:
        codecs.lookup(layout.encoding or "utf-8")
    except LookupError:
        raise LayoutError(
            f"layout '{layout.name}': encoding '{layout.encoding}' is unknown.",
            hint="leave it out for UTF-8 or GB18030, which are told apart by themselves",
        ) from None


def _check_extra(layout: Layout) -> None:
    for column in layout.case_extra:
        if column in keys.TAKEN_BY_CASES or not _NAME.fullmatch(column):
            raise LayoutError(
                f"layout '{layout.name}': [case_extra] cannot name a column '{column}'.",
                hint="letters, digits and _ only, and none of the contract's own columns",
            )


def _check_required(layout: Layout) -> None:
    if "events" not in layout.tables:
        raise LayoutError(f"layout '{layout.name}' has no events.", hint="add [table.events]")
    for table, source in layout.tables.items():
        for column in keys.REQUIRED_COLUMNS[table]:
            elsewhere = (layout.format == "xes" and column == "case_id") or (
                not layout.has_files and table == "cases" and column == "case_id"
            )
            given = column in source.columns or (
                table == "events" and column in set(keys.EVENT_CONSTANTS) & set(layout.constants)
            )
            if not (given or elsewhere):
                section = f"table.{table}" if layout.has_files else "event"
                raise LayoutError(
                    f"layout '{layout.name}': [{section}] names no column for '{column}'.",
                    hint=f'add {column} = "the export\'s column"',
                )


def _with_known_zone(layout: Layout) -> Layout:
    if layout.time_zone is not None and not is_time_zone(layout.time_zone):
        raise LayoutError(
            f"layout '{layout.name}': time_zone '{layout.time_zone}' is unknown.",
            hint='use an IANA name such as "Asia/Shanghai"',
        )
    return layout
