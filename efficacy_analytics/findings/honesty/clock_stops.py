"""What is odd about a department's clock stops: opened in danger, dated back, fitted to the overrun, of one reason."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.rows import Row, cannot, each, row_of
from efficacy_analytics.settings import HonestySettings
from efficacy_analytics.statistics.outliers import at_least, borne_out, constant_probability, mode_probability

LEAST_MODE_SHARE: Final = 0.3
"""A most frequent reason has at least this share in any office."""
LEAST_SHARE: Final = 1e-3
PRIOR: Final = 5
"""Cases' worth of what other departments have, added to the cases of an item."""
SPANS: Final = (2, 3, 5, 9, 14)
"""The longest limits of the groups whose spare days are compared; longer ones are one group."""


def of_stops(log: Session, effects: pl.DataFrame) -> Iterator[Row]:
    stops = log.run("honesty_stop_counts")
    if stops.is_empty():
        yield from cannot("no_stops", "H12", "H13", "H14", "H15")
        return
    yield from _of_danger(log, stops, effects)
    if stops["recorded_count"].sum():
        summed = stops.group_by("department", maintain_order=True).agg(
            pl.col("dated_back_count", "recorded_count").sum()
        )
        yield from each(summed, "H13", "dated_back_count", "recorded_count")
    else:
        yield from cannot("no_stop_entry_times", "H13")


def _of_danger(log: Session, stops: pl.DataFrame, effects: pl.DataFrame) -> Iterator[Row]:
    """Of the kind of stop that most stands out, those opened in danger, beside the days that cases spend in danger.

    Where other departments open a kind of stop later than their cases' days tell, their median excess is added: one
    that does so all the more does not hide another, and nobody hides behind what it does itself.
    """
    days = log.run("honesty_danger", warning_share=log.settings.honesty.warning_share)
    read = stops.filter(pl.col("limited_count") > 0).join(days, on="department", nulls_equal=True)
    read = read.with_columns(expected=pl.col("warned_days") / pl.col("case_days"))
    excess = _excess_of_others(read, log.settings.honesty)
    read = read.with_columns(usual=(pl.col("expected") + excess.clip(0)).clip(0, 1))
    weighed = _with_effects(read, effects, "H12")
    worth = (pl.col("warned_count") / pl.col("design_effect"), pl.col("limited_count") / pl.col("design_effect"))
    chance = at_least(*weighed.select(*worth, "usual").to_numpy().T)
    yield from _most_conspicuous(weighed.with_columns(chance=chance), "H12", "warned_count", "limited_count")


def _excess_of_others(read: pl.DataFrame, asked: HonestySettings) -> pl.Series:
    """Of each department and kind, by how much the others open stops in danger beyond their cases' days.

    The median of the others that have the fewest stops that are told; of fewer than eight the median is chance, and the
    stops of all others are taken together, none with the weight of more than twice the fewest. Where nobody else has
    such stops, the department's own: nothing is to be said of it.
    """
    excess = pl.col("warned_count") / pl.col("limited_count") - pl.col("expected")
    weight = pl.min_horizontal("limited_count", 2 * asked.fewest_count)
    found = []
    for row in read.iter_rows(named=True):
        is_other = pl.col("department").ne_missing(pl.lit(row["department"], pl.String))
        others = read.filter((pl.col("kind") == row["kind"]) & is_other)
        told = others.filter(pl.col("limited_count") >= asked.fewest_count)
        own = row["warned_count"] / row["limited_count"] - row["expected"]
        if told.height >= asked.fewest_departments:
            found.append(told.select(excess.median()).item())
        else:
            together = others.select((excess * weight).sum() / weight.sum()).item()
            found.append(own if others.is_empty() else together)
    return pl.Series("excess", found, dtype=pl.Float64)


