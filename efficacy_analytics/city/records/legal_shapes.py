"""What the law has a word for and an export seldom shows: five departments whose records test a verdict.

One has applicants withdraw when their case is late already. One answers some applications after the five days of the
law, by a notice, and never accepts them: they are deemed accepted on receipt (行政许可法 32). Two have statutory
limits in other units than their promises, one of these longer than the law. One exports closed cases only. Each draws
from a source of its own, so that the other departments have the same cases, steps and stops with and without them; only
which rows are spoilt afterwards (`records/dirt.py`) differs.
"""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.city.records.steps import days, stamps
from efficacy_analytics.city.records.stop_records import reasons
from efficacy_analytics.city.town.limits import STATUTORY
from efficacy_analytics.city.town.working_time import FIRST_DAY, WALL_DAY, WorkingTime
from efficacy_analytics.errors import CallError

Tables = dict[str, pl.DataFrame]
SHAPES: Final = ("withdrawn_late", "answered_late", "mixed_units", "closed_export")
WITHDRAWING_DEPARTMENT, UNANSWERING_DEPARTMENT, CLOSED_EXPORT_DEPARTMENT = "D22", "D17", "D19"
CALENDAR_DEPARTMENT, MONTHS_DEPARTMENT = "D21", "D24"
WITHDRAWN_SHARE, MOST_DAYS_LATE = 0.4, 5
UNANSWERED_SHARE, EARLIEST_ANSWER_DAYS, LATEST_ANSWER_DAYS, ANSWER_SECONDS = 0.08, 7, 14, 600
FEWEST_WORKING_DAYS_OF_A_MONTH = 15
STREAM: Final = 3241


def with_legal_shapes(
    tables: Tables, time: WorkingTime, seed: int, shapes: Collection[str] = SHAPES
) -> tuple[Tables, list[dict[str, Any]]]:
    """The tables with the shapes planted, and the truth of each: who, what, and the cases or items.

    Args:
        tables: the exports of the city by name, before any row is spoilt.
        time: its working days.
        seed: of the city.
        shapes: which of `SHAPES`.

    Raises:
        CallError: there is no such shape.
    """
    for name in shapes:
        if name not in SHAPES:
            raise CallError(f"the city has no shape {name!r}.", hint=f"one of: {', '.join(SHAPES)}")
    truth = []
    for place, name in enumerate(SHAPES):
        if name in shapes:
            rng = np.random.default_rng(np.random.SeedSequence([seed, STREAM, place]))
            tables, told = MAKERS[name](tables, time, rng)
            truth += told
    return tables, truth


def _withdrawn_late(tables: Tables, time: WorkingTime, rng: np.random.Generator) -> tuple[Tables, list[dict[str, Any]]]:
    """Cases that are overdue are withdrawn within a week after their due date, four in ten of them."""
    stopped = tables["clock_stops"]["case_id"].unique()
    cases = _decided_cases(tables, WITHDRAWING_DEPARTMENT).filter(~pl.col("case_id").is_in(stopped.implode()))
    accepted, completed = (_reading(cases[name], time) for name in ("accepted_at", "completed_at"))
    due = accepted + cases["promised_length"].to_numpy()
    is_chosen = (completed > due + 1) & (rng.random(len(due)) < WITHDRAWN_SHARE)
    after = 1 + (rng.random(len(due)) * np.minimum(MOST_DAYS_LATE, np.maximum(completed - due - 1, 1))).astype(np.int64)
    wall = (
        time.days[np.minimum(due + after, len(time.days)) - 1] * WALL_DAY + 36_000 + rng.integers(0, 21_600, len(due))
    )
    chosen = cases.select("case_id", "department").with_columns(at=stamps(wall)).filter(pl.Series(is_chosen))
    steps = tables["steps"].join(chosen.select("case_id", "at"), on="case_id", how="left", maintain_order="left")
    kept = steps.filter(pl.col("at").is_null() | (pl.col("completed_at") < pl.col("at"))).drop("at")
    withdrawal = chosen.select(
        "case_id", pl.lit("withdrawal").alias("activity"), "department", pl.lit("applicant").alias("resource"),
        *(pl.col("at").alias(name) for name in ("started_at", "completed_at", "recorded_at")),
    )  # fmt: skip
    joined = tables["cases"].join(chosen.select("case_id", "at"), on="case_id", how="left", maintain_order="left")
    is_withdrawn = pl.col("at").is_not_null()
    changed = joined.with_columns(
        status=pl.when(is_withdrawn).then(pl.lit("withdrawn")).otherwise("status"),
        completed_at=pl.when(is_withdrawn).then("at").otherwise("completed_at"),
    ).drop("at")
    tables = {**tables, "steps": _in_order(pl.concat([kept, withdrawal]), tables["cases"]), "cases": changed}
    return tables, [_told(WITHDRAWING_DEPARTMENT, "withdrawn_late", chosen["case_id"])]


