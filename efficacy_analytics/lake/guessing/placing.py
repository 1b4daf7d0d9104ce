"""Where do the columns of a sample belong? Placed by name, by what their values are, and by how many there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from efficacy_analytics.lake.cells.stamps import EITHER
from efficacy_analytics.lake.guessing.known_headers import APPLIED, CALLED, DUE, LENGTHS, LIMITS, NAMES
from efficacy_analytics.lake.guessing.layout_text import Note, toml
from efficacy_analytics.lake.guessing.named_columns import (
    are_limits,
    columns_of,
    is_called_a_limit,
    needed_columns,
    plain_name,
    ranked_columns,
)
from efficacy_analytics.lake.guessing.proposals import (
    alternatives,
    distinct,
    group_candidates,
    has_too_many,
    is_called_after,
)
from efficacy_analytics.lake.guessing.samples import Sample
from efficacy_analytics.lake.guessing.stamps_of_samples import ENOUGH_READABLE_SHARE, said_of_form
from efficacy_analytics.lake.guessing.units_in_names import OF_THE_LAW, lengths_with_unit
from efficacy_analytics.lake.layouts.keys import LIMIT_PARTS
from efficacy_analytics.lake.notices import Count

GROUPS = ("department", "item")
MOST_STEPS, FEWEST_ROWS = 200, 5
"""Different values of a column of steps at most, and rows for each of them at least."""
SINCE_1970 = r"^1[0-9]{9}([0-9]{3})?$"
LIKE_A_DATE = r"^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}( [0-9:.]+)?$"
A_STATE = r"status|(^|_)(state|zustand|stand|stato)(_|$)|状态"
NO_NAME = "no name of ours is like it"
NO_UNIT = (
    "a limit is a length with its unit, such as 10个工作日 or 10 working days, or a column of each; "
    "the unit of a column of numbers may be a constant, such as promised_unit"
)


@dataclass
class Placed:
    """A sample whose columns have been placed.

    Attributes:
        sample: the sample.
        table: the table of the contract that it gives.
        columns: our column to the export's.
        case: of events: the columns of the case on their rows.
        left: the export's columns without a place, and why.
        offered: our column to further columns of the export that could be meant.
        offered_of_case: the same, of the columns of the case on rows of events.
        confirmed: our column to what is to be confirmed of it.
        read: what is to be confirmed of how its columns of times are read.
        units: our column of a unit to the one that all lengths have, as their name says.
    """

    sample: Sample
    table: str
    columns: dict[str, str]
    case: dict[str, str] = field(default_factory=dict)
    left: dict[str, Note] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    offered_of_case: dict[str, list[str]] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)
    read: list[Note] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)

    @property
    def repeated_count(self) -> Count:
        """Of rows that are whole requests: how many cases have several."""
        if self.table != "events" or "activity" in self.columns or "case_id" not in self.columns:
            return Count(0)
        ids = self.sample.rows.unique()[self.columns["case_id"]].drop_nulls()
        return Count(ids.filter(ids.is_duplicated()).n_unique())

    @property
    def has_place(self) -> set[str]:
        """The export's columns that are placed or offered."""
        offered = [*self.offered.values(), *self.offered_of_case.values()]
        return {*self.columns.values(), *self.case.values(), *(name for names in offered for name in names)}


