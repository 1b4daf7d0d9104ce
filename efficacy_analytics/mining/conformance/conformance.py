"""How far cases keep to their procedure: what was left out, what was added, and how well they fit.

Each variant is aligned once, however many cases follow it: with a process tree by the search of `alignment`, with a
net that is no tree by pm4py's. The work stops when its time is up, and the result says what share of the cases it
covers.

Sources: A. Adriansyah, "Aligning Observed and Modeled Behavior", TU Eindhoven 2014 (alignments, fitness);
J. Munoz-Gama, J. Carmona, "A Fresh Look at Precision in Process Conformance", BPM 2010 (precision).
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.conformance.alignment import Move, alignment
from efficacy_analytics.mining.conformance.precision import precision
from efficacy_analytics.mining.conformance.residuals import Residuals
from efficacy_analytics.mining.declared import Procedure, assigned_procedures, procedures
from efficacy_analytics.mining.models.petri_nets import Net, NetWalk, bpmn_model, quiet_pm4py
from efficacy_analytics.mining.models.process_tree import ProcessTree

SECONDS = 60.0
SKIP = ">>"
"""How pm4py writes that the case, or the model, did nothing."""

Clock: TypeAlias = Callable[[], float]
Search: TypeAlias = Callable[[list[str]], list[Move] | None]

VARIANT: dict[str, Any] = {"variant": pl.Int64, "case_count": pl.Int64, "is_covered": pl.Boolean, "fitness": pl.Float64,
           "deviation_count": pl.Int64, "skipped": pl.List(pl.String), "added": pl.List(pl.String)}  # fmt: skip


class Aligned(NamedTuple):
    """How a sequence of activities lies on a model: steps it lacks, steps it has too many, and the model's own run."""

    fitness: float
    skipped: list[str]
    added: list[str]
    run: list[str]


def alignments(
    variants: pl.DataFrame,
    model: ProcessTree | Net,
    *,
    seconds: float = SECONDS,
    clock: Clock = time.monotonic,
) -> pl.DataFrame:
    """Each variant aligned with a model, the most frequent first, until the time is up.

    fitness = 1 - deviations / (steps of the variant + steps of the model's shortest way through): 1 where the variant
    fits, 0 where nothing of it does. Of several alignments with the fewest deviations every run finds the same.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        model: a process tree, or an accepting Petri net.
        seconds: how long to work; a variant that is not aligned by then is not covered.
        clock: what tells the time, in seconds.

    Returns:
        One row per variant, in the order given: `variant` (its place, from 0), `case_count`, `is_covered`, `fitness`,
        `deviation_count`, `skipped`, `added` (activities in their order; null where not covered).

    Raises:
        CallError: `seconds` is not above 0.
    """
    if seconds <= 0:
        raise CallError(f"alignments need time: seconds must be above 0, got {seconds}.", hint="60 is usual")
    found = _found(variants, model, clock, clock() + seconds)
    counts = variants["case_count"].to_list()
    return pl.DataFrame(
        [_row(place, counts[place], one) for place, one in enumerate(found)], schema=VARIANT, orient="row"
    )


def log_fitness(aligned: pl.DataFrame) -> pl.DataFrame:
    """How a whole log fits, of the cases that are covered.

    Args:
        aligned: as `alignments` gives it.

    Returns:
        One row: `case_count`, `covered_case_count`, `covered_share`, `is_partial`, `fitting_case_count`,
        `fitting_share`, `fitness_mean` (of the covered cases, each variant weighing as many as follow it).
    """
    count = pl.col("case_count")
    covered = count.filter(pl.col("is_covered")).sum()
    fitting = count.filter(pl.col("deviation_count") == 0).sum()
    known = pl.when(covered > 0)
    weighted = (pl.col("fitness") * count).filter(pl.col("is_covered")).sum()
    return aligned.select(
        count.sum(),
        covered.alias("covered_case_count"),
        pl.when(count.sum() > 0).then(covered / count.sum()).alias("covered_share"),
        (covered < count.sum()).alias("is_partial"),
        fitting.alias("fitting_case_count"),
        known.then(fitting / covered).alias("fitting_share"),
        known.then(weighted / covered).alias("fitness_mean"),
    )