def _answered_late(tables: Tables, time: WorkingTime, rng: np.random.Generator) -> tuple[Tables, list[dict[str, Any]]]:
    """Applications are answered after seven to fourteen working days, by a notice, and never recorded as accepted."""
    cases = _decided_cases(tables, UNANSWERING_DEPARTMENT)
    answered = _reading(cases["accepted_at"], time)
    received = answered - rng.integers(EARLIEST_ANSWER_DAYS, LATEST_ANSWER_DAYS + 1, len(answered))
    is_chosen = (received > 0) & (rng.random(len(answered)) < UNANSWERED_SHARE)
    received_on = time.days[np.where(is_chosen, received - 1, 0)]
    wall = received_on * WALL_DAY + 34_200 + rng.integers(0, 7_200, len(answered))
    chosen = cases.select("case_id", "department", answered_at="accepted_at").with_columns(at=stamps(wall))
    chosen = chosen.filter(pl.Series(is_chosen))
    joined = tables["cases"].join(chosen.select("case_id", "at"), on="case_id", how="left", maintain_order="left")
    changed = joined.with_columns(
        applied_at=pl.coalesce("at", "applied_at"),
        accepted_at=pl.when(pl.col("at").is_null()).then("accepted_at"),
    ).drop("at")
    steps = tables["steps"].join(chosen.select("case_id", "at"), on="case_id", how="left", maintain_order="left")
    is_theirs = pl.col("at").is_not_null()
    is_application, is_acceptance = (pl.col("activity") == name for name in ("application", "acceptance"))
    moved = [
        pl.when(is_theirs & is_application).then("at").otherwise(name).alias(name)
        for name in ("started_at", "completed_at", "recorded_at")
    ]
    noticed = pl.when(is_theirs & is_acceptance).then(pl.lit("supplement_notice")).otherwise("activity")
    answer = stamps(_wall(chosen["answered_at"]) + ANSWER_SECONDS)
    resubmission = chosen.select(
        "case_id", pl.lit("resubmission").alias("activity"), "department", pl.lit("applicant").alias("resource")
    ).with_columns(answer.alias(name) for name in ("started_at", "completed_at", "recorded_at"))
    day = days(_wall(chosen["answered_at"]), np.ones(chosen.height, dtype=np.bool_))
    notices = chosen.select("case_id").with_columns(
        kind=pl.lit("supplement"), stopped_from_on=day, stopped_until_on=day,
        extension_days=pl.lit(None, pl.Int64), reason=reasons(pl.repeat("supplement", chosen.height, eager=True), rng),
        recorded_at=answer,
    )  # fmt: skip
    whole = pl.concat([steps.with_columns(*moved, activity=noticed).drop("at"), resubmission])
    tables = {
        **tables,
        "cases": changed,
        "steps": _in_order(whole, tables["cases"]),
        "clock_stops": _in_order(pl.concat([tables["clock_stops"], notices]), tables["cases"], by="stopped_from_on"),
    }
    return tables, [_told(UNANSWERING_DEPARTMENT, "answered_late", chosen["case_id"])]


