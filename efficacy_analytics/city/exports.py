"""Make a demonstration city: the exports its approval system would write, and the truth planted in it.

The same number of cases and the same seed give the same bytes.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from efficacy_analytics.city.handling.applications import Applications, drawn_applications
from efficacy_analytics.city.handling.drift import Drift, check_drifts, drifted
from efficacy_analytics.city.handling.flow import drawn_flow
from efficacy_analytics.city.handling.paces import PACES, check_paces, paced, pauses
from efficacy_analytics.city.handling.queues import Offices, OnProgress
from efficacy_analytics.city.handling.staffing import staffed
from efficacy_analytics.city.records.cases import case_table, numbered_cases
from efficacy_analytics.city.records.clock_stops import clock_stop_table
from efficacy_analytics.city.records.dirt import with_dirty_steps, with_dirty_stops
from efficacy_analytics.city.records.fraud import fraud_source, held_back, planted_fraud, with_back_dated_stops
from efficacy_analytics.city.records.irregular_shapes import with_irregularities
from efficacy_analytics.city.records.legal_shapes import SHAPES, with_legal_shapes
from efficacy_analytics.city.records.shapes import USUAL_SHAPES, check_shapes, with_shapes
from efficacy_analytics.city.records.steps import step_table, wall_moments
from efficacy_analytics.city.records.tables import activity_table, department_table, item_table
from efficacy_analytics.city.records.truth import CityTruth, planted_truth
from efficacy_analytics.city.town.limits import ItemLimit, drawn_limits
from efficacy_analytics.city.town.working_time import OPEN_DAY, Whole, working_time
from efficacy_analytics.errors import CallError

FEWEST_CASES = 100
RISK_SHARE = 0.75


def make_city(
    folder: Path,
    *,
    cases: int = 100_000,
    seed: int = 1,
    items_per_department: int | None = None,
    drifts: Sequence[Drift] = (),
    legal_shapes: Collection[str] = SHAPES,
    shapes: Sequence[str] = USUAL_SHAPES,
    irregularities: Collection[str] = (),
    paces: Collection[str] = PACES,
    on_progress: OnProgress | None = None,
) -> CityTruth:
    """Write the exports of a demonstration city into a folder.

    The files are departments, activities, items, cases, steps and clock_stops (.csv, UTF-8, local stamps of
    Asia/Shanghai without an offset), and planted_truth.json, which is not part of the delivery.

    Args:
        folder: where to write; made where it is missing, files of these names are replaced.
        cases: how many applications the period holds.
        seed: what everything is drawn with.
        items_per_department: only so many of each department's items are applied for, those most in demand, so that
            each has more cases; by default all are.
        drifts: changes of the work of single departments; by default nothing changes.
        legal_shapes: what single departments show that the law has a word for (`records.legal_shapes.SHAPES`).
        shapes: honest habits that look odd row by row (`SHAPES` of `city/records/shapes.py`).
        irregularities: what supervision looks for (`IRREGULARITIES` of `city/records/irregular_shapes.py`).
        paces: how the pace of single departments swings, grows or breaks (`PACES` of `city/handling/paces.py`).
        on_progress: called with a message, how much is done and of how much.

    Returns:
        What was planted.

    Raises:
        CallError: fewer cases than a city can have, a negative seed, a change that cannot be, an unknown shape or pace.
    """
    _check(cases, seed, items_per_department)
    check_drifts(drifts)
    check_shapes(shapes)
    check_paces(paces)
    folder.mkdir(parents=True, exist_ok=True)
    told = on_progress or _silent
    tables, truth = _drawn(cases, seed, items_per_department, drifts, legal_shapes, shapes, irregularities, paces, told)
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
    truth.write(folder / "planted_truth.json")
    return truth


def _drawn(
    case_count: int,
    seed: int,
    items_per_department: int | None,
    drifts: Sequence[Drift],
    legal_shapes: Collection[str],
    shapes: Sequence[str],
    irregularities: Collection[str],
    paces: Collection[str],
    on_progress: OnProgress,
) -> tuple[dict[str, pl.DataFrame], CityTruth]:
    """The tables of a city by name, and its truth; each part is drawn from a source of its own."""
    time = working_time()
    of_limits, of_applications, of_flow, of_staff, of_steps, of_dirt = _sources(seed)
    on_progress("drawing the applications", 0, case_count)
    limits = drawn_limits(of_limits)
    applications = drawn_applications(case_count, time, of_applications, items_per_department=items_per_department)
    drawn = drifted(drawn_flow(applications, of_flow), applications, drifts)
    flow, staff = staffed(paced(drawn, applications, time, seed, paces), time, of_staff)
    offices = Offices(flow, applications, staff, time, _risk(limits, applications), pauses(flow, paces))
    happened = offices.run(on_progress)
    on_progress("writing the tables", len(flow.case), len(flow.case))
    case_ids = numbered_cases(applications)
    moments = wall_moments(flow, happened, applications, time, of_steps)
    of_fraud = fraud_source(seed)
    moments, held = held_back(flow, moments, applications, limits, time, of_fraud)
    steps = step_table(flow, happened, moments, applications, case_ids, of_steps)
    steps, planted_shapes = with_shapes(steps, shapes, seed)
    stops = clock_stop_table(flow, happened, moments, applications, case_ids, time, of_fraud)
    stops, back_dated = with_back_dated_stops(stops, flow, moments, applications, limits, case_ids, time, of_fraud)
    fraud = planted_fraud(case_ids, back_dated, held)
    whole = {
        "items": item_table(limits),
        "cases": case_table(flow, moments, applications, case_ids),
        "steps": steps,
        "clock_stops": stops,
    }
    whole, legal = with_legal_shapes(whole, time, seed, legal_shapes)
    whole, irregular = with_irregularities({**whole, "activities": activity_table()}, seed, irregularities)
    steps, dirty_steps = with_dirty_steps(whole["steps"], of_dirt)
    stops, dirty_stops = with_dirty_stops(whole["clock_stops"], of_dirt)
    tables = {
        "departments": department_table(),
        "activities": whole["activities"],
        **whole,
        "steps": steps,
        "clock_stops": stops,
    }
    dirty = dirty_steps + dirty_stops
    part_time = offices.part_time_officers
    truth = planted_truth(
        case_count,
        seed,
        limits=limits,
        part_time_officers=part_time,
        dirty=dirty,
        drifts=drifts,
        fraud=fraud,
        legal=legal,
        shapes=planted_shapes,
        irregularities=irregular,
        paces=paces,
    )
    return tables, truth


def _check(cases: int, seed: int, items_per_department: int | None) -> None:
    if cases < FEWEST_CASES:
        raise CallError(f"a city of {cases} cases is too small.", hint=f"ask for at least {FEWEST_CASES} cases")
    if seed < 0:
        raise CallError(f"the seed {seed} is negative.", hint="use a whole number from 0 on")
    if items_per_department is not None and items_per_department < 1:
        raise CallError(f"{items_per_department} items of each department are none.", hint="ask for at least 1")


def _sources(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(6)]


def _risk(limits: list[ItemLimit], applications: Applications) -> Whole:
    days = np.array([limit.promised_open_days for limit in limits])[applications.item]
    return (RISK_SHARE * days * OPEN_DAY).astype(np.int64)


def _silent(message: str, done: int, total: int) -> None:
    """Tell nobody."""
