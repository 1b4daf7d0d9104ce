"""The board of open cases: what lies where, how much time is left, and whose turn it is (现场监控).

A case is open that is accepted and neither completed nor withdrawn nor refused on the day of the question. Its days are
those of the legal clock that day; where it lies is the stage of its last completed step, for a log records what was
done and not what lies on a desk.
"""

import datetime as dt

import polars as pl

from efficacy_analytics.clock.verdicts import verdicts_on
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.day import judged_day, lay_out_day


@question
def open_cases(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """Every open case, the most urgent first.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day; by default that on which the snapshot judges its open cases.

    Returns:
        One row per open case: `case_key`, `case_id`, `department`, `item`, `colour` (the highest step of the ladder
        reached: `reminder`, `yellow`, `red`; else `stopped`, `green` or `no_limit`), `turn` (`office`, `applicant`, or
        `elsewhere` in a special procedure), `is_stopped`, `stop_kind`, `stopped_since_on`, `accepted_on`, `due_on` (if
        a stop ended today), `limit_days`, `limit_unit`, `counted_days`, `stopped_days`, `remaining_days` (in the
        limit's unit, below 0 once late), `working_days_left` (from the day to the due date), `used_share` (counted
        days / days allowed with extensions), `is_late`, `stage` and `last_activity` (of the last completed step),
        `holding_department` and `holder` (who did it), `waiting_since_on`, `waiting_working_days` (since then),
        `open_working_days` (since acceptance), `step_count`, `source`.
    """
    lay_out_day(log, judged_day(log, as_on))
    log.build("supervision_board_rows")
    return log.run("supervision_board")


@question
def open_stock(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """The open cases by department, stage and how long they are open.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day; by default that of the snapshot.

    Returns:
        One row per `department`, `stage` (of the last completed step) and `open_for` (working days since acceptance:
        `0-5`, `6-10`, `11-20`, `21-60`, `61+`, `unknown`), in this order, null last: `case_count`; by whose turn it is
        `office_count`, `applicant_count`, `elsewhere_count`; by colour `green_count`, `reminder_count`, `yellow_count`,
        `red_count`, `stopped_count`, `no_limit_count`. Each of the two adds up to `case_count`.
    """
    lay_out_day(log, judged_day(log, as_on))
    log.build("supervision_board_rows")
    return log.run("supervision_stock")


@question
def open_flow(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """Arrivals, departures and stock of each day until a day: stock = stock of the day before + arrivals - departures.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the last day; by default that of the snapshot.

    Returns:
        One row per calendar day from the first arrival on: `day`, `arrival_count`, `departure_count`, `stock_count` at
        its end. That of the last day is the number of open cases of which any day is known.
    """
    day = judged_day(log, as_on)
    verdicts_on(log, day, columns=("is_open",))
    return log.run("supervision_flow", as_on=day)
