"""Where do the columns of a sample belong? Placed by name, by what their values are, and by how many there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from efficacy_analytics.lake.cells.stamps import EITHER
from efficacy_analytics.lake.guessing.known_headers import APPLIED, CALLED, DUE, HAPPENED, NAMES, TRADITIONAL
from efficacy_analytics.lake.guessing.layout_text import Note, toml
from efficacy_analytics.lake.guessing.proposals import (
    alternatives,
    distinct,
    group_candidates,
    has_too_many,
    is_called_after,
)
from efficacy_analytics.lake.guessing.samples import Sample
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.lake.notices import Count

TIME_ENDINGS = ("_at", "_on", "_from", "_until")
GROUPS = ("department", "item")
MOST_STEPS, FEWEST_ROWS = 200, 5
"""Different values of a column of steps at most, and rows for each of them at least."""
SINCE_1970 = r"^1[0-9]{9}([0-9]{3})?$"
LIKE_A_DATE = r"^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}( [0-9:.]+)?$"
NO_NAME = "no name of ours is like it"


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
    """

    sample: Sample
    table: str
    columns: dict[str, str]
    case: dict[str, str] = field(default_factory=dict)
    left: dict[str, Note] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    offered_of_case: dict[str, list[str]] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)

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
    if is_of_cases and "case_id" in columns and "activity" not in columns:
        _place_days_of_requests(placed)
    _leave_ambiguous(placed, times, forms)
    _offer(placed, times, is_of_cases=is_of_cases)
    for name in sample.rows.columns:
        if name not in placed.has_place and name not in placed.left:
            placed.left[name] = Note(name, f"{kind_of(sample.rows[name], times.get(name))}; {NO_NAME}", NO_NAME)
    return placed


def is_table_of_cases(placed: Placed) -> bool:
    """Whether rows taken for events are whole cases, of which the steps stand elsewhere: one row each, none a step.

    A row that stands twice, value by value, is one row.
    """
    if placed.table != "events" or "activity" in placed.columns or "case_id" not in placed.columns:
        return False
    return placed.repeated_count == 0


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
    if case_id is None or case_id == name:
        return False
    return not placed.sample.rows.select(case_id, name).drop_nulls().unique()[case_id].is_duplicated().any()


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
    """Where rows of a case have times of their own, the one text of few values that changes with them is the step."""
    rows, columns = placed.sample.rows, placed.columns
    if not any(name in times and not is_of_case(placed, name) for name in columns.values()):
        return
    free = [name for name in rows.columns if name not in {*columns.values(), *times}]
    found = [name for name in free if _is_of_steps(placed, name)]
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
    rows = placed.sample.rows
    differing = [name for name in rows.columns if name in times and not is_of_case(placed, name)]
    for column in ("completed_at", "started_at"):
        name = placed.columns.get(column)
        if name is None or name in differing:
            continue
        free = [other for other in differing if other not in placed.columns.values()]
        called = [other for ours, other in ranked_columns(rows.select(free), placed.table, times) if ours == column]
        better = called[:1] or (free if column == "completed_at" and len(free) == 1 else [])
        if better:
            placed.columns[column] = better[0]
            placed.confirmed[column] = f"{toml(name)} is the same on all rows of a case"


def _place_days_of_requests(placed: Placed) -> None:
    """Where a row is a whole request, its start and completion are those of the case, also if the step is refused."""
    begins = placed.columns.get("started_at")
    if begins and not re.search("|".join(APPLIED), _plain(begins)):
        placed.case.setdefault("accepted_at", begins)
    elif begins:
        placed.case.setdefault("applied_at", begins)
    if "completed_at" in placed.columns:
        placed.case["completed_at"] = placed.columns["completed_at"]


def _table_of(sample: Sample, times: Mapping[str, str], *, carries_cases: bool) -> str:
    """The table of the contract that a sample gives: one whose columns it has, and that it is called after."""
    scores = {}
    for table in NAMES:
        columns = columns_of(sample.rows, table, times)
        has_needed = all(column in columns for column in needed_columns(table))
        is_called = bool(re.search(CALLED[table], sample.name.lower()))
        scores[table] = (has_needed, is_called, len(columns))
    if carries_cases and scores["events"][0]:
        return "events"
    best = max(scores, key=lambda table: scores[table])
    return "events" if carries_cases and best == "cases" else best


def needed_columns(table: str) -> list[str]:
    """The columns that must be found: an activity may be constant."""
    constant = keys.EVENT_CONSTANTS if table == "events" else ()
    return [column for column in keys.REQUIRED_COLUMNS[table] if column not in constant]


def columns_of(rows: pl.DataFrame, table: str, times: Mapping[str, str]) -> dict[str, str]:
    """Our columns of a table to the export's, each of which is taken once: the surest names first."""
    found: dict[str, str] = {}
    for column, name in ranked_columns(rows, table, times):
        if column not in found and name not in found.values():
            found[column] = name
    halves = [{f"{name}_length", f"{name}_unit"} for name in ("statutory", "promised")]
    alone = {half for pair in halves if not pair <= found.keys() for half in pair}  # a length is none without its unit
    return {column: found[column] for column in NAMES[table] if column in found and column not in alone}


def ranked_columns(rows: pl.DataFrame, table: str, times: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of a column of ours and one of the export's whose name fits it, the surest first."""
    ranked = sorted(
        (rank, place, name, column)
        for column, patterns in NAMES[table].items()
        for rank, pattern in enumerate((f"^{column}$", *patterns))
        for place, name in enumerate(rows.columns)
        if re.search(pattern, _plain(name)) and _can_be(column, name, times)
    )
    return [(column, name) for _, _, name, column in ranked]


def _can_be(column: str, name: str, times: Mapping[str, str]) -> bool:
    """Whether a column of the export may be one of ours: of times or not, and no time ahead for what has happened."""
    lies_ahead = column in HAPPENED and re.search(DUE, _plain(name))
    return column.endswith(TIME_ENDINGS) == (name in times) and not lies_ahead


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
    if form is None and dates.all() and texts.str.contains(r"^[0-9]{4}-").n_unique() > 1:
        return "days written in several ways; a spreadsheet may have swapped day and month of some"
    return f"texts, {count} different {count:one|ones} in {rows} {rows:row|rows}"


def _plain(name: str) -> str:
    """A name in lower case and in simplified characters, `_` between its words."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().translate(TRADITIONAL))
    return re.sub(r"[\s\-./]+", "_", split).lower().strip("_")
