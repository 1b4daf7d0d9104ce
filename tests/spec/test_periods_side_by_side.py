"""A period beside the one before it and the same one a year before: counted case by case, and told from chance."""

import datetime as dt
import random
import statistics

import numpy as np
import polars as pl
import pytest
from scipy.stats import fisher_exact
from support.drawn_cases import logged
from support.small_city import small_city

from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.disclosure.noise import Noise
from efficacy_analytics.findings.disclosure.public_groups import changes
from efficacy_analytics.findings.performance.period_changes import SCHEMA, _median_p, period_changes, spans_of

ASKED = {
    "accepted_from": pl.Date, "accepted_until": pl.Date, "department": pl.String, "item": pl.String,
    "condition": pl.String,
}  # fmt: skip


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "until", "before", "year_before"),
    [
        ("2025-03-01", "2025-04-01", ("2025-02-01", "2025-03-01"), ("2024-03-01", "2024-04-01")),
        ("2025-01-01", "2025-02-01", ("2024-12-01", "2025-01-01"), ("2024-01-01", "2024-02-01")),
        ("2025-01-01", "2025-04-01", ("2024-10-01", "2025-01-01"), ("2024-01-01", "2024-04-01")),
        ("2025-07-01", "2026-01-01", ("2025-01-01", "2025-07-01"), ("2024-07-01", "2025-01-01")),
        ("2025-01-01", "2026-01-01", ("2024-01-01", "2025-01-01"), ("2024-01-01", "2025-01-01")),
        ("2024-02-29", "2024-03-10", ("2024-02-19", "2024-02-29"), ("2023-02-28", "2023-03-10")),
    ],
)
def test_a_period_follows_one_of_its_kind(
    first: str, until: str, before: tuple[str, str], year_before: tuple[str, str]
) -> None:
    spans = spans_of(day(first), day(until))
    assert spans["before"] == tuple(map(day, before))
    assert spans["year_before"] == tuple(map(day, year_before))


def test_the_figures_of_each_period_are_those_of_a_plain_reading() -> None:
    with open_log(small_city()[0], Cohort(day("2025-01-01"), day("2025-04-01"))) as log:
        found = period_changes(log)
        cases = log.sql("select * from cases").to_dicts()
    judged: dict[str, list[int]] = {}
    times_of: dict[tuple[str, str | None], list[float]] = {}
    for row in found.iter_rows(named=True):
        chosen = [
            case
            for case in cases
            if row["accepted_from"] <= (case["accepted_on"] or dt.date.max) < row["accepted_until"]
            and (row["is_total"] or case["department"] == row["department"])
        ]
        late = [case for case in chosen if case["is_judged"] and case["is_late"]]
        of_judged = [case for case in chosen if case["is_judged"]]
        done = [
            case["throughput_elapsed_seconds"] for case in chosen if not case["is_open"] and not case["is_withdrawn"]
        ]
        times = [time for time in done if time is not None]
        assert (row["case_count"], row["completed_count"]) == (len(chosen), len(done))
        assert (row["judged_count"], row["late_count"]) == (len(of_judged), len(late))
        assert row["throughput_elapsed_seconds_median"] == (pytest.approx(statistics.median(times)) if times else None)
        times_of[row["period"], row["department"]] = times
        if row["is_total"]:
            judged[row["period"]] = [len(late), len(of_judged) - len(late)]
    assert set(judged) == {"this", "before", "year_before"}
    total = found.filter("is_total")
    assert total["on_time_p"].to_list()[1:] == pytest.approx(
        [fisher_exact([judged["this"], judged[name]]).pvalue for name in ("before", "year_before")]
    )
    assert total["is_whole"].to_list() == [True, True, True]
    tested = 0
    for row in found.filter(pl.col("period") != "this").iter_rows(named=True):
        own, other = (times_of.get((period, row["department"]), []) for period in ("this", row["period"]))
        if len(own) < 20 or len(other) < 20:
            assert row["throughput_p"] is None
        else:
            assert row["throughput_p"] == pytest.approx(_median_p(ranks(own), ranks(other)))
            tested += 1
    assert tested >= 2  # all together, at the least


