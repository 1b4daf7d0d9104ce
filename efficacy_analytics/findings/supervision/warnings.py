"""Warnings while they can still help: the ladder of reminder, yellow and red (实时监察, 预警).

The ladder is data: the rows of the lake's `reference/warnings.csv` as they were when the snapshot was published. A row
says of a scope (case, stage, complaint) and level when it is reached: `working_days_left` at most its threshold,
`used_share` of the days allowed at least its threshold, or `past_due`. What is overrun has reached every lower level.
"""

import datetime as dt

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.day import judged_day, lay_out_day


@question
def warnings(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """The warnings that hold on a day: of each open case, stage of one and unanswered complaint the highest level.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day; by default that of the snapshot.

    Returns:
        One row per warning, red before yellow before reminders, then by due date: `level`, `scope` (`case`, `stage`,
        `complaint`), `warning` (its row of the ladder), `source`, `case_key`, `case_id`, `complaint_id`, `stage` and
        `first_event_number` (of a stage), `department`, `item`, `due_on`, `working_days_left`, `turn`,
        `holding_department`, `holder`, `name_zh`, `name_en` (of the row of the ladder).
    """
    lay_out_day(log, judged_day(log, as_on))
    return log.run("supervision_warnings")


def has_ladder(log: Session) -> bool:
    """Whether the lake declared any step of a ladder when the snapshot was published."""
    return "office_warnings" in log.tables() and log.count("office_warnings") > 0
