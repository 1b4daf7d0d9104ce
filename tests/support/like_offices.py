"""A city whose cases are handled by district offices that share all items: what was planted, the comparison must find.

The exports are those of the demonstration city; each case is given to one of twelve offices. Offices of equal speed
may have other work: `leaning` is how many times as likely an office takes a case of an item that is often late. Slow
offices complete each case so many days later than the city did.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.town.plan import BACK_DATING_DEPARTMENT, LATE_DEPARTMENTS

OFFICES: Final = tuple(f"A{number:02}" for number in range(1, 13))
LEANING: Final = dict(zip(OFFICES, (6.0, 4.0, 3.0, 2.0, 1.5, 1.0, 1.0, 0.7, 0.5, 0.4, 0.3, 0.15), strict=True))
SIZE: Final = dict(zip(OFFICES, (1.0, 0.6, 1.4, 1.0, 0.5, 1.6, 1.0, 0.8, 1.2, 1.0, 0.7, 1.2), strict=True))
SLOW: Final = {"A12": 3, "A07": 5, "A09": 9}
"""The three slowest offices and their days; A12 has the easiest work, so that its raw share stays low."""
STAMP: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class LikeOffices:
    """What is planted.

    Attributes:
        delay_days: by how many days an office completes later; 0 where it is not named.
        leaning: how many times as likely an office takes a case of an item that is often late.
        decider_days: of an office, by how many days later each of its deciding officers completes a case; each takes
            as many cases of each item. Where an office is not named its cases keep their officers.
    """

    delay_days: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    leaning: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(LEANING))
    decider_days: Mapping[str, Sequence[int]] = field(default_factory=lambda: MappingProxyType({}))


def make_offices(folder: Path, city: Path, seed: int, planted: LikeOffices) -> Path:
    """Writes the exports of a city again, its cases shared out over the offices; returns the folder.

    Args:
        folder: where to write.
        city: the folder of `drawn_city`.
        seed: of the sharing out.
        planted: what differs between the offices.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cases, steps = (pl.read_csv(city / f"{name}.csv", infer_schema=False) for name in ("cases", "steps"))
    cases = cases.with_columns(department=pl.Series(_shared_out(cases, seed, planted), dtype=pl.String))
    cases, steps = _postponed(_decided(cases, seed, planted), steps)
    tables = {
        "cases": cases,
        "steps": steps,
        "items": pl.read_csv(city / "items.csv", infer_schema=False).with_columns(department=pl.lit(None)),
        "departments": pl.DataFrame({"department": OFFICES, "name_zh": OFFICES, "name_en": OFFICES}),
        **{name: pl.read_csv(city / f"{name}.csv", infer_schema=False) for name in ("activities", "clock_stops")},
    }
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
    return folder


def drawn_city(folder: Path, *, cases: int, seed: int) -> Path:
    """The exports of a city of few items each in enough demand; returns the folder."""
    make_city(folder, cases=cases, seed=seed, items_per_department=4)
    return folder


def hard_items(city: Path) -> set[str]:
    """Items of the departments whose limits are too short for them."""
    hard = {*LATE_DEPARTMENTS, BACK_DATING_DEPARTMENT}
    with (city / "items.csv").open(encoding="utf-8") as lines:
        return {row["item"] for row in csv.DictReader(lines) if row["department"] in hard}


def _shared_out(cases: pl.DataFrame, seed: int, planted: LikeOffices) -> list[str]:
    draw = np.random.default_rng((seed, 15))
    is_hard = cases["department"].is_in([*LATE_DEPARTMENTS, BACK_DATING_DEPARTMENT]).to_numpy()
    size = np.array([SIZE[office] for office in OFFICES])
    lean = np.array([planted.leaning[office] for office in OFFICES])
    chosen = np.empty(cases.height, dtype=np.int64)
    for rows, weight in ((is_hard, size * lean), (~is_hard, size)):
        chosen[rows] = draw.choice(len(OFFICES), int(rows.sum()), p=weight / weight.sum())
    return [OFFICES[at] for at in chosen]


def _decided(cases: pl.DataFrame, seed: int, planted: LikeOffices) -> pl.DataFrame:
    """The cases with who decides them (`decider`), where that is planted, and by how many `days` later they end."""
    draw = np.random.default_rng((seed, 16))
    days = [planted.delay_days.get(office, 0) for office in cases["department"]]
    deciders: list[str | None] = [None] * cases.height
    for row, office in enumerate(cases["department"]):
        if of_office := planted.decider_days.get(office):
            chosen = int(draw.integers(len(of_office)))
            deciders[row], days[row] = f"{office}-P{chosen}", days[row] + of_office[chosen]
    return cases.with_columns(pl.Series("days", days, pl.Int64), pl.Series("decider", deciders, pl.String))


def _postponed(cases: pl.DataFrame, steps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases and steps of slow offices and officers later; what would end after the export was taken is still open.

    Rows that no reader can read are left out: dirt is not what is planted here.
    """
    is_moved = pl.col("status").fill_null("").ne("withdrawn") & pl.col("kind").ne("on_the_spot")
    delay = pl.duration(days=pl.when(is_moved).then("days").otherwise(0))
    ended = pl.col("completed_at").str.to_datetime(STAMP, strict=False)
    cases = cases.with_columns(delay=delay, ended=ended)
    last = cases["ended"].max()
    of_case = cases.select("case_id", "delay", "decider", office="department", case_ended="ended")
    steps = steps.join(of_case, on="case_id", how="inner", maintain_order="left").filter(ended.is_not_null())
    is_end = (ended >= pl.col("case_ended")).fill_null(value=False)
    shift = pl.when(is_end).then(pl.col("delay")).otherwise(pl.duration(days=0))
    stamps = [
        (pl.col(name).str.to_datetime(STAMP, strict=False) + shift).alias(name)
        for name in ("started_at", "completed_at", "recorded_at")
    ]
    resource = pl.coalesce(pl.when(is_end).then("decider"), "resource")
    steps = steps.with_columns(*stamps, resource=resource).filter(pl.col("completed_at") <= last)
    steps = steps.with_columns(
        *(pl.col(name).dt.strftime(STAMP) for name in ("started_at", "completed_at", "recorded_at")),
        department=pl.col("office"),
    ).drop("office", "delay", "decider", "case_ended")
    later = pl.col("ended") + pl.col("delay")
    completed = pl.when(later <= last).then(later.dt.strftime(STAMP))
    return cases.with_columns(completed_at=completed).drop("days", "decider", "delay", "ended"), steps