def test_a_log_that_begins_or_ends_within_a_period_does_not_hold_it_whole() -> None:
    lake = small_city()[0]
    with open_log(lake, Cohort(day("2024-02-01"), day("2025-02-01"))) as log:
        found = period_changes(log).filter("is_total")
    assert dict(found.select("period", "is_whole").rows()) == {"this": True, "before": False, "year_before": False}
    with open_log(lake, Cohort(day("2025-06-01"), day("2025-08-01"))) as log:
        assert not period_changes(log).filter("is_total")["is_whole"][0]


def held(days: list[dt.date], first: str, until: str) -> list[tuple[str, bool, dt.date | None, dt.date | None]]:
    """The periods of a cohort of cases accepted on these days, whether each is whole, and its gap."""
    rows = [{"case_key": key, "accepted_on": one, "is_open": False} for key, one in enumerate(days)]
    log = logged(rows, [])
    log.put("snapshot", pl.DataFrame({"as_on": [day("2025-12-31")]}))
    asked = {"accepted_from": day(first), "accepted_until": day(until), "department": None, "item": None}
    log.put("cohort_asked", pl.DataFrame([{**asked, "condition": None}], schema=ASKED))
    return period_changes(log).filter("is_total").select("period", "is_whole", "gap_from", "gap_until").rows()


def test_a_period_in_which_no_case_was_accepted_for_weeks_is_not_whole_and_nothing_is_compared_with_it() -> None:
    year = [day("2024-01-02") + dt.timedelta(days=number) for number in range(700)]
    kept = [one for one in year if not day("2025-02-01") <= one < day("2025-05-03")]
    gap = (day("2025-02-01"), day("2025-05-03"))
    assert held(kept, "2025-04-01", "2025-07-01") == [
        ("this", False, *gap), ("before", False, *gap), ("year_before", True, None, None),
    ]  # fmt: skip
    assert held(kept, "2025-07-01", "2025-10-01")[:2] == [("this", True, None, None), ("before", False, *gap)]
    assert held(kept, "2025-01-01", "2025-02-01")[0] == ("this", True, None, None)  # the gap follows it
    assert held(kept, "2025-05-01", "2025-06-01")[0] == ("this", True, None, None)  # two days may be a holiday


def test_an_office_of_few_cases_or_a_closed_month_makes_no_gap() -> None:
    seldom = [day("2024-01-02") + dt.timedelta(days=14 * number) for number in range(50)]
    few = [one for one in seldom if not day("2025-02-01") <= one < day("2025-05-01")]
    assert [row[1] for row in held(few, "2025-04-01", "2025-07-01")] == [True, True, True]
    year = [day("2024-01-02") + dt.timedelta(days=number) for number in range(700)]
    closed = [one for one in year if not day("2025-02-01") <= one < day("2025-02-28")]  # 27 days
    assert held(closed, "2025-01-01", "2025-04-01")[0] == ("this", True, None, None)