def placed_of(
    sample: Sample,
    times: Mapping[str, str],
    forms: Mapping[str, Sequence[str]],
    *,
    carries_cases: bool,
    table: str | None = None,
) -> Placed:
    """A sample with its columns placed, offered or left.

    Args:
        sample: the sample.
        times: its columns of times to their formats.
        forms: its columns of times to all formats that read them.
        carries_cases: whether its rows, if they are events, may carry the columns of their case: no other table does.
        table: the table it gives, where that is known.
    """
    table = table or _table_of(sample, times, carries_cases=carries_cases)
    columns = columns_of(sample.rows, table, times)
    is_of_cases = table == "events" and carries_cases
    placed = Placed(sample, table, columns)
    if is_of_cases and "case_id" in columns and "activity" not in columns:
        _place_activity(placed, times)
    if is_of_cases and "activity" not in columns:
        _place_start(sample, columns, times)
    if is_of_cases and "case_id" in columns and "activity" in columns:
        _place_times_of_steps(placed, times)
    if is_of_cases and "case_id" in columns:
        _place_case(placed, times)
        _place_limit(placed, times)
        _place_lengths(placed, placed.case, [name for name in sample.rows.columns if is_of_case(placed, name)])
    if table in ("cases", "items"):
        _place_lengths(placed, placed.columns, sample.rows.columns)
    if is_of_cases and "case_id" in columns and "activity" not in columns:
        _place_days_of_requests(placed)
    _leave_ambiguous(placed, times, forms)
    _offer(placed, times, is_of_cases=is_of_cases)
    for name in sample.rows.columns:
        if name in times and name in {*columns.values(), *placed.case.values()}:
            said = said_of_form(sample.rows[name], times[name])
            placed.read += [Note(name, said, is_placed=True)] if said else []
        if name not in placed.has_place and name not in placed.left:
            kind = kind_of(sample.rows[name], times.get(name))
            reason = NO_UNIT if is_called_a_limit(name) else _why_no_time(placed, name, times) or NO_NAME
            placed.left[name] = Note(name, f"{kind}; {reason}", reason)
    return placed


def _why_no_time(placed: Placed, name: str, times: Mapping[str, str]) -> str | None:
    """Of a column that is called after a time of ours and has no place: that its values are no times."""
    as_time = ranked_columns(placed.sample.rows.select(name), placed.table, {name: ""})
    if name in times or not as_time:
        return None
    return f"called like {as_time[0][0]}, but more than one in twenty of its values cannot be read as a time"


def _leave_ambiguous(placed: Placed, times: Mapping[str, str], forms: Mapping[str, Sequence[str]]) -> None:
    for name in (name for name in forms if name not in times):
        formats = " or ".join(toml(form.split(EITHER) if EITHER in form else form) for form in forms[name])
        reason = f"day and month could be either; place it yourself, with time_format = {formats}"
        placed.left[name] = Note(name, reason)


def _offer(placed: Placed, times: Mapping[str, str], *, is_of_cases: bool) -> None:
    """Offers what could be meant as well: by its name, and where a group of cases has no place by its cardinality."""
    rows, taken = placed.sample.rows, {*placed.has_place, *placed.left}
    placed.offered |= alternatives(placed.columns, ranked_columns(rows, placed.table, times), taken)
    if is_of_cases:
        whole = [name for name in rows.columns if name not in placed.has_place and is_of_case(placed, name)]
        ranked = ranked_columns(rows.select(whole), "cases", times)
        placed.offered_of_case = alternatives(placed.case, ranked, {*placed.has_place, *placed.left})
    if "case_id" in placed.columns and (is_of_cases or placed.table == "cases"):
        place_groups(placed, times, placed.case if is_of_cases else placed.columns)


def is_of_case(placed: Placed, name: str) -> bool:
    """Whether a column is the same on all rows of a case."""
    case_id = placed.columns.get("case_id")
    return case_id is not None and case_id != name and not _differing_count(placed, name)


def _differing_count(placed: Placed, name: str) -> int:
    """Of how many cases a column differs on the rows."""
    case_id = placed.columns["case_id"]
    if name == case_id:
        return 0
    ids = placed.sample.rows.select(case_id, name).drop_nulls().unique()[case_id]
    return ids.filter(ids.is_duplicated()).n_unique()


def place_groups(placed: Placed, times: Mapping[str, str], columns: dict[str, str]) -> None:
    """Department and item of the cases by cardinality, where no name tells them."""
    rows, case_id = placed.sample.rows, placed.columns["case_id"]
    offered = placed.offered if columns is placed.columns else placed.offered_of_case
    for column in GROUPS:
        name = columns.get(column)
        if name and has_too_many(rows, case_id, name):
            reason = f"would be {column}, but has {distinct(rows, name):,} different values: no group of cases"
            placed.left[name] = Note(name, reason)
            del columns[column]
    free = [name for name in rows.columns if name not in {*placed.has_place, *placed.left, *times}]
    for column, names in group_candidates(rows, case_id, free).items():
        names = [name for name in names if name not in placed.has_place]
        if column in columns or (column == "department" and column in placed.columns) or not names:
            continue
        named = [name for name in names if is_called_after(column, name)]
        if len(named) == 1:
            columns[column] = named[0]
            placed.confirmed[column] = f"{_told_values(rows, named[0])}, by their number"
        else:
            offered.setdefault(column, []).extend(names)


