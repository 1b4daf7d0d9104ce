"""What stopped or lengthened the limits of the cases, by day, as the approval system exports it."""

import numpy as np
import polars as pl

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.flow import SUSPENDED, Flow, steps_of
from efficacy_analytics.city.handling.queues import Happened
from efficacy_analytics.city.records.cases import UNKNOWN, ended_by_case
from efficacy_analytics.city.records.steps import Moments, days
from efficacy_analytics.city.records.stop_records import keyed_in, reasons
from efficacy_analytics.city.town.catalogue import items
from efficacy_analytics.city.town.working_time import WALL_DAY, Whole, WorkingTime

EXTENSION_DAYS, JOINT_EXTENSION_DAYS = 10, 15


def clock_stop_table(
    flow: Flow,
    happened: Happened,
    moments: Moments,
    applications: Applications,
    case_ids: pl.Series,
    time: WorkingTime,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row a supplement after acceptance, expert review, hearing, suspension or extension, in order of case.

    A stop that lasts beyond the end of the period has no end.
    """
    stops = pl.concat(
        [
            _supplements(flow, moments),
            _expert_reviews(flow, moments),
            _hearings(flow, moments),
            _lifted_suspensions(flow, happened, moments, time),
            _open_suspensions(flow, moments),
            _extensions(flow, moments, applications),
        ]
    ).filter(pl.col("begun") >= 0)
    stops = stops.sort("case", "begun", "kind", maintain_order=True)
    begun, ended = stops["begun"].to_numpy(), stops["ended"].to_numpy()
    is_over = (ended >= 0) & (ended < time.day_count * WALL_DAY)
    return pl.DataFrame(
        {
            "case_id": case_ids.gather(stops["case"]),
            "kind": stops["kind"],
            "stopped_from_on": days(begun, begun >= 0),
            "stopped_until_on": days(ended, is_over),
            "extension_days": stops["extension_days"],
            "reason": reasons(stops["kind"], rng),
            "recorded_at": keyed_in(begun, time.day_count * WALL_DAY - 1, rng),
        }
    )


def _stops(kind: str, case: Whole, begun: Whole, ended: Whole, extension_days: int | None = None) -> pl.DataFrame:
    table = pl.DataFrame({"case": case, "begun": begun, "ended": ended})
    return table.with_columns(
        pl.lit(kind).alias("kind"), pl.lit(extension_days, dtype=pl.Int64).alias("extension_days")
    )


def _supplements(flow: Flow, moments: Moments) -> pl.DataFrame:
    """From the notice to the resubmission, or to the withdrawal of who does not resubmit."""
    accepted = ended_by_case(flow, moments, "acceptance")
    notices = steps_of(flow, "supplement_notice")
    is_counted = (accepted[flow.case[notices]] >= 0) & (moments.ended[notices] > accepted[flow.case[notices]])
    notices = notices[is_counted]
    case = flow.case[notices]
    later = np.minimum(notices + 1, len(flow.case) - 1)
    answered = np.where(flow.case[later] == case, moments.ended[later], UNKNOWN)
    return _stops("supplement", case, moments.ended[notices], answered)


def _expert_reviews(flow: Flow, moments: Moments) -> pl.DataFrame:
    steps = steps_of(flow, "expert_review")
    return _stops("expert_review", flow.case[steps], moments.begun[steps], moments.ended[steps])


def _hearings(flow: Flow, moments: Moments) -> pl.DataFrame:
    """From the end of the step before, when the hearing is announced."""
    steps = steps_of(flow, "hearing")
    return _stops("hearing", flow.case[steps], moments.ended[steps - 1], moments.ended[steps])


def _lifted_suspensions(flow: Flow, happened: Happened, moments: Moments, time: WorkingTime) -> pl.DataFrame:
    steps = np.flatnonzero(flow.work.suspended)
    lifted = time.wall_of_ends(happened.ended[steps - 1] + flow.work.suspended[steps])
    return _stops("suspension", flow.case[steps], moments.ended[steps - 1], lifted)


def _open_suspensions(flow: Flow, moments: Moments) -> pl.DataFrame:
    """Cases nobody resumed: from their last step on."""
    lasts = np.flatnonzero(np.diff(flow.case, append=len(flow.status)))
    lasts = lasts[flow.status[flow.case[lasts]] == SUSPENDED]
    return _stops("suspension", flow.case[lasts], moments.ended[lasts], np.full(len(lasts), UNKNOWN))


def _extensions(flow: Flow, moments: Moments, applications: Applications) -> pl.DataFrame:
    steps = steps_of(flow, "extension")
    is_joint = np.array([item.kind == "joint" for item in items()])[applications.item[flow.case[steps]]]
    parts = (("extension", ~is_joint, EXTENSION_DAYS), ("joint_extension", is_joint, JOINT_EXTENSION_DAYS))
    return pl.concat(
        [
            _stops(kind, flow.case[steps[chosen]], moments.ended[steps[chosen]], moments.ended[steps[chosen]], length)
            for kind, chosen, length in parts
        ]
    )
