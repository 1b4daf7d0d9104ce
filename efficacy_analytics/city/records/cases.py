"""The cases, as the approval system exports them at the end of the period."""

import numpy as np
import polars as pl

from efficacy_analytics.city.handling.applications import CHANNELS, Applications
from efficacy_analytics.city.handling.flow import REFUSED, WITHDRAWN, Flow, steps_of
from efficacy_analytics.city.records.steps import Moments, stamps
from efficacy_analytics.city.town.catalogue import departments, items
from efficacy_analytics.city.town.working_time import FIRST_DAY, WALL_DAY, Whole

UNKNOWN = -1


def numbered_cases(applications: Applications) -> pl.Series:
    """A number for each case: year of application, department, and a running number within both."""
    year = np.where(applications.wall // WALL_DAY >= 366, FIRST_DAY.year + 1, FIRST_DAY.year)
    names = pl.Series("department", [row.department for row in departments()]).gather(applications.department)
    return (
        pl.DataFrame({"year": year, "department": names})
        .select(
            pl.format(
                "{}-{}-{}",
                "year",
                "department",
                pl.int_range(1, pl.len() + 1).over("year", "department").cast(pl.String).str.zfill(6),
            )
        )
        .to_series()
    )


def case_table(flow: Flow, moments: Moments, applications: Applications, case_ids: pl.Series) -> pl.DataFrame:
    """One row a case, in order of application; completed with the decision, the refusal or the withdrawal."""
    accepted = ended_by_case(flow, moments, "acceptance")
    withdrawn = ended_by_case(flow, moments, "withdrawal")
    completed = np.max(
        [ended_by_case(flow, moments, "decision"), ended_by_case(flow, moments, "not_accepted"), withdrawn], axis=0
    )
    is_over = completed >= 0
    status = np.select([is_over & (flow.status == WITHDRAWN), is_over & (flow.status == REFUSED)], [1, 2])
    catalogue = items()
    return pl.DataFrame(
        {
            "case_id": case_ids,
            "item": pl.Series([item.item for item in catalogue]).gather(applications.item),
            "department": pl.Series([row.department for row in departments()]).gather(applications.department),
            "kind": pl.Series([item.kind for item in catalogue]).gather(applications.item),
            "channel": pl.Series(CHANNELS).gather(applications.channel),
            "status": pl.Series([None, "withdrawn", "refused"]).gather(status),
            "is_green_lane": pl.Series(applications.is_green),
            "applied_at": stamps(applications.wall),
            "accepted_at": stamps(accepted, accepted >= 0),
            "completed_at": stamps(completed, is_over),
        }
    )


def ended_by_case(flow: Flow, moments: Moments, activity: str) -> Whole:
    """When each case last completed an activity; `UNKNOWN` where it did not."""
    steps = steps_of(flow, activity)
    ended = np.full(len(flow.status), UNKNOWN)
    ended[flow.case[steps]] = moments.ended[steps]
    return ended
