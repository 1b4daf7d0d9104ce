"""What supervision looks for, planted where asked for: approvals under the name of a filing, decisions taken elsewhere,
inspections without a filed form; and beside each what looks like it and is honest.

Each draws from a source of its own, so that the rest of the city is the same with and without them.
"""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.errors import CallError

Tables = dict[str, pl.DataFrame]
Truth = list[dict[str, Any]]
IRREGULARITIES: Final = ("disguised_approvals", "outside_decisions", "missing_slips")
DISGUISED_COUNT, CHECKED_COUNT, FEWEST_CASES = 6, 4, 20
EXAMINED_FROM, EXAMINED_UNTIL = 0.6, 1.0
"""Between which shares of its cases an item in disguise is examined; the others are handled as filings are."""
CHECKED_FROM, CHECKED_UNTIL = 0.05, 0.15
"""Between which shares of its cases an honest filing is examined."""
EXAMINING: Final = (
    *("assignment", "preliminary_review", "site_inspection", "expert_review", "joint_review", "legal_check"),
    *("public_notice", "extension"),
)
FORMS: Final = "（(新办|变更|延续)）"
OUTSIDE_DEPARTMENTS: Final = ("D16", "D18")
SUPERIOR, SHARING_DEPARTMENT, RECEIVING_DEPARTMENT, UNNAMED_DEPARTMENT = "D20", "D15", "D14", "D17"
OUTSIDE_SHARE, RECEIVED_ELSEWHERE_SHARE, UNNAMED_SHARE = 0.2, 0.5, 0.1
INSPECTING_DEPARTMENTS: Final = ("D08", "D23")
INSPECTED_SHARE, NO_SLIP_SHARE, LATE_SLIP_SHARE, SAME_MINUTE_SHARE = 0.5, 0.1, 0.1, 0.3
INSPECTION: Final = ("enterprise_inspection", "supervision", "入企检查", "Inspection of an enterprise")
FILING: Final = ("inspection_filing", "supervision", "检查备案单", "Filed form of an inspection")
STREAM: Final = 1816
STAMP: Final = "%Y-%m-%d %H:%M:%S"
TIMES: Final = ("started_at", "completed_at", "recorded_at")


def with_irregularities(tables: Tables, seed: int, names: Collection[str]) -> tuple[Tables, Truth]:
    """The tables with what is asked for planted, and the truth of each: what, and the cases or items.

    Args:
        tables: the exports of the city by name, before any row is spoilt.
        seed: of the city.
        names: which of `IRREGULARITIES`.

    Raises:
        CallError: there is no such irregularity.
    """
    for name in names:
        if name not in IRREGULARITIES:
            raise CallError(f"the city has no irregularity {name!r}.", hint=f"one of: {', '.join(IRREGULARITIES)}")
    truth: Truth = []
    for place, name in enumerate(IRREGULARITIES):
        if name in names:
            rng = np.random.default_rng(np.random.SeedSequence([seed, STREAM, place]))
            tables, told = MAKERS[name](tables, rng)
            truth += told
    return tables, truth


def _disguised_approvals(tables: Tables, rng: np.random.Generator) -> tuple[Tables, Truth]:
    """Items that are examined call themselves filings; a few cases of honest filings are examined too."""
    counts = tables["cases"].filter(pl.col("completed_at").is_not_null() & pl.col("status").is_null())
    frequent = counts.group_by("item").len().filter(pl.col("len") >= FEWEST_CASES)["item"]
    known = tables["items"].unique("item", keep="first").sort("item")
    known = known.filter(pl.col("item").is_in(frequent.implode()))
    examined = known.filter((pl.col("kind") == "promised") & pl.col("name_zh").str.contains(FORMS))["item"]
    honest = known.filter(pl.col("name_zh").str.contains("（备案）"))["item"]
    disguised, checked = (
        sorted(rng.choice(some.to_numpy(), size=min(count, some.len()), replace=False).tolist())
        for some, count in ((examined, DISGUISED_COUNT), (honest, CHECKED_COUNT))
    )
    renamed = pl.col("item").is_in(disguised)
    items = tables["items"].with_columns(
        name_zh=pl.when(renamed).then(pl.col("name_zh").str.replace(FORMS, "（备案）")).otherwise("name_zh"),
        name_en=pl.when(renamed).then(pl.col("name_en").str.replace(r" \([a-z]+\)$", " (filing)")).otherwise("name_en"),
    )
    none = counts["case_id"].clear()
    light = pl.concat(
        [none, *(_drawn(counts, item, 1 - rng.uniform(EXAMINED_FROM, EXAMINED_UNTIL), rng) for item in disguised)]
    )
    looked_at = pl.concat(
        [none, *(_drawn(counts, item, rng.uniform(CHECKED_FROM, CHECKED_UNTIL), rng) for item in checked)]
    )
    is_left_out = pl.col("case_id").is_in(light.implode()) & pl.col("activity").is_in(EXAMINING)
    kept = tables["steps"].filter(~is_left_out.fill_null(value=False))
    added = _after(kept, looked_at, "acceptance", ("assignment", "preliminary_review"))
    steps = in_order(pl.concat([kept, added]), tables["cases"])
    truth = [{"what": "disguised_approvals", "items": disguised, "cases": []}]
    truth.append({"what": "checked_filings", "items": checked, "cases": sorted(looked_at.to_list())})
    return {**tables, "items": items, "steps": steps}, truth


