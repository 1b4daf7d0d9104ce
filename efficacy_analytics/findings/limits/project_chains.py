"""The items of one project (名称登记 … 施工许可): one after the other, with shorter limits, and side by side.

Limits add up along the chain as long as an applicant can hand in the next item only when the one before is done. What
may run side by side is declared in the lake's `reference/chains.csv`; nothing else is. A log holds cases, not projects:
observed times are those of projects drawn together from the cases of each item, as if none depended on another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.limits.case_times import limits_in_force
from efficacy_analytics.findings.limits.plan import limit_plan
from efficacy_analytics.mining.declared import chains

Days = npt.NDArray[np.float64]

ROUNDING: Final = 1e-9
PROJECTS: Final = 4_000
"""So many projects are drawn for the observed times."""
STAGES: Final = ("in_series", "compressed", "side_by_side")
UNITS: Final = ("working_days", "calendar_days", "on_the_spot")
COLUMNS: Final = {
    "chain": pl.String,
    "stage_number": pl.Int64,
    "stage": pl.String,
    "item_count": pl.Int64,
    "converted_count": pl.Int64,
    "limit_days_total": pl.Int64,
    "saved_days": pl.Int64,
    "saved_share": pl.Float64,
    "longest_path": pl.String,
    "observed_days_mean": pl.Float64,
    "observed_days_high": pl.Float64,
}


@dataclass(frozen=True)
class Step:
    """One item of a chain.

    Attributes:
        number: in the chain.
        item: its code.
        department: whose it is.
        after: the numbers of the steps that must be done before it begins.
        limit_days: the limit in force, in working days.
        proposed_days: the shorter limit, or the one in force.
        needed_days: of its completed cases; empty where the log has none.
        is_converted: whether the log counts it in calendar days.
    """

    number: int
    item: str
    department: str | None
    after: tuple[int, ...]
    limit_days: int
    proposed_days: int
    needed_days: Days
    is_converted: bool


@question
def project_chains(
    log: Session,
    *,
    declared: pl.DataFrame | None = None,
    share: float | None = None,
    confidence: float | None = None,
) -> pl.DataFrame:
    """What the chains of items come to: limits one after the other, then shorter limits, then items side by side.

    - `in_series`: the sum of the limits in force.
    - `compressed`: the sum of the limits that `chains.csv` proposes or, where it does not, `limit_plan` guarantees.
    - `side_by_side`: the longest path through the compressed limits, each item beginning when those it comes after are
      done.

    Observed times are of completed cases, the same in the first two stages: a shorter limit shortens no case. Days of
    items that the log counts in calendar days become working days by the share of working days in its calendar, limits
    rounded up; declared days are working days.

    Args:
        log: the engine of a cohort.
        declared: the chains, with the columns of `chains.csv`; by default those of the lake.
        share: of cases, for the guarantee of shorter limits and for observed_days_high; by default as in the settings.
        confidence: of that guarantee; by default as in the settings.

    Returns:
        Three rows per chain, in the file's order; a chain that the log knows nothing of is left out: `chain`,
        `stage_number`, `stage`, `item_count`, `converted_count` (items counted in calendar days), `limit_days_total`
        (working days), `saved_days` (against the stage before), `saved_share` (against the first stage),
        `longest_path` (the items that decide, joined by " → "), `observed_days_mean` and `observed_days_high` (the mean
        of 4,000 drawn projects, and what the stated share of them keeps; null where an item has no case).

    Raises:
        CallError: a chain runs in a circle, or a step comes after one that is not there.
        CannotAnswerError: the limit of one of the items is in neither the file nor, in days, the log.
    """
    table = chains(log) if declared is None else declared
    asked_share = log.settings.guarantee.share if share is None else share
    known = _known(log, share=share, confidence=confidence)
    rows = []
    for (name,), part in table.group_by("chain", maintain_order=True):
        if part["limit_days"].null_count() == part.height and not any(key in known for key in _keys(part)):
            continue
        steps = [_step(str(name), row, known) for row in part.sort("step_number").iter_rows(named=True)]
        rows += _stages(str(name), _ordered(str(name), steps), asked_share, log.settings.bootstrap.seed)
    return pl.DataFrame(rows, schema=COLUMNS)


def _keys(part: pl.DataFrame) -> list[tuple[str | None, str | None]]:
    return part.select("department", "item").rows()


def _known(log: Session, **asked: float | None) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    """What the log says of each item, in working days: limit in force, limit proposed, counted days."""
    found = limits_in_force(log).filter(pl.col("limit_unit").is_in(UNITS) & (pl.col("unit_count") == 1))
    if not found["limit_days"].count():
        return {}
    is_converted = pl.col("counted_unit") == "calendar_days"
    rate = pl.when(is_converted).then(log.run("calendar_working_share").item()).otherwise(1.0)
    plan = limit_plan(log, **asked).select("department", "item", "proposed_days")
    joined = found.join(plan, on=["department", "item"], how="left", nulls_equal=True).with_columns(
        (pl.col("limit_days", "proposed_days") * rate - ROUNDING).ceil().cast(pl.Int64),
        rate.alias("rate"),
        is_converted.alias("is_converted"),
    )
    return {(row["department"], row["item"]): row for row in joined.iter_rows(named=True)}


def _step(chain: str, row: dict[str, Any], known: Mapping[tuple[str | None, str | None], dict[str, Any]]) -> Step:
    of_log = known.get((row["department"], row["item"]), {})
    limit = row["limit_days"] if row["limit_days"] is not None else of_log.get("limit_days")
    if limit is None:
        raise CannotAnswerError(
            f"chain '{chain}' needs the limit of item {row['item']} in days.",
            hint="the log has none for its department: give limit_days in chains.csv",
        )
    proposed = row["proposed_days"] if row["proposed_days"] is not None else of_log.get("proposed_days")
    days = np.sort(np.asarray(of_log.get("needed_days") or [], dtype=np.int64))
    return Step(
        number=row["step_number"],
        item=row["item"],
        department=row["department"],
        after=tuple(int(number) for number in (row["after_steps"] or "").split("|") if number.strip()),
        limit_days=limit,
        proposed_days=limit if proposed is None else min(limit, proposed),
        needed_days=days * of_log.get("rate", 1.0),
        is_converted=bool(of_log.get("is_converted")),
    )


def _ordered(chain: str, steps: list[Step]) -> list[Step]:
    """The steps so that each stands behind those it comes after."""
    by_number = {step.number: step for step in steps}
    for step in steps:
        if missing := [number for number in step.after if number not in by_number]:
            raise CallError(
                f"step {step.number} of chain '{chain}' comes after step {missing[0]}, which it does not have.",
                hint="correct after_steps in chains.csv",
            )
    try:
        order = TopologicalSorter({step.number: step.after for step in steps}).static_order()
        return [by_number[number] for number in order]
    except CycleError:
        raise CallError(f"chain '{chain}' runs in a circle.", hint="correct after_steps in chains.csv") from None


def _stages(chain: str, steps: list[Step], share: float, seed: int) -> list[dict[str, Any]]:
    in_series = sum(step.limit_days for step in steps)
    compressed = sum(step.proposed_days for step in steps)
    longest, path = _longest(steps, {step.number: step.proposed_days for step in steps})
    whole = [step.item for step in sorted(steps, key=lambda step: step.number)]
    projects = _drawn(steps, seed)
    sums = None if projects is None else sum(projects.values(), np.zeros(PROJECTS))
    ends = None if projects is None else _ends(steps, projects)
    totals = zip((in_series, compressed, longest), (whole, whole, path), (sums, sums, ends), strict=True)
    rows, before = [], in_series
    for number, (total, items, days) in enumerate(totals, start=1):
        rows.append(
            {
                "chain": chain,
                "stage_number": number,
                "stage": STAGES[number - 1],
                "item_count": len(steps),
                "converted_count": sum(step.is_converted for step in steps),
                "limit_days_total": total,
                "saved_days": before - total,
                "saved_share": 1 - total / in_series if in_series else None,
                "longest_path": " → ".join(items),
                "observed_days_mean": None if days is None else float(days.mean()),
                "observed_days_high": None if days is None else float(np.quantile(days, share, method="higher")),
            }
        )
        before = total
    return rows


def _longest(steps: list[Step], days: dict[int, int]) -> tuple[int, list[str]]:
    """The longest path through days that are known, and the items on it; of equal ones the first by number."""
    ends: dict[int, tuple[int, list[str]]] = {}
    for step in steps:
        before, path = max((ends[number] for number in sorted(step.after)), key=lambda end: end[0], default=(0, []))
        ends[step.number] = (before + days[step.number], [*path, step.item])
    return max((ends[number] for number in sorted(ends)), key=lambda end: end[0])


def _drawn(steps: list[Step], seed: int) -> dict[int, Days] | None:
    """The times of drawn projects at each step: each item's drawn from its cases, independently of the others'."""
    if any(not step.needed_days.size for step in steps):
        return None
    rng = np.random.default_rng(seed)
    return {step.number: rng.choice(step.needed_days, PROJECTS) for step in sorted(steps, key=lambda one: one.number)}


def _ends(steps: list[Step], days: dict[int, Days]) -> Days:
    """When the last item of each drawn project is done."""
    ends: dict[int, Days] = {}
    for step in steps:
        before = np.max([ends[number] for number in step.after], axis=0) if step.after else 0
        ends[step.number] = np.asarray(before + days[step.number])
    return np.asarray(np.max(list(ends.values()), axis=0))