def _with_effects(read: pl.DataFrame, effects: pl.DataFrame, code: str) -> pl.DataFrame:
    """The design effect beside the counts of each department and kind of stop."""
    own = effects.filter(pl.col("code") == code).select(
        "department", pl.col("stop_kind").alias("kind"), "design_effect"
    )
    joined = read.join(own, on=["department", "kind"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("design_effect").fill_null(1.0))


def of_reasons(log: Session, effects: pl.DataFrame) -> Iterator[Row]:
    """Of the kind of stop that most stands out, those with its most frequent reason, beside the same elsewhere."""
    reasons = log.run("honesty_reason_counts")
    if reasons.is_empty():
        yield from cannot("no_stop_reasons", "H15")
        return
    told = reasons.filter(pl.col("stop_count") >= log.settings.honesty.fewest_count)
    others = (
        (pl.col("modal_count").sum() - pl.col("modal_count")) / (pl.col("stop_count").sum() - pl.col("stop_count"))
    ).over("kind")
    usual = others.fill_nan(1.0).clip(LEAST_MODE_SHARE, 1.0).alias("usual")
    read = _with_effects(told.with_columns(usual), effects, "H15")
    worth = (pl.col("modal_count") / pl.col("design_effect"), pl.col("stop_count") / pl.col("design_effect"))
    columns = read.select(*worth, "usual").iter_rows()
    chances = pl.Series("chance", [mode_probability(*row) for row in columns], dtype=pl.Float64)
    yield from _most_conspicuous(read.with_columns(chances), "H15", "modal_count", "stop_count")


def _most_conspicuous(read: pl.DataFrame, code: str, count: str, of_count: str) -> Iterator[Row]:
    """The kind of stop with the smallest chance of each department; the chance is for all its kinds together."""
    for _, group in read.group_by("department", maintain_order=True):
        row = group.sort("chance", "kind").row(0, named=True)
        yield row_of(
            row["department"], code, row[count], row[of_count], expected_share=row["usual"],
            probability=min(1.0, row["chance"] * group.height), stop_kind=row["kind"],
            design_effect=row["design_effect"],
        )  # fmt: skip


def of_spare_days(log: Session, effects: pl.DataFrame) -> Iterator[Row]:
    """Of the kind of stop that most stands out, the stops that exceed the overrun by its usual number of days.

    Stops that keep a case in time are looked at, each kind for itself: a number of days belongs to a way of stopping,
    and the reviews and supplements of a department say nothing of its suspensions. What is to be expected is the
    largest of three: how other departments' stops exceed the overrun under limits of about that length, how those of
    that kind do, and how much the other cases of the same items have to spare; where work takes the same time whatever
    happens, so many days are left of the limit with a stop as without.
    """
    most = log.settings.honesty.spare_days
    table = log.run("honesty_spare", most_days=most)
    kinds = table["kind"].drop_nulls().unique().sort().to_list()
    departments = table.filter(pl.col("stop_count") > 0)["department"].unique().sort(nulls_last=True).to_list()
    stops = _stops_by_days(table, departments, kinds, most)
    for place, department in enumerate(departments):
        own, others = stops[place], stops.sum(axis=0) - stops[place]
        if not others.sum():
            total = own.sum(axis=(0, 1))
            yield row_of(department, "H14", total.max(), int(total.sum()), obstacle="nobody_to_compare")
            continue
        read = table.filter(pl.col("department").eq_missing(pl.lit(department, pl.String)))
        found = [
            _constant(department, kind, *_spare_of_items(read, kind, _usual(others, number), most), effect)
            for number, kind in enumerate(kinds)
            if own[number].sum()
            for effect in [_effect(effects, department, kind)]
        ]
        row = min(found, key=lambda row: (row["probability"], row["stop_kind"]))
        yield {**row, "probability": min(1.0, row["probability"] * len(found))}


def _stops_by_days(table: pl.DataFrame, departments: list[str | None], kinds: list[str], most: int) -> Any:
    """Counts of stops by department, kind, group of limits and days to spare."""
    places = pl.DataFrame({"department": pl.Series(departments, dtype=pl.String), "place": range(len(departments))})
    numbers = pl.DataFrame({"kind": pl.Series(kinds, dtype=pl.String), "number": range(len(kinds))})
    read = table.join(places, on="department", nulls_equal=True, maintain_order="left")
    read = read.join(numbers, on="kind", maintain_order="left")
    stops = np.zeros((len(departments), len(kinds), len(SPANS) + 1, most + 2))
    group = np.searchsorted(SPANS, read["span_days"].to_numpy())
    at = (read["place"].to_numpy(), read["number"].to_numpy(), group, read["spare_days"].to_numpy())
    np.add.at(stops, at, read["stop_count"].to_numpy())
    return stops


def _usual(others: Any, kind: int) -> Any:
    """How other departments' stops exceed the overrun, by group of limits: of every kind, or of this one if more."""
    every, own = others.sum(axis=0), others[kind].sum(axis=0)
    whole = every.sum(axis=0) / every.sum()
    by_limit = (every + whole) / (every.sum(axis=1, keepdims=True) + 1)
    return np.maximum(by_limit, (own + PRIOR * whole) / (own.sum() + PRIOR))


def _effect(effects: pl.DataFrame, department: str | None, kind: str) -> float:
    is_own = (pl.col("code") == "H14") & (pl.col("stop_kind") == kind)
    own = effects.filter(is_own & pl.col("department").eq_missing(pl.lit(department, pl.String)))
    return float(own["design_effect"].item()) if own.height else 1.0


def _constant(department: str | None, kind: str, seen: Any, expected: Any, effect: float) -> Row:
    """The number of days that most stands out, and the chance of it, borne out whichever item is left out.

    Args:
        department: whose stops these are.
        kind: of which kind.
        seen: of each item, stops by the days by which they exceed the overrun.
        expected: the same, where nothing is special about the department.
        effect: how many stops are worth one, as they come several a day.
    """
    seen, expected = seen / effect, expected / effect
    total, usual = seen.sum(), np.clip(expected.sum(axis=0) / seen.sum(), LEAST_SHARE, 1)
    counts = seen.sum(axis=0)
    days = int(np.argmin(at_least(counts[:-1], total, usual[:-1])))
    chance, without_one = constant_probability(counts[:-1], float(total), usual[:-1]), []
    for item in np.flatnonzero(seen[:, days]):
        left = total - seen[item].sum()
        share = np.clip((expected.sum(axis=0) - expected[item]) / max(left, 1), LEAST_SHARE, 1)[:-1]
        without_one.append(constant_probability((counts - seen[item])[:-1], float(left), share))
    return row_of(
        department, "H14", round(counts[days] * effect), round(total * effect), expected_share=float(usual[days]),
        constant_days=days, probability=borne_out(chance, without_one), stop_kind=kind, design_effect=effect,
    )  # fmt: skip


def _spare_of_items(rows: pl.DataFrame, kind: str, usual: Any, most: int) -> tuple[Any, Any]:
    """Per item, how many stops of a kind left each number of days, and how many would if nothing were special."""
    seen, expected = [], []
    for _, item in rows.group_by("item", maintain_order=True):
        plain, stops = np.zeros(most + 2), np.zeros(most + 2)
        np.add.at(plain, item["spare_days"].to_numpy(), item["plain_count"].to_numpy())
        own = item.filter(pl.col("kind") == kind)
        np.add.at(stops, own["spare_days"].to_numpy(), own["stop_count"].to_numpy())
        others = usual[int(np.searchsorted(SPANS, item["span_days"].to_numpy().max()))]
        left = (plain + PRIOR * others) / (plain.sum() + PRIOR)
        seen.append(stops)
        expected.append(stops.sum() * np.maximum(left, others))
    return np.array(seen), np.array(expected)