def _place_activity(placed: Placed, times: Mapping[str, str]) -> None:
    """Where rows of a case have times of their own, the one text of few values that changes with them is the step.

    Of several it is the one that is called after the state of a case: each row is then a change of it.
    """
    rows, columns = placed.sample.rows, placed.columns
    if all(is_of_case(placed, name) for name in times if not re.search(DUE, plain_name(name))):
        return
    free = [name for name in rows.columns if name not in {*columns.values(), *times}]
    found = [name for name in free if _is_of_steps(placed, name)]
    named = [name for name in found if re.search(A_STATE, plain_name(name))]
    if len(named) == 1:
        found = named
    if len(found) == 1:
        columns["activity"] = found[0]
        placed.confirmed["activity"] = f"{_told_values(rows, found[0])} that change within a case"
    elif found:
        placed.offered["activity"] = found


def _is_of_steps(placed: Placed, name: str) -> bool:
    """Whether a column may name steps: a text of few values, each of many rows, that differs within cases."""
    rows = placed.sample.rows
    count = distinct(rows, name)
    is_text = kind_of(rows[name], None).startswith("texts")
    return is_text and 1 < count <= MOST_STEPS and count * FEWEST_ROWS <= rows.height and not is_of_case(placed, name)


def _place_start(sample: Sample, columns: dict[str, str], times: Mapping[str, str]) -> None:
    """Where a row is a whole request, its acceptance or application is its start: else open ones would be none."""
    placed = {column: name for column, name in columns.items() if column != "started_at"}
    left = [name for name in sample.rows.columns if name not in placed.values()]
    others = columns_of(sample.rows.select(left), "cases", times)
    beginning = others.get("accepted_at", others.get("applied_at"))
    if beginning:
        columns["started_at"] = beginning


def _place_times_of_steps(placed: Placed, times: Mapping[str, str]) -> None:
    """A time that is the same on all rows of a case is the case's, where another one differs from step to step."""
    rows, taken = placed.sample.rows, placed.columns
    differing = [name for name in rows.columns if name in times and not is_of_case(placed, name)]
    for column in ("completed_at", "started_at"):
        name = taken.get(column)
        if name in differing or (name is None and (column == "started_at" or taken.get("started_at"))):
            continue
        free = [other for other in differing if other not in taken.values()]
        called = [other for ours, other in ranked_columns(rows.select(free), placed.table, times) if ours == column]
        better = called[:1] or (free if column == "completed_at" and len(free) == 1 else [])
        if better:
            taken[column] = better[0]
            placed.confirmed[column] = (
                f"{toml(name)} is the same on all rows of a case"
                if name
                else "no other time differs on the rows of a case"
            )


def _place_days_of_requests(placed: Placed) -> None:
    """Where a row is a whole request, its start and completion are those of the case, also if the step is refused.

    A time that differs on the rows of more than a few cases is none of the case: these rows are steps, of whatever.
    """
    case_count = placed.sample.rows[placed.columns["case_id"]].n_unique()
    most = (1 - ENOUGH_READABLE_SHARE) * case_count
    of_case = {column: name for column, name in placed.columns.items() if _differing_count(placed, name) <= most}
    begins = of_case.get("started_at")
    if begins and not re.search("|".join(APPLIED), plain_name(begins)):
        placed.case.setdefault("accepted_at", begins)
    elif begins:
        placed.case.setdefault("applied_at", begins)
    if "completed_at" in of_case:
        placed.case["completed_at"] = of_case["completed_at"]


