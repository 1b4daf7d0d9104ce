"""Where do the contract's columns stand in this export? A layout file says so.

A layout is a TOML file, found by its name in the lake's `reference/layouts/`, else by its path. Whatever
it does not know is an error: a key that is silently ignored is a column that is silently missing.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.cells.stamps import EITHER, is_time_zone
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.lake.layouts.checks import case_columns, check_constant_limits, checked
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.office_hours import checked_hours
from efficacy_analytics.lake.layouts.personal_columns import check_no_constant, personal_columns
from efficacy_analytics.lake.layouts.sources import Named, TableSource, table_source, values_of, with_cases, written
from efficacy_analytics.lake.layouts.values import line_of, only_known, table_of, text_of, texts_of, yes_or_no_of
from efficacy_analytics.settings import AS_SHIPPED, CHECKOUT, reference_directory


def layout_files(lake: Path) -> dict[str, Path]:
    """The layouts of the lake's and the project's reference, by name; the lake's own go first."""
    folders = [CHECKOUT / "data_lake" / "reference" / "layouts", reference_directory(lake) / "layouts"]
    found = {file.stem: file for folder in folders for file in folder.glob("*.toml")}
    return dict(sorted(found.items()))


def layout_file(name: str, lake: Path) -> Path:
    """The file of the layout of that name, else the layout file at that path.

    Raises:
        LayoutError: there is no such layout.
    """
    known = layout_files(lake)
    found = known.get(name, Path(name))
    if not found.is_file():
        raise LayoutError(f"there is no layout '{name}'.", hint=f"known: {', '.join(known)}; or the path of a file")
    return found


def layout_named(name: str, lake: Path, *, calendar: str = AS_SHIPPED.clock.calendar) -> Layout:
    """The layout of that name in the lake's or the project's reference, else the layout file at that path.

    Args:
        name: a layout's name, or a path.
        lake: the lake's folder.
        calendar: the calendar of a layout that names none.

    Raises:
        LayoutError: there is no such layout, or it cannot be used as it is written.
    """
    found = layout_file(name, lake)
    try:
        return parsed_layout(found.read_text(encoding="utf-8"), found.stem, calendar=calendar)
    except UnicodeDecodeError:
        raise LayoutError(f"layout '{name}' is not UTF-8 text.", hint="save the file as UTF-8") from None