def _mixed_units(tables: Tables, time: WorkingTime, rng: np.random.Generator) -> tuple[Tables, list[dict[str, Any]]]:
    """Statutory limits in calendar days and months, promises in working days; one promise is longer than the law."""
    del time, rng
    items = tables["items"]
    is_mixed = (pl.col("promised_unit") == "working_days") & (pl.col("promised_length") > 0)
    of_days, of_months = (
        items.filter(is_mixed & (pl.col("department") == code)) for code in (CALENDAR_DEPARTMENT, MONTHS_DEPARTMENT)
    )
    beyond = of_days["item"].first()
    ample = [
        next(length for length in STATUTORY if length >= 2 * days_ + 12)
        for days_ in items["promised_length"].fill_null(0)
    ]
    in_days = is_mixed & (pl.col("department") == CALENDAR_DEPARTMENT)
    in_months = is_mixed & (pl.col("department") == MONTHS_DEPARTMENT)
    changed = items.with_columns(ample=pl.Series(ample, dtype=pl.Int64)).with_columns(
        statutory_length=pl.when(pl.col("item") == beyond)
        .then("promised_length")
        .when(in_days)
        .then("ample")
        .when(in_months)
        .then((pl.col("promised_length") / FEWEST_WORKING_DAYS_OF_A_MONTH).ceil().cast(pl.Int64))
        .otherwise("statutory_length"),
        statutory_unit=pl.when(in_days)
        .then(pl.lit("calendar_days"))
        .when(in_months)
        .then(pl.lit("months"))
        .otherwise("statutory_unit"),
    )
    truth = [
        {"department": code, "what": "mixed_units", "items": sorted(set(rows["item"])), "cases": []}
        for code, rows in ((CALENDAR_DEPARTMENT, of_days), (MONTHS_DEPARTMENT, of_months))
    ]
    truth.append({"department": CALENDAR_DEPARTMENT, "what": "beyond_statute", "items": [beyond], "cases": []})
    return {**tables, "items": changed.drop("ample")}, truth


def _closed_export(tables: Tables, time: WorkingTime, rng: np.random.Generator) -> tuple[Tables, list[dict[str, Any]]]:
    """What is still open at the end is not exported, neither the case nor its steps."""
    del time, rng
    is_left_out = (pl.col("department") == CLOSED_EXPORT_DEPARTMENT) & pl.col("completed_at").is_null()
    open_ids = tables["cases"].filter(is_left_out)["case_id"]
    kept = {
        name: tables[name].filter(~pl.col("case_id").is_in(open_ids.implode()))
        for name in ("cases", "steps", "clock_stops")
    }
    return {**tables, **kept}, [_told(CLOSED_EXPORT_DEPARTMENT, "closed_export", open_ids)]


MAKERS: Final = {
    "withdrawn_late": _withdrawn_late,
    "answered_late": _answered_late,
    "mixed_units": _mixed_units,
    "closed_export": _closed_export,
}


def _decided_cases(tables: Tables, department: str) -> pl.DataFrame:
    """The cases of a department that were accepted and granted, under a promise in working days."""
    promises = tables["items"].select("item", "promised_length", "promised_unit", "valid_from", "valid_until")
    both = pl.col("accepted_at").is_not_null() & pl.col("completed_at").is_not_null()
    plain = tables["cases"].filter(
        (pl.col("department") == department) & both & pl.col("status").is_null() & ~pl.col("is_green_lane")
    )
    accepted_on = pl.col("accepted_at").str.slice(0, 10).str.to_date()
    return (
        plain.join(promises, on="item", how="inner", maintain_order="left")
        .filter(
            (pl.col("promised_unit") == "working_days")
            & (accepted_on >= pl.col("valid_from"))
            & (accepted_on < pl.col("valid_until")).fill_null(value=True)
        )
        .select("case_id", "department", "accepted_at", "completed_at", "promised_length")
    )


def _wall(moments: pl.Series) -> np.ndarray:
    """Wall seconds of local stamps in text."""
    first = np.datetime64(FIRST_DAY, "s").astype(np.int64)
    return moments.str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s").to_numpy() - first


def _reading(moments: pl.Series, time: WorkingTime) -> np.ndarray:
    """The number of working days up to each moment's day."""
    return np.searchsorted(time.days, _wall(moments) // WALL_DAY, side="right")


def _in_order(rows: pl.DataFrame, cases: pl.DataFrame, *, by: str = "started_at") -> pl.DataFrame:
    """Rows in the order of their cases; those of a case by a column, a step without begin by its completion."""
    place = cases.select("case_id").with_row_index("place")
    moment = pl.coalesce(by, "completed_at") if by == "started_at" else pl.col(by)
    return (
        rows.join(place, on="case_id", how="left", maintain_order="left")
        .with_columns(moment=moment)
        .sort("place", "moment", maintain_order=True)
        .drop("place", "moment")
    )


def _told(department: str, what: str, case_ids: pl.Series) -> dict[str, Any]:
    return {"department": department, "what": what, "items": [], "cases": sorted(case_ids.to_list())}
