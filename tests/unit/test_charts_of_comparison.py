"""Charts of the comparison: why a share changed, since when late cases rise, a funnel that one department leaves."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
import vl_convert

from efficacy_analytics.charts.comparison.changes import breach_course, change_waterfall
from efficacy_analytics.charts.comparison.indicator_matrix import indicator_matrix
from efficacy_analytics.charts.comparison.like_work import comparison_funnel, place_of
from efficacy_analytics.charts.comparison.times import department_time_intervals
from efficacy_analytics.vocabulary import LANGUAGES

CHANGES = pl.DataFrame(
    [
        {"department": name, "period_before": before, "period": after, "late_share_before": 0.10, "late_share": 0.13,
         "mix_effect": 0.02, "rate_effect": -0.03, "rule_effect": 0.03, "record_effect": -0.01, "entry_effect": 0.02,
         "exit_effect": 0.0}
        for name in (None, "Housing") for before, after in (("2025-Q1", "2025-Q2"), ("2025-Q2", "2025-Q3"))
    ]
)  # fmt: skip
SCORES = pl.DataFrame(
    [
        {"department": name, "due_on": dt.date(2025, 1, day), "score_ratio": day * rise, "is_signalled": day * rise > 1}
        for name, rise in (("Housing", 0.2), ("Water", 0.01)) for day in range(1, 11)
    ]
).with_columns(pl.col("is_signalled").any().over("department"))  # fmt: skip


TIMES = pl.DataFrame(
    {
        "department": ["Water", "Housing", "Roads", "Parks"], "counted_unit": ["working_days"] * 4,
        "case_count": [100] * 4, "days_difference": [-0.2, 3.0, -2.0, None],
        "days_difference_low": [-1.0, 2.0, -3.0, None], "days_difference_high": [0.6, 4.0, -1.0, None],
        "position": ["not_told_apart", "longer", "shorter", None],
    }
)  # fmt: skip


def drawn(chart: Any) -> str:
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4"))


def data(chart: Any) -> list[dict[str, Any]]:
    return max(chart.to_dict()["datasets"].values(), key=len)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_bar_begins_where_the_last_one_ended_and_the_last_is_the_share_after(language: Any) -> None:
    chart = change_waterfall(CHANGES, language)
    bars = data(chart)
    assert [round(bar["until"], 9) for bar in bars[:-1]] == [0.1, 0.12, 0.09, 0.12, 0.11, 0.13, 0.13]
    assert [bar["from"] for bar in bars[2:-1]] == [bar["until"] for bar in bars[1:-2]]
    assert (bars[-1]["step"], bars[-1]["until"]) == ("2025-Q3", 0.13)
    assert "+2.0" in drawn(chart)


def test_the_change_of_one_department_and_period_is_drawn_where_it_is_asked_for() -> None:
    bars = data(change_waterfall(CHANGES, "en", department="Housing", until="2025-Q2"))
    assert (bars[0]["step"], bars[-1]["step"]) == ("2025-Q1", "2025-Q2")


@pytest.mark.parametrize("language", LANGUAGES)
def test_departments_that_signal_are_named_and_the_others_are_not(language: Any) -> None:
    chart = breach_course(SCORES, language)
    labels = {row["department"]: row["label"] for row in data(chart)}
    assert labels["Housing"] == "Housing"
    assert labels["Water"] not in ("Housing", "Water")
    assert "Housing" in drawn(chart)


def test_nothing_to_draw_is_an_empty_picture() -> None:
    assert "undefined" not in drawn(change_waterfall(CHANGES.head(0), "en"))
    assert "undefined" not in drawn(breach_course(SCORES.head(0), "en"))


def department(name: str, ratio: float, expected: float, band: str, reason: str | None = None) -> dict[str, Any]:
    return {
        "department": name, "late_ratio": ratio, "expected_late_count": expected, "late_count": round(ratio * expected),
        "exact_band": band, "overdispersed_band": None, "not_ranked_because": reason, "exact_low_far": 0.1,
        "exact_high_far": 1 + 6 / expected, "overdispersed_low_far": None, "overdispersed_high_far": None,
    }  # fmt: skip


def test_what_lies_beyond_the_funnel_stands_at_its_edge_with_its_ratio() -> None:
    rows = [department("Parks", 550.0, 0.3, "far_above"), department("Roads", 1.1, 6.0, "above")]
    chart = comparison_funnel(pl.DataFrame(rows, infer_schema_length=None), "en")
    tables = chart.to_dict()["datasets"].values()
    dots = {row["department"]: row for table in tables for row in table if "department" in row}
    assert (dots["Parks"]["ratio"], dots["Parks"]["is_beyond"], dots["Parks"]["label"]) == (8.0, True, "Parks 550.0×")
    assert (dots["Roads"]["ratio"], dots["Roads"]["is_beyond"]) == (1.1, False)
    assert "Parks" in drawn(chart)


def test_a_department_is_above_only_beyond_the_outer_limits() -> None:
    bands = ("far_below", "below", "within", "above", "far_above")
    places = [place_of(department("A", 1.0, 5.0, band)) for band in bands]
    assert places == ["below", "within", "within", "within", "above"]


POSITIONS = pl.DataFrame(
    [
        {"indicator": indicator, "department": level, "of_case_count": 100, "value": 0.5, "value_low": 0.4,
         "value_high": 0.6, "overall_value": 0.7, "position": position}
        for indicator, level, position in (
            ("on_time_share", "Housing", "worse"), ("on_time_share", "Water", "better"),
            ("refused_share", "Housing", "above"), ("refused_share", "Water", "within"),
        )
    ]
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_better_and_worse_are_told_by_shape_and_not_by_colour_alone(language: Any) -> None:
    chart = indicator_matrix(POSITIONS, language)
    shape = chart.to_dict()["layer"][0]["encoding"]["shape"]["scale"]
    assert shape["range"] == ["triangle-up", "triangle-down", "triangle-right", "circle"]
    assert len(set(shape["domain"])) == 4
    assert {row["interval"] for row in data(chart)} == {"40.0–60.0%"}
    assert "undefined" not in drawn(chart)
    assert "undefined" not in drawn(indicator_matrix(POSITIONS.head(0), language))


def test_a_matrix_stands_in_the_order_of_the_codes_whatever_the_names() -> None:
    named = POSITIONS.with_columns(department_code=pl.col("department").replace({"Housing": "D2", "Water": "D1"}))
    assert matrix_order(indicator_matrix(named, "en")) == ["Water", "Housing"]
    assert matrix_order(indicator_matrix(POSITIONS, "en")) == ["Housing", "Water"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_equally_many_cases_the_same_rows_are_drawn_in_both_languages_and_no_code_stands_last(language: Any) -> None:
    """Names in the reverse order of the codes: what is cut off goes by the codes."""
    codes = ["D1", "D2", None]
    names = {"zh": ["丙", "乙", None], "en": ["Zoo", "Arts", None]}[language]
    rows = [POSITIONS.row(0, named=True) | {"department": name, "department_code": code}
            for name, code in zip(names, codes, strict=True)]  # fmt: skip
    table = pl.DataFrame(rows)
    assert matrix_order(indicator_matrix(table, language, top=1)) == names[:1]
    assert matrix_order(indicator_matrix(table, language))[:2] == names[:2]
    by_item = indicator_matrix(POSITIONS.rename({"department": "item"}), language).to_dict()
    assert (
        by_item["title"]
        == {"zh": "各事项各项指标与总体之比", "en": "Shares of each item beside those of all together"}[language]
    )


def matrix_order(chart: Any) -> Any:
    return chart.to_dict()["layer"][0]["encoding"]["y"]["sort"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_departments_stand_by_their_days_longest_first_and_those_not_compared_are_left_out(language: Any) -> None:
    chart = department_time_intervals(TIMES, language)
    rows = data(chart)
    assert [row["label"] for row in rows] == ["Housing", "Water", "Roads"]
    assert len({row["told"] for row in rows}) == 3
    assert "+3.0" in {row["apart"] for row in rows}
    assert "undefined" not in drawn(chart)
    assert "undefined" not in drawn(department_time_intervals(TIMES.head(0), language))


def test_two_units_of_days_stand_beside_the_departments() -> None:
    both = pl.concat([TIMES, TIMES.with_columns(counted_unit=pl.lit("calendar_days"))])
    labels = [row["label"] for row in data(department_time_intervals(both, "en"))]
    assert len(set(labels)) == 6