def parsed_layout(text: str, name: str, *, calendar: str = AS_SHIPPED.clock.calendar) -> Layout:
    """A layout from the text of its TOML file; `calendar` is that of a layout that names none.

    Raises:
        LayoutError: not TOML, a key unknown, of the wrong type or missing, or a value that cannot be.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise LayoutError(f"layout '{name}' is not TOML: {fault}.", hint="correct the line it names") from None
    only_known(tree, keys.TOP_KEYS, name, "")
    plain = {key: text_of(tree[key], name, key) for key in keys.TOP_KEYS if key in tree and key not in _NOT_PLAIN}
    tables = _tables(tree, plain.get("format", ""), name)
    layout = Layout(
        name=name,
        tables=tables,
        case_extra=tables["cases"].case_extra if "cases" in tables else {},
        office_hours=checked_hours(tree.get("office_hours", {}), name),
        format=plain.get("format", ""),
        calendar=plain.get("calendar", calendar),
        time_zone=plain.get("time_zone"),
        verdict_by=plain.get("verdict_by", "date"),
        activity_labels=plain.get("activity_labels"),
        encodings=tuple(texts_of(tree["encoding"], name, "encoding")) if "encoding" in tree else (),
        delimiter=plain.get("delimiter"),
        source_name=plain.get("source"),
        adds=yes_or_no_of(tree.get("adds", False), name, "adds"),
        step_order=plain.get("order", "start"),
        header_line=line_of(tree.get("header_line"), name, "header_line"),
        sheet=plain.get("sheet"),
        time_format=EITHER.join(texts_of(tree["time_format"], name, "time_format")) if "time_format" in tree else None,
        personal=personal_columns(tree, [*(tables["cases"].case_extra if "cases" in tables else ())], name),
    )
    return checked(with_constants(layout, _constants(tree, name)))


def with_constants(layout: Layout, values: Mapping[str, str]) -> Layout:
    """The layout with further constants, as `--set KEY=VALUE` gives them; `time_zone` and `calendar` too.

    Raises:
        LayoutError: a key is not a column that may be constant, or a limit cannot be read.
    """
    known = (*keys.CONSTANTS, "time_zone", "calendar")
    only_known(values, known, layout.name, "constants")
    constants = {key: value for key, value in values.items() if key in keys.CONSTANTS}
    check_no_constant(layout.personal, constants, layout.name)
    check_constant_limits(constants, case_columns(layout), layout.name)
    return _with_known_zone(
        dataclasses.replace(
            layout,
            constants={**layout.constants, **constants},
            time_zone=values.get("time_zone", layout.time_zone),
            calendar=values.get("calendar", layout.calendar),
        )
    )


_NOT_PLAIN = (
    *("event", "case", "case_extra", "constants", "office_hours", "table"),
    *("adds", "encoding", "header_line", "time_format", "personal", "values"),
)


def _tables(tree: Mapping[str, Any], form: str, name: str) -> dict[str, TableSource]:
    if "table" not in tree:
        return _one_table(tree, form, name)
    if "event" in tree or "case" in tree:
        raise LayoutError(
            f"layout '{name}' has both [table] and [event] or [case].",
            hint="with tables: [table.events], [table.cases]",
        )
    if form == "xes":
        raise LayoutError(f"layout '{name}': an XES log has no tables.", hint="use [event] and [case]")
    only_known(table_of(tree["table"], name, "table"), tuple(keys.TABLE_COLUMNS), name, "table")
    tables = {table: table_source(entry, table, name, form) for table, entry in tree["table"].items()}
    return with_cases(tables, tree.get("case_extra", {}), name)


def _one_table(tree: Mapping[str, Any], form: str, name: str) -> dict[str, TableSource]:
    """Events and cases of one layout without tables: rows that carry their case, or a log of traces."""
    standard = (keys.XES_EVENT, keys.XES_CASE) if form == "xes" else ({}, {})
    named = Named(name)
    event, case = dict(standard[0]), dict(standard[1])
    for columns, section, table in ((event, "event", "events"), (case, "case", "cases")):
        entry = table_of(tree.get(section, {}), name, section)
        only_known(entry, written(table), name, section)
        columns.update(named.columns(entry, section))
    extra = named.columns(table_of(tree.get("case_extra", {}), name, "case_extra"), "case_extra")
    if form == "xes":  # a case is a trace
        case["case_id"] = event.pop("case_id", case["case_id"])
    elif "case_id" in case:
        raise LayoutError(f"layout '{name}': [case] has no case_id of its own.", hint="name it under [event]")
    values = values_of(tree.get("values", {}), "events", name, "")
    naming = {"others": named.others, "may_lack": tuple(named.may_lack)}
    of_rows = {} if form == "xes" else {"case": case}
    return {
        "events": TableSource(event, case_extra=extra, values=values, **of_rows, **naming),  # type: ignore[arg-type]
        "cases": TableSource(case, case_extra=extra, values=values, **naming),  # type: ignore[arg-type]
    }


def _constants(tree: Mapping[str, Any], name: str) -> dict[str, str]:
    entry = table_of(tree.get("constants", {}), name, "constants")
    only_known(entry, keys.CONSTANTS, name, "constants")
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in entry.items()}


def _with_known_zone(layout: Layout) -> Layout:
    if layout.time_zone is not None and not is_time_zone(layout.time_zone):
        raise LayoutError(
            f"layout '{layout.name}': time_zone '{layout.time_zone}' is unknown.",
            hint='use an IANA name such as "Asia/Shanghai"',
        )
    return layout
