"""Why files wait: seven causes of every wait, which add up to it.

First what the law takes out: days on which the clock stands still, and the time the applicant needs. Of the rest,
in this order: batching (the officer collects files), contention (works on others whose turn it was), prioritisation
(on others that overtook), unavailability (is not there), and extraneous (none of these: files lie, are carried, wait
for something the log does not say).

Source: K. Lashkevich, F. Milani, D. Chapela-Campa, I. Suvorau, M. Dumas, "Why am I waiting? Data-driven analysis of
waiting times in business processes", CAiSE 2023; the first two causes are ours.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.waiting.inputs import put_inputs
from efficacy_analytics.mining.organisation.accounts import find_machine_accounts
from efficacy_analytics.mining.time.concurrency import (
    DEPENDENCY_THRESHOLD,
    LOOP_THRESHOLD,
    OVERLAP_SHARE,
    find_concurrent,
)

HOURS = ("given", "discovered")
LEAST_SHARE = 0.1
"""Of discovered hours: an hour counts as worked when it is on at least this share of the days of its weekday."""
FEWEST_MOMENTS = 40
"""Of discovered hours: who has fewer starts and completions keeps the hours given."""
CAUSES: Final = (
    "clock_stop", "applicant", "batching", "contention", "prioritisation", "unavailability", "extraneous"
)  # fmt: skip
"""In the order in which they take their part of a wait."""
OF_EACH_PART = ("waiting_segments", "waiting_batch_segments", "waiting_pieces", "waiting_transitions")


Hours: TypeAlias = Literal["given", "discovered"]


@dataclass(frozen=True)
class Assumptions:
    """What the causes are found by.

    Attributes:
        dependency_threshold: of the concurrency oracle.
        loop_threshold: of the concurrency oracle.
        overlap_share: of the concurrency oracle.
        batch_size_min: fewer instances are no batch.
        longest_pause_seconds: of a session: so long a pause between two instances, in the resource's hours, does not
            end it; a desk free for twice as long was free.
        pause_of_service: or a pause of this share of the median service of the activity by the resource, where that
            is longer.
        batched_share: of its instances of an activity a resource handles at least this share so; two files one after
            the other now and then are chance.
        hours: `given` by the layout for the officer, the department or all, else the calendar's; or `discovered`:
            per officer and weekday from the first to the last hour worked often enough in the log.
    """

    dependency_threshold: float = DEPENDENCY_THRESHOLD
    loop_threshold: float = LOOP_THRESHOLD
    overlap_share: float = OVERLAP_SHARE
    batch_size_min: int = 2
    longest_pause_seconds: int = 900
    pause_of_service: float = 0.5
    batched_share: float = 0.5
    hours: Hours = "given"


ASSUMED = Assumptions()


@question
def waiting_causes(log: Session, *, hours: Hours | None = None, assumed: Assumptions = ASSUMED) -> pl.DataFrame:
    """Waiting by cause between pairs of activities and of those who did them.

    A transition leads from the instance that enabled (the latest completion before, not concurrent) to the one that
    waited; its waiting runs from the one's completion to the other's start, in elapsed seconds, and the seven causes
    add up to it exactly. Instances of the whole snapshot keep officers busy, whatever the cohort. Definitions:
    docs/definitions.md, "Causes of waiting".

    Args:
        log: the engine of a cohort.
        hours: whose hours hold, in short; by default as in `assumed`.
        assumed: thresholds of the concurrency oracle, the least size of a batch, and whose hours hold.

    Returns:
        One row per pair of activities and of resources, longest waiting first: `activity`, `resource`,
        `next_activity`, `next_resource`, `transition_count`, `waiting_seconds`, `batching_seconds`,
        `contention_seconds`, `prioritisation_seconds`, `unavailability_seconds`, `extraneous_seconds`,
        `clock_stop_seconds`, `applicant_seconds`, `estimated_start_count` (of the transitions, how many have an
        estimated start).

    Raises:
        CallError: there are no such hours.
    """
    return waiting_analysis(log, hours=hours, assumed=assumed).causes


class WaitingAnalysis(NamedTuple):
    """Both tables of the causes, from one analysis: as `waiting_causes` and `waiting_effects` give them."""

    causes: pl.DataFrame
    effects: pl.DataFrame


@question
def waiting_analysis(log: Session, *, hours: Hours | None = None, assumed: Assumptions = ASSUMED) -> WaitingAnalysis:
    """The causes of waiting and the effect of removing each, for the work of one; options as for `waiting_causes`."""
    analyse_waiting(log, assumed=replace(assumed, hours=hours or assumed.hours))
    return WaitingAnalysis(log.run("waiting_causes"), log.run("waiting_effects"))


@question
def waiting_by_segment(log: Session, *, hours: Hours | None = None, assumed: Assumptions = ASSUMED) -> pl.DataFrame:
    """Waiting by cause between pairs of activities, whoever did them; options as for `waiting_causes`.

    Returns:
        As `segments_of` gives it.
    """
    return segments_of(waiting_causes(log, hours=hours, assumed=assumed))


def segments_of(causes: pl.DataFrame) -> pl.DataFrame:
    """The causes of waiting added up over officers.

    Args:
        causes: as `waiting_causes` gives it.

    Returns:
        One row per pair of activities, longest waiting first: `activity`, `next_activity`, `transition_count`,
        `waiting_seconds`, the seven causes in seconds, `estimated_start_count`, `share_of_total` (of all waiting).
    """
    summed = ["transition_count", "waiting_seconds", *(f"{cause}_seconds" for cause in CAUSES), "estimated_start_count"]
    known = causes.sort("activity", "resource", "next_activity", "next_resource", nulls_last=True)
    added = known.group_by("activity", "next_activity", maintain_order=True).agg(pl.col(summed).sum())
    whole = pl.col("waiting_seconds").sum()
    return added.with_columns(pl.when(whole > 0).then(pl.col("waiting_seconds") / whole).alias("share_of_total")).sort(
        ["waiting_seconds", "activity", "next_activity"], descending=[True, False, False]
    )


@question
def waiting_transitions(log: Session, *, assumed: Assumptions = ASSUMED) -> pl.DataFrame:
    """Every transition of the cohort with its waiting by cause; options as for `waiting_causes`.

    Returns:
        One row per transition, by case and number of the event that waited: `case_id`, `event_number`, `activity`,
        `resource`, `next_activity`, `next_resource`, `enabled_at`, `started_at`, `is_start_estimated`,
        `waiting_seconds` and the seven causes in seconds.
    """
    analyse_waiting(log, assumed=assumed)
    return log.run("waiting_each")


@question
def waiting_effects(log: Session, *, hours: Hours | None = None, assumed: Assumptions = ASSUMED) -> pl.DataFrame:
    """How much of the time would be work if one cause of waiting were gone; options as for `waiting_causes`.

    efficiency = P / (P + W), without a cause P / (P + W - W of the cause); P is all processing of the cohort's
    instances, W all waiting of its transitions.

    Returns:
        One row per cause, longest first: `cause`, `waiting_seconds`, `waiting_share` (of all waiting),
        `efficiency_share`, `efficiency_without_share` (null where nothing was processed or waited).
    """
    return waiting_analysis(log, hours=hours, assumed=assumed).effects


def analyse_waiting(log: Session, *, assumed: Assumptions = ASSUMED) -> None:
    """Makes the temporary table `waiting_transition`: every wait of the cohort, one part of the desks at a time.

    Options as for `waiting_causes`.
    """
    if assumed.hours not in HOURS:
        raise CallError(f"waiting knows no hours '{assumed.hours}'.", hint=f"one of: {', '.join(HOURS)}")
    put_inputs(log)
    find_machine_accounts(log)
    find_concurrent(
        log,
        dependency_threshold=assumed.dependency_threshold,
        loop_threshold=assumed.loop_threshold,
        overlap_share=assumed.overlap_share,
    )
    for query in ("waiting_enabled", "waiting_instances", "waiting_days", "waiting_stops", "waiting_transition"):
        log.build(query)
    if assumed.hours == "discovered":
        log.build("waiting_discovered", least_share=LEAST_SHARE, fewest_moments=FEWEST_MOMENTS)
    for part in log.run("waiting_parts")["part"]:
        log.build("waiting_work", part=part)
        log.build(
            "waiting_sessions",
            longest_pause_seconds=assumed.longest_pause_seconds,
            pause_of_service=assumed.pause_of_service,
        )
        _reach_out(log)
        log.build("waiting_batches", batch_size_min=assumed.batch_size_min, batched_share=assumed.batched_share)
        for query in OF_EACH_PART:
            log.build(query)


def _reach_out(log: Session) -> None:
    """Doubles how far work is followed back to back until nothing is further: at most log2 of the longest run."""
    is_reached = False
    while not is_reached:
        log.build("waiting_reach")
        is_reached = log.run("waiting_is_reached").item()
