"""Which limits could be shorter: free, in need of a change, or refused."""

import datetime as dt

import polars as pl
import pytest
from support.drawn_cases import logged

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.findings.limits.safe_limits import REASONS, limits


def cases(counted: list[int], *, still_open: int = 0, **common: object) -> list[dict[str, object]]:
    """Completed cases of one item with these counted days, and some open ones; limit 10 of at most 20 days."""
    known = {"statutory_length": 20, "statutory_unit": "working_days", "promised_length": 10, "limit_days": 10}
    shared = {"department": "housing", "item": "deed", "limit_unit": "working_days", **known, **common}
    done = [{**shared, "counted_days": days, "is_late": days > 10} for days in counted]
    return [*done, *({"counted_days": 1, **shared, "is_late": False, "is_open": True} for _ in range(still_open))]


def the_limit(rows: list[dict[str, object]], **options: float) -> dict[str, object]:
    numbered = [{"case_key": key, **row} for key, row in enumerate(rows)]
    return limits(logged(numbered, []), **{"share": 0.95, "confidence": 0.95, **options}).row(0, named=True)


def test_a_limit_kept_with_days_to_spare_is_free():
    found = the_limit(cases([3] * 58 + [7]))
    assert (found["kind"], found["reason"]) == ("free", None)
    assert (found["safe_days"], found["saved_days"]) == (7, 3)  # of 59 cases the longest


def test_a_safe_limit_no_shorter_than_the_promise_needs_a_change():
    found = the_limit(cases([3] * 58 + [10]))
    assert (found["kind"], found["reason"]) == ("needs_change", "not_shorter")
    assert (found["safe_days"], found["saved_days"]) == (10, 0)


def test_a_promise_that_is_not_kept_needs_a_change():
    found = the_limit(cases([3] * 58 + [15]))
    assert (found["kind"], found["reason"]) == ("needs_change", "above_limit")
    assert (found["safe_days"], found["saved_days"]) == (15, None)


def test_no_safe_limit_is_longer_than_the_law_allows():
    found = the_limit(cases([3] * 58 + [25]))
    assert (found["kind"], found["reason"], found["safe_days"]) == ("needs_change", "above_statutory", None)


@pytest.mark.parametrize(
    ("completed", "still_open", "reason", "missing"),
    [
        (58, 0, "too_few_cases", 1),
        (57, 1, "too_few_cases", 35),
        (60, 1, "too_many_open", 32),
        (0, 3, "too_few_cases", 150),
    ],
)
def test_too_few_cases_are_refused_with_the_number_missing(completed, still_open, reason, missing):
    # 59, 93, 124, 153 cases with none to three open beyond the others (Wilks at 95/95).
    found = the_limit(cases([3] * completed) + cases([], still_open=still_open, counted_days=4))
    assert (found["kind"], found["reason"], found["missing_count"]) == ("refused", reason, missing)
    assert (found["safe_days"], found["saved_days"]) == (None, None)


def test_few_cases_that_break_the_limit_already_say_that_it_is_not_kept():
    """27 of 27 over the limit in force: no number of further cases would make it safe; 1 of 27 says nothing yet."""
    assert the_limit(cases([30] * 27))["reason"] == "above_limit"
    assert the_limit(cases([3] * 26 + [30]))["reason"] == "too_few_cases"
    assert the_limit(cases([30] * 4))["reason"] == "too_few_cases"  # nor do four of four


def test_an_open_case_younger_than_the_limit_neither_counts_as_longest_nor_is_dropped():
    found = the_limit(cases([3] * 60, still_open=1))
    assert (found["kind"], found["safe_days"], found["method"], found["censored_count"]) == (
        "free", 3, "censored_band", 1,
    )  # fmt: skip
    found = the_limit(cases([3] * 58, still_open=1))
    assert (found["kind"], found["missing_count"]) == ("refused", 1)  # one of the 59 is still open


def test_open_cases_over_the_limit_already_show_that_it_is_not_safe():
    # Of 60 cases the longest is the bound (93 would allow the second longest): one open beyond 10 days decides.
    over = cases([], still_open=1, statutory_length=None)
    found = the_limit([*cases([3] * 59, statutory_length=None), {**over[0], "counted_days": 11, "is_late": True}])
    assert (found["kind"], found["reason"], found["safe_days"]) == ("needs_change", "above_limit", None)
    found = the_limit([*cases([3] * 59), {**over[0], "counted_days": 21, "statutory_length": 20, "is_late": True}])
    assert (found["kind"], found["reason"], found["missing_count"]) == ("needs_change", "above_statutory", None)
    found = the_limit([*cases([3] * 59), {**over[0], "counted_days": 10}])
    assert (found["kind"], found["reason"]) == ("refused", "too_many_open")


