"""Start and complete events of one activity become one activity instance.

Per case and activity, in the order of the log, a complete takes a start that none has taken: the one of the same
`concept:instance` where the log names it, else the oldest of the same officer (whom a reassignment changes), else the
oldest at all. A complete that stands before its start in the same instant takes that one. A complete without a start is
an instance without a start. A start that was aborted or that no complete takes is refused, as is every other
transition but `schedule`, which only announces a step, and `suspend`, `resume`, `assign` and `reassign` of an open
start: these are accepted and no instances. An instance that was suspended says nothing of how long the work took.
An event without a transition counts as a complete.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

START, COMPLETE, SCHEDULE = "start", "complete", "schedule"
ABORTS = ("ate_abort", "pi_abort", "withdraw")
OF_OPEN = ("suspend", "resume", "assign", "reassign", *ABORTS)
READ = ("transition", "instance", "resource", "at")
FOUND = {"complete_row": pl.UInt32, "start_row": pl.UInt32, "is_suspended": pl.Boolean}
STARTED = ("started_at", "started_local", "resource", "rule", "position", "source_line", "source_row")


def has_pairs(events: pl.DataFrame) -> bool:
    """Whether any event is something else than a complete."""
    return bool((events["transition"] != COMPLETE).any())


def paired(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The instances of a log's events, and the events that are none.

    Args:
        events: judged, in order of `position`; has `case_id`, `activity`, `started_at` and `started_local` (the stamp
            of a start), `resource`, `rule`, `transition`, `instance` and the columns of its place.

    Returns:
        Instances: one row per complete, `started_at` from its start where that has been found, with the start's
        place as `start_position`, `start_line` and `start_row`, its `rule` where the complete has none of its own,
        and `is_suspended`. The others: starts without a complete, and transitions not kept, with `rule`.
    """
    rows = events.with_row_index("row").with_columns(at=pl.coalesce("started_at", "completed_at"))
    found = _found(rows)
    starts = rows.select(start_row_index="row", **{f"start_{name}": name for name in STARTED})
    instances = (
        rows.filter(pl.col("transition") == COMPLETE)
        .join(found.pairs, left_on="row", right_on="complete_row", how="left", maintain_order="left")
        .rename({"start_row": "start_row_index"})
        .join(starts, on="start_row_index", how="left", maintain_order="left")
        .with_columns(
            *(pl.coalesce(f"start_{name}", name).alias(name) for name in ("started_at", "started_local")),
            resource=pl.coalesce("resource", "start_resource"),
            rule=pl.coalesce("rule", "start_rule"),
            is_suspended=pl.col("is_suspended").fill_null(False),
        )
        .rename({"start_source_line": "start_line", "start_source_row": "start_row"})
    )
    helpers = ("start_started_at", "start_started_local", "start_resource", "start_rule", "start_row_index")
    others = rows.filter(~pl.col("transition").is_in([COMPLETE, SCHEDULE])).join(
        pl.concat([found.pairs.select(row="start_row"), found.kept.select("row")]), on="row", how="anti"
    )
    ruled = others.with_columns(
        rule=pl.when(pl.col("row").is_in(found.aborted["row"].implode()))
        .then(pl.lit("start_aborted"))
        .when(pl.col("transition") == START)
        .then(pl.lit("start_without_complete"))
        .otherwise(pl.lit("transition_not_kept"))
    )
    dropped = ("row", "at", "transition", "instance")
    return instances.drop(*helpers, *dropped), ruled.drop("row", "at", "instance")


@dataclass(frozen=True)
class _Found:
    """Pairs by their rows, starts that were aborted, and other transitions of a start that is open."""

    pairs: pl.DataFrame
    aborted: pl.DataFrame
    kept: pl.DataFrame