def _table_of(sample: Sample, times: Mapping[str, str], *, carries_cases: bool) -> str:
    """The table of the contract that a sample gives: one whose columns it has, and that it is called after."""
    scores = {}
    for table in NAMES:
        columns = columns_of(sample.rows, table, times)
        has_needed = all(column in columns for column in needed_columns(table))
        is_called = bool(re.search(CALLED[table], sample.name.lower()))
        scores[table] = (has_needed, is_called, len(columns))
    if scores["events"][0] and (carries_cases or _has_steps(sample, times)):
        return "events"
    best = max(scores, key=lambda table: scores[table])
    return "events" if carries_cases and best == "cases" else best


def _has_steps(sample: Sample, times: Mapping[str, str]) -> bool:
    """Whether rows of one case name different activities, however much they repeat of their case."""
    columns = columns_of(sample.rows, "events", times)
    return "activity" in columns and _differing_count(Placed(sample, "events", columns), columns["activity"]) > 0


def activity_constant(placed: Placed) -> dict[str, str]:
    """The constant of events that name no activity: each row is then one step of its case."""
    return {"activity": "request"} if placed.table == "events" and "activity" not in placed.columns else {}


def _place_case(placed: Placed, times: Mapping[str, str]) -> None:
    """The columns of the case that stand on the rows of events, if they are the same on all rows of a case."""
    rows = placed.sample.rows
    case_id = placed.columns["case_id"]
    taken = {name for column, name in placed.columns.items() if column != "department"}
    for column, name in columns_of(rows.select(pl.exclude(*taken)), "cases", times).items():
        values = rows.select(case_id, name).drop_nulls().unique()
        if values[case_id].is_duplicated().any():
            reason = f"would be {column} of the case, but differs on the rows of one case"
            placed.left.setdefault(name, Note(name, reason))
        elif column != "case_id":
            placed.case[column] = name
            if placed.columns.get("department") == name:
                del placed.columns["department"]


def _place_limit(placed: Placed, times: Mapping[str, str]) -> None:
    """The one column of the case whose values all read as limits is one, whatever it is called."""
    if any(column in placed.case for column in (*LIMITS, *LENGTHS)):
        return
    rows, taken = placed.sample.rows, {*placed.columns.values(), *placed.case.values(), *times}
    free = [name for name in rows.columns if name not in taken and are_limits(rows[name]) and is_of_case(placed, name)]
    if len(free) == 1:
        column = "statutory_limit" if re.search(OF_THE_LAW, plain_name(free[0])) else "promised_limit"
        placed.case[column] = free[0]
        placed.confirmed[column] = "its values read as limits"


def _place_lengths(placed: Placed, columns: dict[str, str], names: Sequence[str]) -> None:
    """Lengths of limits whose unit stands in their name."""
    free = [name for name in names if name not in placed.has_place]
    for name, limit, unit in lengths_with_unit(placed.sample.rows, free):
        if not any(f"{limit}_{part}" in columns for part in LIMIT_PARTS):
            columns[f"{limit}_length"], placed.units[f"{limit}_unit"] = name, unit
            placed.confirmed[f"{limit}_length"] = f"all in {unit}, as its name says"


def offers_of(offered: Mapping[str, Sequence[str]], rows: pl.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """The columns that could be meant as well, as entries, with how many values a group has."""
    return {
        column: [(toml(name), _told_values(rows, name) if column in GROUPS else "") for name in names]
        for column, names in offered.items()
    }


def _told_values(rows: pl.DataFrame, name: str) -> str:
    count = Count(distinct(rows, name))
    return f"{count} different {count:value|values}"


def kind_of(column: pl.Series, form: str | None) -> str:
    texts = column.drop_nulls()
    if texts.is_empty():
        return "empty"
    if form is not None:
        return "times"
    if texts.str.contains(SINCE_1970).all():
        return "numbers like seconds since 1970, which are not read: export them as dates"
    if texts.str.contains(r"^[+-]?\d+([.,]\d+)?$").all():
        return "numbers"
    count, rows = Count(texts.n_unique()), Count(texts.len())
    dates = texts.str.contains(LIKE_A_DATE)
    if dates.all():
        return "days written in several ways; a spreadsheet may have swapped day and month of some"
    return f"texts, {count} different {count:one|ones} in {rows} {rows:row|rows}"