def test_an_open_case_of_unknown_age_may_still_keep_the_limit():
    found = the_limit(cases([3] * 59) + cases([], still_open=1, counted_days=None))
    assert found["reason"] == "too_many_open"


def test_an_item_without_a_limit_is_told_what_could_be_promised():
    nothing = dict.fromkeys(("statutory_length", "promised_length", "limit_days", "limit_unit"))
    found = the_limit(cases([3] * 59, **nothing))
    assert (found["kind"], found["reason"]) == ("needs_change", "no_limit")
    assert (found["safe_days"], found["saved_days"]) == (3, None)


def test_days_of_two_units_are_not_mixed():
    found = the_limit(cases([3] * 59) + cases([3], limit_unit="calendar_days"))
    assert (found["kind"], found["reason"], found["missing_count"]) == ("refused", "mixed_units", None)


def test_a_limit_in_months_is_not_held_against_counted_days():
    found = the_limit(cases([3] * 59, limit_unit="months", promised_length=2, limit_days=2))
    assert (found["kind"], found["reason"]) == ("refused", "mixed_units")


def test_a_promise_on_the_spot_is_counted_in_working_days():
    earlier = cases([0] * 58, accepted_on="2024-01-01")
    later = cases([0], accepted_on="2024-02-01", limit_unit="on_the_spot", promised_length=0, limit_days=0)
    found = the_limit(earlier + later)
    assert (found["kind"], found["reason"]) == ("needs_change", "not_shorter")


def test_the_limit_in_force_is_that_of_the_case_accepted_last():
    newer = cases([3], promised_length=6, limit_days=6, accepted_on=day(58))
    older = [cases([3], accepted_on=day(number))[0] for number in range(58)]
    found = the_limit(newer + older)
    assert (found["promised_days"], found["limit_days"], found["saved_days"]) == (6, 6, 3)


def test_without_a_promise_the_statutory_limit_is_in_force():
    found = the_limit(cases([3] * 59, promised_length=None, limit_days=20))
    assert (found["promised_days"], found["limit_days"], found["saved_days"]) == (None, 20, 17)


def test_a_statutory_limit_of_another_unit_caps_by_the_days_it_has_at_least():
    # A month from acceptance has 15 to 23 working days; two months 36 at least (from 2026-02-06).
    over = the_limit(cases([3] * 58 + [25], statutory_unit="months", statutory_length=1))
    assert (over["kind"], over["reason"], over["safe_days"]) == ("needs_change", "above_statutory", None)
    within = the_limit(cases([3] * 58 + [25], statutory_unit="months", statutory_length=2))
    assert (within["safe_days"], within["statutory_cap_days"]) == (25, 36)


def test_withdrawn_and_green_lane_cases_are_left_out():
    found = the_limit(cases([3] * 59) + cases([90], status="withdrawn") + cases([90], is_green_lane=True))
    assert (found["completed_count"], found["safe_days"]) == (59, 3)


def test_the_share_asked_for_decides_how_many_cases_are_enough():
    rows = cases([3] * 14)
    assert the_limit(rows, share=0.8)["kind"] == "free"  # 14 at 80/95
    assert the_limit(rows)["missing_count"] == 59 - 14
    assert the_limit(cases([3] * 299), share=0.99)["kind"] == "free"
    assert the_limit(cases([3] * 298), share=0.99)["missing_count"] == 1


def test_a_share_that_is_none_is_a_wrong_call_even_where_no_item_has_cases():
    with pytest.raises(CallError, match="between 0 and 1"):
        limits(logged([], []), share=95)


def day(number: int) -> dt.date:
    return dt.date(2024, 1, 1) + dt.timedelta(days=number)


