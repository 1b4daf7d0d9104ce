"""Works out, from what is published of a lake, what was not to be known: counts of 1 to 4, figures and names of few.

The attacker has every table of every edition, knows which item belongs to which department, how counts are moved and
by how much at most for all but a few, and does sums: along rows and columns, between tables, between periods and
between days. What it claims is held against the truth: only a claim that is true counts.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import polars as pl

FEW = range(1, 5)
ROWS = (
    ("case_count", ("completed_count", "open_count", "withdrawn_count")),
    ("withdrawn_count", ("withdrawn_late_count", "?withdrawn")),
    (
        "case_count",
        (
            *("judged_count", "not_yet_due_count", "green_lane_count", "not_judged_count", "not_accepted_count"),
            "?withdrawn",
        ),
    ),
    ("judged_count", ("late_count", "?in_time")),
    ("late_count", ("withdrawn_late_count", "?late_finished")),
    ("?in_time", ("by_extension_count", "?unextended")),
)
"""What adds up within a row of verdicts; "?" marks what no column counts."""
GROUPS = {"on_time": "department", "departments": "department", "on_time_by_item": "item", "on_time_by_month": "month"}
TIMES = {
    "bottlenecks": ("waiting_elapsed_seconds_total", "waiting_elapsed_seconds_mean", "transition_count"),
    "contributions": ("elapsed_seconds_total", "elapsed_seconds_mean", "part_count"),
}
PATHS = {
    "bottlenecks": ("activity", "next_activity", "time_kind"),
    "contributions": ("kind", "activity", "next_activity"),
}

Cell = tuple[Any, ...]
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Edition:
    """What is published at one time of the cases of one period.

    Attributes:
        shown: the tables as published.
        raw: the same with nothing withheld, to judge by.
        period: the cases' period, empty for all.
        parts: the periods it is made up of.
        day: the number of the snapshot.
    """

    shown: Tables
    raw: Tables
    period: str = ""
    parts: Sequence[str] = ()
    day: int = 0


@dataclass
class Knowledge:
    """Cells as published and in truth, and what adds up: each line is a whole and its parts."""

    told: dict[Cell, int | None] = field(default_factory=dict)
    truth: dict[Cell, int] = field(default_factory=dict)
    lines: list[tuple[Cell, tuple[Cell, ...]]] = field(default_factory=list)

    def line(self, whole: Cell, parts: Sequence[Cell], rest: Cell | None = None) -> None:
        """Adds a sum; `rest` names what of the whole no published part counts."""
        if whole not in self.truth or any(part not in self.truth for part in parts):
            return
        if rest is not None:
            self.truth[rest] = self.truth[whole] - sum(self.truth[part] for part in parts)
            self.told.setdefault(rest, None)
        self.lines.append((whole, (*parts, rest) if rest is not None else tuple(parts)))


def recovered(editions: Sequence[Edition], department_of: Mapping[str, str], *, noise: int) -> list[str]:
    """What of small groups follows from what is published.

    Args:
        editions: all that was published.
        department_of: which item belongs to which department.
        noise: by how much a count may have been moved, as the attacker believes; 0: it takes them at their word.

    Returns:
        One line for each thing found out that is true.
    """
    known = Knowledge()
    for edition in editions:
        _read_groups(known, edition, department_of)
        _read_paths(known, edition)
    _join_periods(known, editions)
    _join_days(known, editions)
    found = [f"shown {cell}" for cell, value in known.told.items() if value in FEW and known.truth[cell] == value]
    for edition in editions:
        _exact_from_shares(known, edition)
    claims = _solved(known) | _bounded(known, noise)
    found += [
        f"count {cell} = {value}" for cell, value in claims.items() if value in FEW and known.truth[cell] == value
    ]
    for edition in editions:
        found += [*_figures_of_few(edition), *_rests_of_totals(edition), *_rare_names(edition)]
    return [*found, *_times_of_new_cases(editions)]


def _key(edition: Edition, *rest: Any) -> Cell:
    return (edition.period, edition.day, *rest)


def _counts(row: Mapping[str, Any]) -> dict[str, int | None]:
    return {name: value for name, value in row.items() if name.endswith("_count")}


def _read_groups(known: Knowledge, edition: Edition, department_of: Mapping[str, str]) -> None:
    """Verdicts of departments, items and months, their sums within a row and to the total."""
    groups: dict[str, set[Any]] = {}
    for table, level in GROUPS.items():
        if table not in edition.shown:
            continue
        shown = {row[level]: row for row in edition.shown[table].iter_rows(named=True)}
        for row in edition.raw[table].iter_rows(named=True):
            _read_row(known, edition, (level, row[level]), row, shown.get(row[level]))
            if row[level] in shown:
                groups.setdefault(level, set()).add(row[level])
    _read_total(known, edition)
    measures = [measure for whole, parts in ROWS for measure in (whole, *parts)]
    for measure in dict.fromkeys(measures):
        total = _key(edition, "all", measure)
        for level, names in groups.items():
            cells = [_key(edition, level, name, measure) for name in sorted(names, key=str)]
            known.line(total, cells, _key(edition, "rest", level, measure) if level == "item" else None)
        for department in groups.get("department", ()):
            items = [one for one in groups.get("item", ()) if department_of.get(one) == department]
            cells = [_key(edition, "item", name, measure) for name in sorted(items)]
            known.line(
                _key(edition, "department", department, measure), cells, _key(edition, "rest", department, measure)
            )


def _read_row(known: Knowledge, edition: Edition, name: Cell, raw: Mapping[str, Any], shown: Any) -> None:
    truth = {measure: int(count or 0) for measure, count in _counts(raw).items()}
    for whole, parts in ROWS:
        for part in parts:
            if part not in truth and part.startswith("?"):
                truth[part] = truth[whole] - sum(truth[one] for one in parts if one != part)
    for measure, count in truth.items():
        cell = _key(edition, *name, measure)
        known.truth[cell] = count
        value = None if shown is None else shown.get(measure)
        if value is not None or cell not in known.told:
            known.told[cell] = value
    for whole, parts in ROWS:
        known.line(_key(edition, *name, whole), [_key(edition, *name, part) for part in parts])


def _read_total(known: Knowledge, edition: Edition) -> None:
    sums = edition.raw["on_time"].select(pl.col("^.*_count$").sum()).row(0, named=True)
    told = edition.shown.get("public_totals")
    values = (
        {} if told is None else dict(told.filter(pl.col("table") == "on_time").select("column", "value").iter_rows())
    )
    _read_row(known, edition, ("all",), sums, {name: None if v is None else int(v) for name, v in values.items()})


def _read_paths(known: Knowledge, edition: Edition) -> None:
    """Activities are left by their paths, or end a case; the variants add up to all cases."""
    names = edition.raw["activities"]["activity"].to_list()
    raw = {
        (row["activity"], row["next_activity"]): row for row in edition.raw["directly_follows"].iter_rows(named=True)
    }
    shown = {
        (row["activity"], row["next_activity"]): row for row in edition.shown["directly_follows"].iter_rows(named=True)
    }
    told = {row["activity"]: row for row in edition.shown["activities"].iter_rows(named=True)}
    for row in edition.raw["activities"].iter_rows(named=True):
        for measure, count in _counts(row).items():
            cell = _key(edition, "activity", row["activity"], measure)
            known.truth[cell], known.told[cell] = int(count or 0), (told.get(row["activity"]) or {}).get(measure)
    for pair, row in raw.items():
        cell = _key(edition, "path", *pair, "transition_count")
        known.truth[cell], known.told[cell] = row["transition_count"], (shown.get(pair) or {}).get("transition_count")
    for name in names:
        for side, end in ((0, "end_case_count"), (1, "start_case_count")):
            cells = [_key(edition, "path", *pair, "transition_count") for pair in shown if pair[side] == name]
            cells.append(_key(edition, "activity", name, end))
            rest = _key(edition, "rest of paths", side, name)
            known.line(_key(edition, "activity", name, "event_count"), cells, rest)
    if "variants" in edition.shown:
        variants = {
            tuple(row["activities"]): row["case_count"] for row in edition.shown["variants"].iter_rows(named=True)
        }
        for row in edition.raw["variants"].iter_rows(named=True):
            cell = _key(edition, "variant", tuple(row["activities"]))
            known.truth[cell], known.told[cell] = row["case_count"], variants.get(tuple(row["activities"]))
        cells = [_key(edition, "variant", name) for name in variants]
        known.line(_key(edition, "all", "case_count"), cells, _key(edition, "rest of variants"))


def _join_periods(known: Knowledge, editions: Sequence[Edition]) -> None:
    """A year is the sum of its quarters, a quarter that of its months: every cell of them."""
    for edition in editions:
        for cell in [one for one in known.truth if one[:2] == (edition.period, edition.day) and edition.parts]:
            parts = [(part, edition.day, *cell[2:]) for part in edition.parts]
            for part in parts:
                known.truth.setdefault(part, 0)  # nothing of it in that period: no row
                known.told.setdefault(part, None)
            if not str(cell[2]).startswith("rest"):
                known.line(cell, parts)


def _join_days(known: Knowledge, editions: Sequence[Edition]) -> None:
    """What a cell of a later day has more than the day before are the cases that came between."""
    days = {edition.day for edition in editions}
    for day in days - {0}:
        for cell in [one for one in known.truth if one[1] == day and not str(one[2]).startswith("rest")]:
            before = (cell[0], day - 1, *cell[2:])
            if before in known.truth and known.truth[cell] >= known.truth[before]:
                known.line(cell, [before], ("new", *cell))


def _exact_from_shares(known: Knowledge, edition: Edition) -> None:
    """A share k/n with all its digits gives k and n; a total over a mean gives the count."""
    for table, level in GROUPS.items():
        for row in edition.shown[table].iter_rows(named=True) if table in edition.shown else ():
            share, judged = row["on_time_share"], row["judged_count"]
            if share is None or not 0 < share < 1 or judged is not None:
                continue
            whole = known.told.get(_key(edition, level, row[level], "case_count"))
            fraction = Fraction(share).limit_denominator(2_000)
            if abs(float(fraction) - share) < 1e-12 and whole is not None and fraction.denominator * 2 > whole:
                known.told[_key(edition, level, row[level], "judged_count")] = fraction.denominator
                known.told[_key(edition, level, row[level], "late_count")] = fraction.denominator - fraction.numerator
    for table, (total, mean, count) in TIMES.items():
        for row in edition.shown[table].iter_rows(named=True) if table in edition.shown else ():
            if row[mean] and row[total] and table == "bottlenecks" and row["time_kind"] == "waiting":
                number = row[total] / row[mean]
                if abs(number - round(number)) < 1e-6:
                    known.told[_key(edition, "path", row["activity"], row["next_activity"], count)] = round(number)


def _solved(known: Knowledge) -> dict[Cell, int]:
    """Cells that follow one by one from lines in which nothing else is unknown; figures are taken at their word."""
    values = {cell: value for cell, value in known.told.items() if value is not None}
    claims: dict[Cell, int] = {}
    is_more = True
    while is_more:
        is_more = False
        for whole, parts in known.lines:
            unknown = [cell for cell in (whole, *parts) if cell not in values]
            if len(unknown) == 1:
                rest = sum(values[part] for part in parts if part in values)
                value = rest if unknown[0] == whole else values[whole] - rest
                values[unknown[0]] = claims[unknown[0]] = value
                is_more = True
    return claims


def _bounded(known: Knowledge, noise: int) -> dict[Cell, int]:
    """Cells whose bounds meet, when every figure is right up to the noise and no count is below 0."""
    low = {cell: 0.0 if told is None else float(max(0, told - noise)) for cell, told in known.told.items()}
    high = {cell: math.inf if told is None else float(told + noise) for cell, told in known.told.items()}
    is_broken: set[Cell] = set()

    def narrow(cell: Cell, least: float, most: float) -> bool:
        new_low, new_high = max(low[cell], least), min(high[cell], most)
        if new_low > new_high:
            is_broken.add(cell)
            return False
        is_new = (new_low, new_high) != (low[cell], high[cell])
        low[cell], high[cell] = new_low, new_high
        return is_new

    for _ in range(40):
        is_more = False
        for whole, parts in known.lines:
            sum_low, sum_high = sum(low[one] for one in parts), sum(high[one] for one in parts)
            is_more |= narrow(whole, sum_low, sum_high)
            for part in parts:
                others_low = sum_low - low[part] if sum_low < math.inf else math.inf
                others_high = (
                    sum(high[one] for one in parts if one != part) if sum_high == math.inf else sum_high - high[part]
                )
                is_more |= narrow(part, low[whole] - others_high, high[whole] - others_low)
                sum_low, sum_high = sum(low[one] for one in parts), sum(high[one] for one in parts)
        if not is_more:
            break
    return {cell: int(value) for cell, value in low.items() if value == high[cell] and cell not in is_broken}


def _figures_of_few(edition: Edition) -> Iterator[str]:
    """Times and shares shown of rows that rest on few cases."""
    for table, keys in {**{name: (level,) for name, level in GROUPS.items()}, **PATHS}.items():
        if table not in edition.shown:
            continue
        base = "case_count"
        counts = {tuple(row[key] for key in keys): row[base] for row in edition.raw[table].iter_rows(named=True)}
        for row in edition.shown[table].iter_rows(named=True):
            name = tuple(row[key] for key in keys)
            figures = [one for one in row if one.endswith(("_median", "_mean", "_p90", "_total", "on_time_share"))]
            shown = [one for one in figures if row[one] is not None and not one.startswith("overall")]
            if counts[name] in FEW and shown:
                yield f"figure {table} {name} {shown[0]}"


def _rests_of_totals(edition: Edition) -> Iterator[str]:
    """The time of the rows left out: the whole, which a total and its share give, less what is shown."""
    for table, (total, _, _) in TIMES.items():
        if table not in edition.shown:
            continue
        shown, raw, keys = edition.shown[table], edition.raw[table], list(PATHS[table])
        left_out = raw.join(shown.select(keys), on=keys, how="anti", nulls_equal=True)
        told = shown.filter((pl.col("share_of_total") > 0) & (pl.col(total) > 0))
        if told.is_empty() or left_out["case_count"].sum() not in FEW:
            continue
        rest = told[total][0] / told["share_of_total"][0] - shown[total].sum()
        truth = left_out[total].sum()
        if truth > 0 and abs(rest - truth) <= 1:
            yield f"time of the rest of {table} = {rest:.0f}"


def _times_of_new_cases(editions: Sequence[Edition]) -> Iterator[str]:
    """The time of the few cases that came since the day before, to the second."""
    for later in editions:
        for before in (one for one in editions if (one.period, one.day) == (later.period, later.day - 1)):
            for table, (total, _, _) in TIMES.items():
                if table in later.shown:
                    yield from _grown(table, total, before, later)


def _grown(table: str, total: str, before: Edition, later: Edition) -> Iterator[str]:
    def by_name(rows: pl.DataFrame) -> dict[Cell, Mapping[str, Any]]:
        return {tuple(row[key] for key in PATHS[table]): row for row in rows.iter_rows(named=True)}

    old, new = by_name(before.shown[table]), by_name(later.shown[table])
    raw_old, raw_new = by_name(before.raw[table]), by_name(later.raw[table])
    for name in old.keys() & new.keys():
        more = raw_new[name]["case_count"] - raw_old[name]["case_count"]
        truth, claim = raw_new[name][total] - raw_old[name][total], (new[name][total] or 0) - (old[name][total] or 0)
        if more in FEW and truth > 0 and abs(truth - claim) <= 1:
            yield f"time of {more} new cases of {table} {name} = {claim:.0f}"


def _rare_names(edition: Edition) -> Iterator[str]:
    """Names of activities and items of few cases that stand anywhere in a table."""
    for table, level in (("activities", "activity"), ("on_time_by_item", "item")):
        rare = set(edition.raw[table].filter(pl.col("case_count").is_in(list(FEW)))[level].drop_nulls())
        for name, shown in edition.shown.items():
            for column in (one for one in shown.columns if shown.schema[one] == pl.String and rare):
                for value in rare & set(shown[column].drop_nulls()):
                    yield f"name {value} in {name}"


def half_protected(raw: Tables) -> dict[str, pl.DataFrame]:
    """Tables as one might publish them without a thought of sums: counts of 1 to 4 blanked, rare rows left out."""
    shown: dict[str, pl.DataFrame] = {}
    for name, rows in raw.items():
        counts = [column for column in rows.columns if column.endswith("_count")]
        is_group = name in GROUPS
        kept = rows if is_group or "case_count" not in counts else rows.filter(~pl.col("case_count").is_in(list(FEW)))
        shown[name] = kept.with_columns(
            pl.when(~pl.col(one).is_in(list(FEW))).then(pl.col(one)).alias(one) for one in counts
        )
    sums = raw["on_time"].select(pl.col("^.*_count$").sum()).row(0, named=True)
    told = [("on_time", name, None if value in FEW else float(value)) for name, value in sums.items()]
    shown["public_totals"] = pl.DataFrame(told, schema=["table", "column", "value"], orient="row")
    return shown
