"""The contract of what stands beside the cases: complaints, ratings of the service, fees, and who works where.

Their cases may have come in earlier, so no row is refused for a case that its delivery does not give.
"""

import polars as pl

from efficacy_analytics.lake.cells.amounts import with_amount, with_whole_number
from efficacy_analytics.lake.cells.moments import Reading, moment_rules, with_days, with_moment
from efficacy_analytics.lake.contract.refusal_rules import ruled
from efficacy_analytics.lake.contract.tables import SOURCE

COMPLAINTS = (
    *("complaint_id", "case_id", "department", "kind", "received_at", "received_on", "answered_at", "answered_on"),
    *("overdue_days", "result", *SOURCE),
)
SURVEYS = ("case_id", "rated_at", "rated_on", "satisfaction", "channel", *SOURCE)
FEES = ("case_id", "item", "kind", "amount", "currency", "paid_at", "paid_on", *SOURCE)
STAFF = ("resource", "department", "role", "valid_from", "valid_until", *SOURCE)
SATISFACTION = (1, 5)


def judged_complaints(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Complaints and consultations, typed, with `rule`."""
    frame = with_moment(raw, "received_at", reading, also="on")
    frame = with_whole_number(with_moment(frame, "answered_at", reading, also="on"), "overdue_days")
    return ruled(
        frame,
        [
            *_missing("complaint_id", "department", "kind"),
            *moment_rules("received_at"),
            *_missing("received_at"),
            *moment_rules("answered_at"),
            (pl.col("answered_at") < pl.col("received_at"), "answered_before_received"),
            (pl.col("?overdue_days"), "overdue_days_not_readable"),
        ],
    )


def judged_surveys(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Ratings by applicants, from 1 (very dissatisfied) to 5 (very satisfied), typed, with `rule`."""
    frame = with_whole_number(with_moment(raw, "rated_at", reading, also="on"), "satisfaction")
    is_out_of_range = ~pl.col("satisfaction").is_between(*SATISFACTION)
    return ruled(
        frame,
        [
            *_missing("case_id"),
            *moment_rules("rated_at"),
            *_missing("rated_at"),
            (pl.col("?satisfaction") | is_out_of_range, "satisfaction_not_readable"),
            *_missing("satisfaction"),
        ],
    )


def judged_fees(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Fees asked for or paid, typed, with `rule`."""
    frame = with_amount(with_moment(raw, "paid_at", reading, also="on"), "amount")
    return ruled(
        frame,
        [
            *_missing("case_id", "kind"),
            (pl.col("?amount"), "amount_not_readable"),
            *_missing("amount"),
            *moment_rules("paid_at"),
        ],
    )


def judged_staff(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Who works in which department, from when until when, typed, with `rule`."""
    return ruled(
        with_days(raw, ("valid_from", "valid_until"), reading),
        [
            *_missing("resource", "department"),
            (pl.col("?valid_from"), "valid_from_not_a_day"),
            (pl.col("?valid_until"), "valid_until_not_a_day"),
            (pl.col("valid_until") < pl.col("valid_from"), "validity_ends_before_it_starts"),
        ],
    )


def _missing(*columns: str) -> list[tuple[pl.Expr, str]]:
    return [(pl.col(column).is_null(), f"{column}_missing") for column in columns]