def _found(rows: pl.DataFrame) -> _Found:
    known = rows.filter(pl.col("case_id").is_not_null() & pl.col("activity").is_not_null())
    known = known.filter(pl.col("transition").is_in([START, COMPLETE, *OF_OPEN])).sort("case_id", "activity", "row")
    of_one = ["case_id", "activity"]
    is_plain = (
        (
            pl.col("transition")
            == pl.when(pl.col("row").cum_count() % 2 == 1).then(pl.lit(START)).otherwise(pl.lit(COMPLETE))
        )
        & pl.col("instance").is_null()
    ).all() & (pl.len() % 2 == 0)
    marked = known.with_columns(is_plain=is_plain.over(of_one), before=pl.col("row").shift(1).over(of_one))
    plain = marked.filter(pl.col("is_plain") & (pl.col("transition") == COMPLETE)).select(
        complete_row="row", start_row="before", is_suspended=pl.lit(False)
    )
    pairs: list[tuple[int, int, bool]] = []
    aborted: list[int] = []
    kept: list[int] = []
    others = marked.filter(~pl.col("is_plain"))
    for group in _groups(others.select("case_id", "activity", "row", *READ)):
        _pair(group, pairs, aborted, kept)
    slow = pl.DataFrame(pairs, schema=FOUND, orient="row")
    return _Found(
        pl.concat([plain.cast(FOUND), slow]),  # type: ignore[arg-type]
        pl.DataFrame({"row": aborted}, schema={"row": pl.UInt32}),
        pl.DataFrame({"row": kept}, schema={"row": pl.UInt32}),
    )


def _groups(rows: pl.DataFrame) -> Iterator[list[tuple[Any, ...]]]:
    """The events of each case and activity: row, transition, instance, resource, at."""
    group: list[tuple[Any, ...]] = []
    of: tuple[Any, ...] = ()
    for case_id, activity, *event in rows.iter_rows():
        if (case_id, activity) != of and group:
            yield group
            group = []
        of = (case_id, activity)
        group.append(tuple(event))
    if group:
        yield group


@dataclass
class _Open:
    """A start that no complete has taken yet."""

    row: int
    instance: str | None
    resource: str | None
    is_suspended: bool = False


@dataclass
class _Waiting:
    """A complete that found no start, and when."""

    row: int
    instance: str | None
    resource: str | None
    at: Any = field(default=None)


def _pair(
    group: list[tuple[Any, ...]], pairs: list[tuple[int, int, bool]], aborted: list[int], kept: list[int]
) -> None:
    """Pairs the events of one case and activity, in their order."""
    opened: list[_Open] = []
    waiting: _Waiting | None = None
    ahead = Counter(resource for _, transition, _, resource, _ in group if transition == COMPLETE)
    for row, transition, instance, resource, at in group:
        if transition == START:
            start = _Open(row, instance, resource)
            if (
                waiting
                and waiting.at is not None
                and waiting.at == at
                and _fits(start, waiting.instance, waiting.resource)
            ):
                pairs.append((waiting.row, row, False))
                waiting = None
            else:
                opened.append(start)
            continue
        if transition == COMPLETE:
            ahead[resource] -= 1
        one = _chosen(opened, instance, resource, ahead)
        if transition == COMPLETE:
            waiting = None
            if one is None:
                waiting = _Waiting(row, instance, resource, at)
            else:
                pairs.append((row, one.row, one.is_suspended))
                opened.remove(one)
        elif one is not None:
            _changed(one, transition, resource, opened, aborted)
            if transition not in ABORTS:
                kept.append(row)


def _changed(one: _Open, transition: str, resource: str | None, opened: list[_Open], aborted: list[int]) -> None:
    """What a transition that is neither start nor complete does to an open start."""
    if transition in ABORTS:
        aborted.append(one.row)
        opened.remove(one)
    elif transition in ("assign", "reassign"):
        one.resource = resource or one.resource
    else:
        one.is_suspended = True


def _chosen(opened: list[_Open], instance: str | None, resource: str | None, ahead: Counter[str]) -> _Open | None:
    """The open start an event belongs to: of its instance, else its officer's, else the oldest none will ask for."""
    those = [one for one in opened if one.instance == instance] if instance is not None else opened
    those = those or [one for one in opened if one.instance is None]
    if not those:
        return None
    own = [one for one in those if resource is not None and one.resource == resource]
    free = [one for one in those if one.resource is None or resource is None or not ahead[one.resource]]
    return (own or free or those)[0]


def _fits(start: _Open, instance: str | None, resource: str | None) -> bool:
    if instance is not None or start.instance is not None:
        return instance == start.instance
    return resource is None or start.resource is None or resource == start.resource