def model_quality(variants: pl.DataFrame, model: ProcessTree | Net, *, seconds: float = SECONDS) -> pl.DataFrame:
    """Fitness and precision of a model on a log, both by alignments on its variants.

    Precision compares, after each prefix seen, what the model allows with what the log does, prefixes weighing as many
    cases as have them; a model that allows nothing unseen has 1.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        model: a process tree, or an accepting Petri net.
        seconds: how long to align; precision is left out (null) where that did not cover every case.

    Returns:
        One row: the columns of `log_fitness`, and `precision`.
    """
    found = _found(variants, model, time.monotonic, time.monotonic() + seconds)
    counts = variants["case_count"].to_list()
    rows = [_row(place, counts[place], one) for place, one in enumerate(found)]
    runs = [(one.run, count) for one, count in zip(found, counts, strict=True) if one]
    exactness = (
        precision(NetWalk(model) if isinstance(model, Net) else Residuals(model), runs)
        if len(runs) == len(found)
        else None
    )
    fitness = log_fitness(pl.DataFrame(rows, schema=VARIANT, orient="row"))
    return fitness.with_columns(pl.lit(exactness, dtype=pl.Float64).alias("precision"))


@question
def conformance(log: Session, *, seconds: float = SECONDS) -> pl.DataFrame:
    """Each variant of the ended cases aligned with the procedure declared for their item.

    Open cases are not over and withdrawn ones were broken off: neither is aligned. `conformance_summary` counts them.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        seconds: how long to work on all procedures together.

    Returns:
        One row per procedure and variant, the most frequent first: `procedure`, `variant_key`, `activities`,
        `case_count`, `is_covered`, `fitness`, `deviation_count`, `skipped`, `added`.
    """
    cases = _assigned(log).filter("is_judged")
    counted = cases.group_by("procedure", "variant_key").agg(pl.len().cast(pl.Int64).alias("case_count"))
    known = log.run("variants").select("variant_key", "activities")
    chosen = counted.join(known, on="variant_key").sort(
        ["case_count", "procedure", "variant_key"], descending=[True, False, False]
    )
    until = time.monotonic() + seconds
    parts = []
    for procedure in procedures(log):
        part = chosen.filter(pl.col("procedure") == procedure.name)
        if part.height:
            left = max(until - time.monotonic(), 1e-3)
            result = alignments(part, _model(procedure), seconds=left)
            parts.append(part.hstack(result.drop("variant", "case_count")))
    columns = ["procedure", "variant_key", "activities", "case_count", *list(VARIANT)[2:]]
    empty = chosen.clear().with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in list(VARIANT.items())[2:]
    )
    return pl.concat([empty, *parts]).select(columns)


@question
def conformance_summary(log: Session, *, seconds: float = SECONDS) -> pl.DataFrame:
    """How the cases of each procedure keep to it, and what share of them the answer covers.

    Returns:
        One row per procedure by name, cases without one last (`procedure` null): `procedure`, `case_count`,
        `open_count`, `withdrawn_count`, `judged_count`, `covered_case_count`, `covered_share`, `is_partial`,
        `fitting_case_count`, `fitting_share`, `fitness_mean`.
    """
    counted = (
        _assigned(log)
        .group_by("procedure", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("case_count"),
            pl.col("is_open").sum().cast(pl.Int64).alias("open_count"),
            pl.col("is_withdrawn").sum().cast(pl.Int64).alias("withdrawn_count"),
            pl.col("is_judged").sum().cast(pl.Int64).alias("judged_count"),
        )
    )
    aligned = conformance(log, seconds=seconds)
    judged = [
        log_fitness(part).drop("case_count").with_columns(pl.lit(name).alias("procedure"))
        for (name,), part in aligned.group_by("procedure", maintain_order=True)
    ]
    measures = (
        pl.concat(judged)
        if judged
        else log_fitness(aligned)
        .drop("case_count")
        .with_columns(pl.lit(None, dtype=pl.String).alias("procedure"))
        .clear()
    )
    return counted.join(measures, on="procedure", how="left").sort("procedure", nulls_last=True)