@pytest.mark.parametrize("case_count", [60, 900, 3_000])
@pytest.mark.parametrize("stray", [(), ("1970-01-01",), ("1970-01-01", "2024-10-01")])
def test_a_log_begins_with_its_first_case_that_does_not_stand_alone(case_count: int, stray: tuple[str, ...]) -> None:
    days = [day("2025-01-02") + dt.timedelta(days=number * 300 // case_count % 300) for number in range(case_count)]
    kept = stray if len(stray) <= max(1, case_count // 100) else ()
    rows = [{"accepted_on": one, "is_open": False} for one in [*days, *map(day, kept)]]
    log = logged([{"case_key": key, **row} for key, row in enumerate(rows)], [])
    log.put("snapshot", pl.DataFrame({"as_on": [day("2025-12-31")]}))
    assert log.run("finding_reach").rows() == [(day("2025-01-02"), day("2025-12-31"))]


@pytest.mark.parametrize(
    "cohort", [Cohort(), Cohort(day("2025-01-01"), None), Cohort(day("2025-01-01"), day("2025-04-01"), where="true")]
)
def test_without_a_period_or_with_a_condition_nothing_is_compared(cohort: Cohort) -> None:
    with open_log(small_city()[0], cohort) as log:
        found = period_changes(log)
    assert found.is_empty()
    assert dict(found.schema) == SCHEMA


def test_a_department_is_compared_with_itself() -> None:
    with open_log(small_city()[0], Cohort(day("2025-01-01"), day("2025-04-01"), "D02")) as log:
        assert set(period_changes(log)["department"]) <= {None, "D02"}


def ranks(times: list[float]) -> dict[str, float | int | None]:
    """What the query gives of a median, by sorting."""
    known, size = sorted(times), len(times)
    rank = max(1, int(np.floor((size + 1) / 2 - np.sqrt(size) + 0.5)))
    return {
        "timed_count": size, "throughput_elapsed_seconds_median": statistics.median(known),
        "throughput_elapsed_seconds_low": known[rank - 1], "throughput_elapsed_seconds_high": known[size - rank],
    }  # fmt: skip


def test_equal_medians_are_told_apart_as_seldom_as_promised_and_unequal_ones_mostly() -> None:
    drawn = random.Random(5)

    def chance(factor: float) -> float:
        one = [drawn.lognormvariate(12, 1) for _ in range(150)]
        other = [factor * drawn.lognormvariate(12, 1) for _ in range(200)]
        found = _median_p(ranks(one), ranks(other))
        assert found is not None
        return found

    assert sum(chance(1.0) < 0.05 for _ in range(400)) / 400 == pytest.approx(0.05, abs=0.03)
    assert sum(chance(1.8) < 0.05 for _ in range(60)) > 50


def test_medians_that_have_no_error_differ_for_certain_or_not_at_all() -> None:
    always_nine, always_ten = ranks([9.0] * 40), ranks([10.0] * 50)
    assert _median_p(always_nine, always_ten) == 0
    assert _median_p(always_nine, ranks([9.0] * 50)) == 1


def test_few_times_are_not_compared() -> None:
    row = ranks([1.0, 2.0, 3.0]) | {"throughput_elapsed_seconds_low": None, "throughput_elapsed_seconds_high": None}
    assert _median_p(row, ranks([float(n) for n in range(40)])) is None


def test_the_public_sees_all_departments_together_and_no_count_as_it_is() -> None:
    from efficacy_analytics.findings.disclosure.public_findings import public_table

    cohort = Cohort(day("2025-01-01"), day("2025-04-01"))
    with open_log(small_city()[0], cohort) as log:
        shown = public_table(log, "period_changes", fewest=5, cohort=cohort.as_dict())
        month_by_month = public_table(log, "on_time", fewest=5, cohort=cohort.as_dict())
    assert shown["department"].null_count() == shown.height == 3
    for name in ("case_count", "open_count", "withdrawn_count", "late_count", "judged_count"):
        assert not (shown[name].drop_nulls() % 5).sum()
    assert set(shown["on_time_p"].drop_nulls()) <= {0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0}
    assert month_by_month.height


def test_the_public_is_told_a_gap_by_its_whole_weeks_and_not_by_the_days_of_the_cases_around_it():
    row = dict.fromkeys(SCHEMA) | {name: 900 for name in SCHEMA if name.endswith("_count")}
    row |= {"period": "this", "accepted_from": dt.date(2026, 1, 1), "accepted_until": dt.date(2026, 4, 1)}
    row |= {"is_total": True, "is_whole": False, "gap_from": dt.date(2026, 2, 10), "gap_until": dt.date(2026, 3, 12)}

    class Found:
        fewest, manifest, noise = 10, {"cohort": {}}, Noise(b"key", 10, {})

        def raw(self, _name: str) -> pl.DataFrame:
            return pl.DataFrame([row], schema=SCHEMA)

    shown = changes(Found())  # type: ignore[arg-type]
    assert shown.select("gap_from", "gap_until").row(0) == (dt.date(2026, 2, 16), dt.date(2026, 3, 9))