def _outside_decisions(tables: Tables, rng: np.random.Generator) -> tuple[Tables, Truth]:
    """A superior department decides; elsewhere another one only receives, or the deciding one is not written down."""
    steps = tables["steps"].join(
        tables["cases"].select("case_id", home="department"), on="case_id", how="left", maintain_order="left"
    )
    draw = pl.Series(rng.random(steps.height))
    is_decision = (pl.col("activity") == "decision").fill_null(value=False)
    is_outside = is_decision & pl.col("home").is_in(OUTSIDE_DEPARTMENTS) & (draw < OUTSIDE_SHARE)
    is_received = (
        (pl.col("activity") == "acceptance").fill_null(value=False)
        & (pl.col("home") == SHARING_DEPARTMENT)
        & (draw < RECEIVED_ELSEWHERE_SHARE)
    )
    is_unnamed = is_decision & (pl.col("home") == UNNAMED_DEPARTMENT) & (draw < UNNAMED_SHARE)
    outside = sorted(steps.filter(is_outside)["case_id"].to_list())
    department = (
        pl.when(is_outside)
        .then(pl.lit(SUPERIOR))
        .when(is_received)
        .then(pl.lit(RECEIVING_DEPARTMENT))
        .when(~is_unnamed)
        .then("department")
    )
    resource = pl.when(is_outside).then(pl.lit(f"{SUPERIOR}-01")).otherwise("resource")
    changed = steps.with_columns(department=department, resource=resource).drop("home")
    return {**tables, "steps": changed}, [{"what": "outside_decisions", "items": [], "cases": outside}]


def _missing_slips(tables: Tables, rng: np.random.Generator) -> tuple[Tables, Truth]:
    """Enterprises are inspected after the decision; most inspections were filed before, some at once, some too late."""
    own = tables["cases"].filter(
        pl.col("department").is_in(INSPECTING_DEPARTMENTS)
        & pl.col("completed_at").is_not_null()
        & pl.col("status").is_null()
    )
    chosen = own.filter(pl.Series(rng.random(own.height) < INSPECTED_SHARE))["case_id"]
    inspected = _after(tables["steps"], chosen, "decision", (INSPECTION[0],), hours=30)
    draw = rng.random(inspected.height)
    is_missing = draw < NO_SLIP_SHARE
    is_late = ~is_missing & (draw < NO_SLIP_SHARE + LATE_SLIP_SHARE)
    is_at_once = rng.random(inspected.height) < SAME_MINUTE_SHARE
    hours = np.where(is_late, 5, np.where(is_at_once, 0, -24))
    filed = inspected.with_columns(activity=pl.lit(FILING[0]), hours=pl.Series(hours)).with_columns(
        (pl.col(name).str.to_datetime(STAMP) + pl.duration(hours="hours")).dt.strftime(STAMP) for name in TIMES
    )
    slips = filed.filter(pl.Series(~is_missing)).drop("hours")
    activities = pl.DataFrame([INSPECTION, FILING], schema=tables["activities"].columns, orient="row")
    steps = in_order(pl.concat([tables["steps"], slips, inspected]), tables["cases"])
    broken = sorted(inspected.filter(pl.Series(is_missing | is_late))["case_id"].to_list())
    whole = {**tables, "steps": steps, "activities": pl.concat([tables["activities"], activities])}
    return whole, [{"what": "missing_slips", "items": [], "cases": broken}]


MAKERS: Final = {
    "disguised_approvals": _disguised_approvals,
    "outside_decisions": _outside_decisions,
    "missing_slips": _missing_slips,
}


def _drawn(cases: pl.DataFrame, item: str, share: float, rng: np.random.Generator) -> pl.Series:
    """The cases of an item that are drawn at a share, rounded."""
    own = cases.filter(pl.col("item") == item)["case_id"].sort()
    return own.gather(np.sort(rng.choice(own.len(), size=round(share * own.len()), replace=False)))


def _after(
    steps: pl.DataFrame, cases: pl.Series, activity: str, added: tuple[str, ...], *, hours: int = 0
) -> pl.DataFrame:
    """Further steps of cases behind a step of theirs, by its officer, at the same moment or so many hours later."""
    last = (pl.col("activity") == activity) & pl.col("case_id").is_in(cases.implode())
    behind = steps.filter(last).unique("case_id", keep="last", maintain_order=True)
    at = (pl.col("completed_at").str.to_datetime(STAMP) + pl.duration(hours=hours)).dt.strftime(STAMP)
    moved = behind.with_columns(at.alias(name) for name in TIMES)
    return pl.concat([moved.clear(), *(moved.with_columns(activity=pl.lit(name)) for name in added)])


def in_order(steps: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Steps in the order of their cases, those of a case by their begin, without one by their completion."""
    place = cases.select("case_id").with_row_index("place")
    return (
        steps.join(place, on="case_id", how="left", maintain_order="left")
        .with_columns(moment=pl.coalesce("started_at", "completed_at"))
        .sort("place", "moment", maintain_order=True)
        .drop("place", "moment")
    )