@question
def conformance_cases(log: Session, *, seconds: float = SECONDS) -> pl.DataFrame:
    """Each ended case with how it keeps to its procedure.

    Returns:
        One row per case in the order of the deliveries: `case_key`, `case_id`, `department`, `item`, `procedure`,
        `variant_key`, `is_covered`, `fitness`, `deviation_count`, `skipped`, `added`.
    """
    aligned = conformance(log, seconds=seconds).drop("activities", "case_count")
    cases = _assigned(log).filter("is_judged").drop("is_open", "is_withdrawn", "is_judged")
    joined = cases.join(aligned, on=["procedure", "variant_key"], how="inner", maintain_order="left")
    names = ["case_key", "case_id", "department", "item", "procedure", "variant_key"]
    return joined.select(*names, *list(VARIANT)[2:])


def _assigned(log: Session) -> pl.DataFrame:
    """The cases of the cohort with the procedure declared for each, null where there is none."""
    return assigned_procedures(log.run("conformance_cases"), procedures(log))


def _model(procedure: Procedure) -> ProcessTree | Net:
    if procedure.bpmn is None:
        return procedure.tree
    return bpmn_model(procedure.bpmn, procedure.bpmn_file or procedure.name)


def _found(variants: pl.DataFrame, model: ProcessTree | Net, now: Clock, until: float) -> list[Aligned | None]:
    """The alignment of each variant, those with the most cases first; None where the time was up."""
    rows = variants.select(pl.col("activities").cast(pl.List(pl.String)), "case_count").rows()
    found: list[Aligned | None] = [None] * len(rows)
    moves_of = _search_in_net(model, now, until) if isinstance(model, Net) else _search_in_tree(model, now, until)
    shortest = moves_of([])
    for place in sorted(range(len(rows)), key=lambda place: (-rows[place][1], place)):
        moves = moves_of(rows[place][0]) if shortest is not None and now() < until else None
        if moves is None:
            break
        found[place] = _aligned(moves, len(rows[place][0]) + len(shortest or []))
    return found


def _search_in_tree(tree: ProcessTree, now: Clock, until: float) -> Search:
    model = Residuals(tree)
    return lambda sequence: alignment(sequence, model, lambda: now() >= until)


def _search_in_net(net: Net, now: Clock, until: float) -> Search:
    """pm4py's search: nets need not be built of blocks."""
    with quiet_pm4py():
        from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory as search

    def moves_of(sequence: list[str]) -> list[Move] | None:
        options = {search.Parameters.PARAM_MAX_ALIGN_TIME_TRACE: until - now()}
        events = [{"concept:name": activity} for activity in sequence]
        result = search.apply(events, *net, parameters=options)
        pairs = [] if result is None else [(_own(done), _own(wanted)) for done, wanted in result["alignment"]]
        return None if result is None else [pair for pair in pairs if pair != (None, None)]

    return moves_of


def _own(step: str | None) -> str | None:
    return None if step == SKIP else step


def _aligned(moves: list[Move], whole: int) -> Aligned:
    skipped = [wanted for done, wanted in moves if done is None and wanted is not None]
    added = [done for done, wanted in moves if wanted is None and done is not None]
    run = [wanted for _, wanted in moves if wanted is not None]
    return Aligned(1 - (len(skipped) + len(added)) / whole if whole else 1.0, skipped, added, run)


def _row(place: int, case_count: int, aligned: Aligned | None) -> tuple[Any, ...]:
    if aligned is None:
        return (place, case_count, False, None, None, None, None)
    count = len(aligned.skipped) + len(aligned.added)
    return (place, case_count, True, aligned.fitness, count, aligned.skipped, aligned.added)
