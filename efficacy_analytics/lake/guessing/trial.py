"""Does a proposal hold on its own sample? The sample is taken in by it, and no column stays that refuses its rows.

The rows of the first cases are read, judged and held together just as a delivery is, in a folder that goes with the
trial. A column by which more than a few of the rows are refused loses its place; what is refused for another reason is
told with the proposal.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from efficacy_analytics.errors import InputRefusedError, LayoutError
from efficacy_analytics.lake.contract.refusal_rules import REASONS
from efficacy_analytics.lake.guessing.layout_text import Note, Section, written
from efficacy_analytics.lake.guessing.named_columns import needed_columns
from efficacy_analytics.lake.guessing.placing import Placed, activity_constant
from efficacy_analytics.lake.guessing.stamps_of_samples import ENOUGH_READABLE_SHARE
from efficacy_analytics.lake.intake.delivery_run import run_delivery
from efficacy_analytics.lake.intake.files import files_of
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.settings import Settings

MOST_CASES = 10_000
FAR: dt.date = dt.date(9998, 12, 31)
"""A day of delivery that refuses no row as of later."""
KEPT_KEYS = ("time_zone", "calendar", "verdict_by", "time_format")
REFUTES = {
    "ends_before_start": ("started_at",),
    "limit_not_readable": ("promised_limit", "statutory_limit", "promised_length", "statutory_length"),
    "answered_before_received": ("answered_at",),
    "stop_ends_before_it_starts": ("stopped_until_on",),
    "validity_ends_before_it_starts": ("valid_until",),
}
"""Which columns a rule refutes that is not called after one."""
TOLD_ELSEWHERE = ("_not_a_time", "_not_a_day", "row_twice")
"""Rules of which a few rows are told with the column they are of, or are nothing to decide."""


@dataclass(frozen=True)
class Refused:
    """How many rows of a table of the sample a rule refuses."""

    table: str
    rule: str
    count: int
    received_count: int

    @property
    def is_much(self) -> bool:
        """Whether they are more than a few."""
        return self.count > (1 - ENOUGH_READABLE_SHARE) * self.received_count

    def words(self) -> str:
        """A sentence's end: how many rows would be refused, and why."""
        count, received = Count(self.count), Count(self.received_count)
        return f"{count} of {received} {received:row|rows} of the sample would be refused: {REASONS[self.rule]}"


def hold_on_sample(placed: Sequence[Placed], top: Mapping[str, object], in_force: Settings) -> list[Note]:
    """Takes from their places the columns that refuse rows of the sample, and tells what else would be refused.

    Args:
        placed: the tables of the proposal; those that lose a column are changed.
        top: the keys of the whole layout.
        in_force: the settings by which the sample is taken in.
    """
    refused, tried = _refused(placed, top, in_force), set[tuple[int, str]]()
    while True:
        hits = (hit for one in refused if one.is_much for hit in _refuted(placed, one))
        found = next((hit for hit in hits if (id(hit[1]), hit[2]) not in tried), None)
        if found is None:
            return _told(refused)
        table, columns, column, cause = found
        tried.add((id(columns), column))
        before = dict(columns)
        name = columns.pop(column)
        without = _refused(placed, top, in_force)
        if sum(one.count for one in without) < sum(one.count for one in refused):
            table.confirmed.pop(column, None)
            table.left[name] = Note(name, f"would be {column}, but {cause.words()}")
            refused = without
        else:  # without it other rows are refused, such as those of what is under way
            columns.clear()
            columns.update(before)


def _told(refused: Sequence[Refused]) -> list[Note]:
    return [
        Note("", f"{one.table}: {one.words()}", is_placed=True)
        for one in refused
        if one.is_much or not one.rule.endswith(TOLD_ELSEWHERE)
    ]


def _refuted(placed: Sequence[Placed], refused: Refused) -> list[tuple[Placed, dict[str, str], str, Refused]]:
    """The columns that may lose their place by a rule: those it is called after, unless a table needs them.

    The start of a whole request is its acceptance or application: that it was decided before is a fact of the case.
    """
    found = []
    for one in placed:
        if refused.rule == "ends_before_start" and activity_constant(one):
            continue
        needed = needed_columns(one.table)
        for columns in (one.columns, one.case) if one.table == refused.table else ():
            called = REFUTES.get(refused.rule) or [name for name in columns if refused.rule.startswith(f"{name}_")]
            found += [
                (one, columns, name, refused)
                for name in called
                if name in columns and (columns is one.case or name not in needed)
            ]
    return found


def _refused(placed: Sequence[Placed], top: Mapping[str, object], in_force: Settings) -> list[Refused]:
    """What a delivery of the sample by the proposal refuses; nothing where the proposal is no layout yet."""
    usable = [one for one in placed if one.columns]
    with TemporaryDirectory(prefix="efficacy-guess-") as scratch:
        folder = Path(scratch)
        for name in ("sample", "work"):
            (folder / name).mkdir()
        ids = _first_cases(usable)
        for number, one in enumerate(usable):
            _rows_of(one, ids).write_csv(folder / "sample" / f"{number}.csv")
        kept = {"format": "csv", **{key: top[key] for key in KEPT_KEYS if key in top}}
        try:
            units = [Section("[constants]", one.units) for one in usable if one.case]
            sections = [*(_section(*one) for one in enumerate(usable)), *units]
            layout = parsed_layout(written(kept, sections, []), "proposed")
            files = files_of([folder / "sample"], layout)
            run = run_delivery(
                layout, files, folder / "work", None, name="sample", key=None, delivered_on=FAR, in_force=in_force
            )
        except (LayoutError, InputRefusedError):
            return []
    return [
        Refused(table, rule, count, rows["received"])
        for table, rows in run.rows.items()
        for rule, count in rows["refused_by_rule"].items()
    ]


def _section(number: int, placed: Placed) -> Section:
    case = {"case": placed.case} if placed.case else {}
    constant = activity_constant(placed) | ({} if placed.case else placed.units)
    constants = {"constants": constant} if constant else {}
    return Section(f"[[table.{placed.table}]]", {"file": f"{number}.csv", **placed.columns, **case, **constants})


def _first_cases(placed: Sequence[Placed]) -> pl.Series:
    """The cases of the trial: the first of the table of cases, else of the first that names any."""
    of_cases = sorted((one for one in placed if "case_id" in one.columns), key=lambda one: one.table != "cases")
    ids = [one.sample.rows[one.columns["case_id"]].drop_nulls().unique(maintain_order=True) for one in of_cases[:1]]
    return ids[0].head(MOST_CASES) if ids else pl.Series([], dtype=pl.String)


def _rows_of(placed: Placed, ids: pl.Series) -> pl.DataFrame:
    rows = placed.sample.rows
    if "case_id" not in placed.columns:
        return rows
    return rows.filter(pl.col(placed.columns["case_id"]).is_in(ids.implode()))
