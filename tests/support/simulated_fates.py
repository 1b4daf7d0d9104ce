"""Rows of cases on days, drawn from a law that is known: the load of who holds a case decides how long it takes."""

import datetime as dt

import numpy as np
import polars as pl

FIRST = dt.date(2024, 1, 1)
ALLOWED = 20.0


def simulated_rows(case_count: int, *, seed: int, signal: float) -> pl.DataFrame:
    """Rows as the queries of chances give them, one for each case and day on which it is open and not late.

    Args:
        case_count: how many cases.
        seed: of the draws.
        signal: how much the load of the holder, seen on each row, decides how long a case takes; 0 for not at all.
    """
    rng = np.random.default_rng(seed)
    accepted = rng.integers(0, 500, case_count)
    load = rng.normal(size=case_count)
    takes = np.maximum(1, np.round(np.exp(2.2 + signal * load + 0.4 * rng.normal(size=case_count)))).astype(int)
    rows = [_case(key, int(accepted[key]), int(takes[key]), float(np.exp(2 + load[key]))) for key in range(case_count)]
    return pl.concat(rows).sort("day", "case_key")


def _case(key: int, accepted: int, takes: int, load: float) -> pl.DataFrame:
    ages = np.arange(min(takes, int(ALLOWED) + 1))
    is_late = takes > ALLOWED
    due_on = FIRST + dt.timedelta(accepted + int(ALLOWED))
    ended_on = FIRST + dt.timedelta(accepted + takes)
    plain = dict.fromkeys(
        ("department_load", "queue_ahead", "item_late_count", "item_known_count", "department_late_count",
         "department_known_count", "all_late_count", "all_known_count", "waiting_days", "step_count"), 0.0,
    )  # fmt: skip
    return pl.DataFrame({"counted_days": ages.astype(float)}).with_columns(
        day=pl.Series([FIRST + dt.timedelta(accepted + int(age)) for age in ages], dtype=pl.Date),
        case_key=pl.lit(key),
        department=pl.lit("D01"),
        item=pl.lit("permit"),
        stage=pl.lit("review"),
        holder=pl.lit("A"),
        allowed_days=pl.lit(ALLOWED),
        is_stopped=pl.lit(value=False),
        holder_load=pl.lit(load),
        known_on=pl.lit(min(ended_on, due_on + dt.timedelta(1))),
        is_late=pl.lit(is_late),
        due_on=pl.lit(due_on),
        ended_on=pl.lit(ended_on),
        counted_in_all=pl.lit(float(takes)),
        **{name: pl.lit(value) for name, value in plain.items()},
    )
