"""Why a row is refused: each rule has a code, kept with the row, and a reason in words.

A row has one rule, the first that it breaks. Messages never repeat what stands in the row.
"""

from collections.abc import Sequence

import polars as pl

STAMPS = (
    *("started_at", "completed_at", "recorded_at", "applied_at", "accepted_at", "due_on"),
    *("received_at", "answered_at", "rated_at", "paid_at"),
)
DAYS = ("valid_from", "valid_until", "stopped_from_on", "stopped_until_on")
NEEDED = (
    *("row_key", "case_id", "activity", "completed_at", "item", "kind", "stopped_from_on", "department"),
    *("complaint_id", "received_at", "rated_at", "satisfaction", "amount", "resource"),
)
ROUNDED = ("row_key", "case_id", "complaint_id", "item", "department", "resource", "activity")
SINGLE = ("row_key", "case_id", "department", "activity", "complaint_id")

REASONS: dict[str, str] = {
    "row_twice": "an earlier row is the same in every column",
    "case_id_of_a_total": "the row is a sum of others, and no case",
    "field_count_differs": "the row has more or fewer values than the header",
    "quotes_not_readable": "a quotation mark stands where none may stand",
    "transition_not_kept": "the lifecycle transition is neither start nor complete",
    "start_aborted": "the activity was started and aborted",
    "start_without_complete": "the activity was started and never completed",
    "ends_before_start": "completed_at lies before started_at",
    "case_deleted": "the row of its case says that the case is deleted",
    "is_deleted_not_readable": "is_deleted is neither yes nor no",
    "case_refused": "the row of its case was refused",
    "case_unknown": "no row gives its case",
    "case_column_disagrees": "a column of the case differs from an earlier row of the same case",
    "limit_not_readable": "a limit is not a length and a unit",
    "is_green_lane_not_readable": "is_green_lane is neither yes nor no",
    "extension_days_not_readable": "extension_days is not a whole number",
    "overdue_days_not_readable": "overdue_days is not a whole number",
    "satisfaction_not_readable": "satisfaction is not a whole number from 1 to 5",
    "amount_not_readable": "amount is not a number",
    "answered_before_received": "answered_at lies before received_at",
    "stop_ends_before_it_starts": "stopped_until_on lies before stopped_from_on",
    "validity_ends_before_it_starts": "valid_until lies before valid_from",
    **{f"{column}_missing": f"{column} is empty" for column in NEEDED},
    **{f"{column}_rounded": f"{column} is a number that a spreadsheet has rounded or shortened" for column in ROUNDED},
    **{f"{column}_twice": f"an earlier row has the same {column}" for column in SINGLE},
    **{f"{column}_not_a_time": f"{column} cannot be read as a time" for column in STAMPS},
    **{f"{column}_after_delivery": f"{column} lies after the day of the delivery" for column in STAMPS},
    **{f"{column}_not_a_day": f"{column} cannot be read as a day" for column in DAYS},
    **{f"{column}_skipped_by_the_clock": f"{column} is a local time that summer time leaves out" for column in STAMPS},
}

GROUPS: dict[str, dict[str, str]] = {
    "missing": {"zh": "必填项为空", "en": "{count:lacks|lack} a value that must be there"},
    "not_readable": {"zh": "内容无法识别", "en": "cannot be read"},
    "contradictory": {"zh": "前后矛盾", "en": "{count:contradicts|contradict} what else is given"},
    "repeated": {"zh": "重复", "en": "{count:repeats an earlier one|repeat earlier ones}"},
    "without_case": {"zh": "所属办件未被接收", "en": "{count:belongs|belong} to no case taken in"},
}  # fmt: skip
"""Kinds of reasons, and what rows are or do by each, as it follows their number."""
OF_LIFECYCLE = ("transition_not_kept", "start_aborted", "start_without_complete")
"""Rules by which an event of a log is no step, though nothing is wrong with it: told apart from what is refused."""
GROUP_OF: dict[str, str] = {
    **dict.fromkeys(("case_deleted", "case_refused", "case_unknown", "case_id_of_a_total"), "without_case"),
    **dict.fromkeys(
        ("ends_before_start", "case_column_disagrees", "answered_before_received", "stop_ends_before_it_starts",
         "validity_ends_before_it_starts", *(f"{column}_after_delivery" for column in STAMPS)), "contradictory"
    ),
    **{rule: "repeated" for rule in REASONS if rule.endswith("_twice")},
    **{rule: "missing" for rule in REASONS if rule.endswith("_missing")},
}  # fmt: skip
"""The kind of each rule; what is in none cannot be read."""


def group_of(rule: str) -> str | None:
    """The kind of reason that a rule is, a key of `GROUPS`; none of events that are no step and no fault."""
    return None if rule in OF_LIFECYCLE else GROUP_OF.get(rule, "not_readable")


def ruled(frame: pl.DataFrame, breaks: Sequence[tuple[pl.Expr, str]]) -> pl.DataFrame:
    """The frame with `rule`: the first of the rules that a row breaks, null where it keeps them all.

    Args:
        frame: may have a `rule` already, which stands.
        breaks: per rule, where it is broken, and its code.
    """
    is_broken = frame.select(broken.any().alias(str(place)) for place, (broken, _) in enumerate(breaks))
    found = [
        pl.when(broken.fill_null(False)).then(pl.lit(code))
        for (broken, code), is_any in zip(breaks, is_broken, strict=True)
        if is_any.any()
    ]
    before = [pl.col("rule")] if "rule" in frame.columns else []
    return frame.with_columns(rule=pl.coalesce([*before, *found]) if before or found else pl.lit(None, pl.String))
