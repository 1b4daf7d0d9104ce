"""Honest habits that look odd row by row: sessions of keying in, machines that remind, an account that a few share.

Each is drawn from a source of its own, so that a city with and without it has the same cases and the same queues.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.errors import CallError

SHAPES: Final = ("sessions", "reminders", "pooled_account")
USUAL_SHAPES: Final = ("sessions",)
"""What every city has; the others where they are asked for."""
SESSION_DEPARTMENT, REMINDING_DEPARTMENT, POOLING_DEPARTMENT = "D20", "D18", "D16"
SESSION_SIZES: Final = (8, 15, 30)
SESSION_SHARE, REMINDED_SHARE = 0.04, 0.4
REMINDER_HOUR, SESSION_HOURS = 2, 26
STAMP: Final = "%Y-%m-%d %H:%M:%S"
SEED_OF_SHAPES: Final = 20_261_128


@dataclass(frozen=True)
class PlantedShape:
    """A habit, whose it is, and how many rows it touched."""

    shape: str
    department: str
    row_count: int
    session_count: int | None = None


def check_shapes(shapes: Iterable[str]) -> None:
    """Refuses a habit that no city has.

    Raises:
        CallError: a name is unknown.
    """
    for name in shapes:
        if name not in SHAPES:
            raise CallError(f"no city has the shape '{name}'.", hint=f"known: {', '.join(SHAPES)}")


def with_shapes(steps: pl.DataFrame, shapes: Iterable[str], seed: int) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The steps of a city with the habits asked for, and what was planted."""
    planted: list[PlantedShape] = []
    for name in SHAPES:
        if name in tuple(shapes):
            rng = np.random.default_rng([SEED_OF_SHAPES, seed, SHAPES.index(name)])
            steps, truth = _PLANTED[name](steps, rng)
            planted.append(truth)
    return steps, [asdict(truth) for truth in planted]


def _keyed_in_sessions(steps: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, PlantedShape]:
    """Now and then what was done in a row is keyed in together, the next day or later, a row each 40 seconds."""
    own = _rows_of(steps, SESSION_DEPARTMENT)
    order = own[np.argsort(steps["completed_at"].gather(own).to_numpy(), kind="stable")]
    keyed = steps["recorded_at"].to_list()
    ends, place, touched, sessions = steps["completed_at"].str.to_datetime(STAMP).to_list(), 0, 0, 0
    while place < order.size:
        size = int(rng.choice(SESSION_SIZES))
        chosen = order[place : place + size]
        place += size
        if rng.random() >= SESSION_SHARE:
            continue
        begins = ends[chosen[-1]].replace(microsecond=0)
        for number, row in enumerate(chosen):
            late = np.timedelta64(SESSION_HOURS * 3600 + 40 * number, "s").astype(object)
            keyed[row] = (begins + late).strftime(STAMP)
        touched, sessions = touched + chosen.size, sessions + 1
    made = steps.with_columns(pl.Series("recorded_at", keyed, dtype=pl.String))
    return made, PlantedShape("sessions", SESSION_DEPARTMENT, touched, sessions)


def _reminded_by_night(steps: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, PlantedShape]:
    """A machine reminds of cases in the night after they were assigned: all of a night in the same second."""
    own = steps.filter((pl.col("department") == REMINDING_DEPARTMENT) & (pl.col("activity") == "assignment"))
    chosen = own.filter(pl.Series(rng.random(own.height) < REMINDED_SHARE))
    night = (
        (pl.col("completed_at").str.to_datetime(STAMP).dt.truncate("1d") + pl.duration(days=1, hours=REMINDER_HOUR))
        .dt.strftime(STAMP)
    )  # fmt: skip
    rows = chosen.with_columns(
        night.alias("started_at"), night.alias("completed_at"), night.alias("recorded_at"),
        pl.lit("reminder").alias("activity"), pl.lit(f"{REMINDING_DEPARTMENT}-sms").alias("resource"),
    )  # fmt: skip
    return pl.concat([steps, rows]), PlantedShape("reminders", REMINDING_DEPARTMENT, rows.height)


def _under_one_account(steps: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, PlantedShape]:
    """The officers of a department work under one account; which of them did what is not known any more."""
    own = (pl.col("department") == POOLING_DEPARTMENT) & pl.col("resource").str.starts_with(f"{POOLING_DEPARTMENT}-")
    row_count = steps.filter(own.fill_null(value=False)).height
    shared = pl.when(own.fill_null(value=False)).then(pl.lit(f"{POOLING_DEPARTMENT}-office")).otherwise("resource")
    return steps.with_columns(shared.alias("resource")), PlantedShape("pooled_account", POOLING_DEPARTMENT, row_count)


def _rows_of(steps: pl.DataFrame, department: str) -> np.ndarray:
    """The officers' steps of a department, by place."""
    is_officer = steps["resource"].str.starts_with(f"{department}-").fill_null(value=False)
    return np.flatnonzero(((steps["department"] == department) & is_officer).to_numpy())


_PLANTED = {"sessions": _keyed_in_sessions, "reminders": _reminded_by_night, "pooled_account": _under_one_account}