def test_only_cases_since_the_last_change_are_used():
    before = [cases([9 + number % 3], accepted_on=day(number))[0] for number in range(200)]
    after = [cases([2 + number % 3], accepted_on=day(200 + number))[0] for number in range(200)]
    found = the_limit(before + after)
    assert (found["used_from_on"], found["has_changed"], found["used_count"]) == (day(200), True, 200)
    assert (found["steady_days"], found["completed_count"]) == (4, 400)
    assert found["safe_days"] == 5  # of 28 cases in four weeks: times may have grown by a fifth
    found = the_limit(after)
    assert (found["used_from_on"], found["has_changed"], found["used_count"]) == (day(200), False, 200)


def test_breaches_of_the_limit_in_force_and_of_the_safe_one_stand_beside_each_other():
    # Of 93 cases the second longest is the bound; 1 over the limit of 10 days, and 1 over the 7 found.
    found = the_limit(cases([3] * 91 + [7, 15]))
    assert (found["safe_days"], found["safe_breach_count"], found["breach_count"]) == (7, 1, 1)
    assert found["breach_judged_count"] == 93
    # Beta^-1(0.95; 2, 92): Clopper and Pearson, one-sided, for 1 of 93.
    assert found["breach_share_high"] == pytest.approx(0.04999, abs=1e-5)
    assert found["safe_breach_share_high"] <= 0.05


def test_items_of_a_kind_lend_strength_to_a_small_one_apart_from_the_guarantee():
    rows = [
        row
        for number, count in enumerate((90, 100, 110, 5))
        for row in cases([3] * (count - 1) + [12 if count > 5 else 3], item=f"item {number}", kind="promised")
    ]
    numbered = [{"case_key": key, **row} for key, row in enumerate(rows)]
    small = limits(logged(numbered, []), share=0.95).row(3, named=True)
    assert (small["item_kind"], small["kind"], small["safe_days"]) == ("promised", "refused", None)
    assert small["shrunk_breach_share"] == pytest.approx(0.01, abs=0.005)
    assert small["shrunk_probability"] > 0.9


def test_other_times_can_be_put_in_for_those_recorded():
    log = logged([{"case_key": key, **row} for key, row in enumerate(cases([3] * 59))], [])
    without_suspicious_stops = limit_times(log).with_columns(needed_days=pl.lit(8, dtype=pl.Int32))
    assert limits(log, share=0.95)["safe_days"].item() == 3
    assert limits(log, share=0.95, times=without_suspicious_stops)["safe_days"].item() == 8


def kept_times(elapsed: int, *, open_on: list[int]) -> pl.DataFrame:
    """What is used of 300 cases, one a day, each done after so many days; of those not done only some are exported."""
    rows = [
        {**cases([elapsed], accepted_on=day(number))[0], "completed_on": day(number + elapsed)}
        for number in range(300 - elapsed)
    ]
    rows += [row for number in open_on for row in cases([], still_open=1, accepted_on=day(number))]
    log = logged([{"case_key": key, **row} for key, row in enumerate(rows)], [])
    log.put("clock_cases", pl.DataFrame({"case_key": [0]}))
    facts = {"snapshot": "", "content_sha256": "", "as_on": day(300), "code_version": "", "calendars": ""}
    log.put("snapshot", pl.DataFrame([facts]))
    return limit_times(log)


def test_where_open_cases_must_be_missing_the_last_days_are_not_used():
    # 20 open cases are to be expected, none is there: what was accepted in the last 20 days holds only fast ones.
    assert kept_times(20, open_on=[])["accepted_on"].max() == day(279)
    # 2 are to be expected: none is no wonder at the level of 1 % (-ln 0.01 = 4.6).
    assert kept_times(2, open_on=[])["accepted_on"].max() == day(297)


def test_one_forgotten_open_case_does_not_make_an_export_whole():
    # 1 of 20: exp(-20) * 21, far below 1 %. An old one stays in use, as it tells of long times.
    assert kept_times(20, open_on=[299])["accepted_on"].max() == day(279)
    old = kept_times(20, open_on=[5])
    assert (old["accepted_on"].max(), old["is_open"].sum()) == (day(279), 1)


def test_where_the_open_cases_are_there_all_days_are_used():
    assert kept_times(20, open_on=list(range(280, 300)))["accepted_on"].max() == day(299)


def test_without_a_clock_that_tells_the_past_no_limit_is_tried_on_it():
    assert the_limit(cases([3] * 59))["backtest_verdict"] == "not_testable"


def test_every_reason_has_its_kind():
    reasons = [reason for kind in REASONS.values() for reason in kind]
    assert len(reasons) == len(set(reasons)) == 11
