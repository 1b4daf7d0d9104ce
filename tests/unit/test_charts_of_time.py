"""Charts of time: spectrum, dots, variants, months, causes, contributions, from small tables in both languages."""

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest
from support.invented_times import (
    DENSITY,
    DISCIPLINE,
    EFFECTS,
    NAMES,
    PARTS,
    SEGMENTS,
    SPECTRUM,
    VARIANTS,
    WAITS,
)

from efficacy_analytics.charts.case_times import case_times
from efficacy_analytics.charts.causes import cause_bars, cause_effects
from efficacy_analytics.charts.contributions import contribution_bars
from efficacy_analytics.charts.dotted import event_dots
from efficacy_analytics.charts.months import month_heat
from efficacy_analytics.charts.spectrum import performance_spectrum_lines
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.variants import variant_strips
from efficacy_analytics.findings.waiting.causes import CAUSES
from efficacy_analytics.vocabulary import CAUSES as CAUSE_WORDS
from efficacy_analytics.vocabulary import LANGUAGES, Language

CHARTS = {
    "spectrum": lambda language: performance_spectrum_lines(SPECTRUM, DISCIPLINE, language),
    "dots by calendar": lambda language: event_dots(DENSITY, language),
    "dots since acceptance": lambda language: event_dots(DENSITY, language, against="acceptance"),
    "variants": lambda language: variant_strips(VARIANTS, NAMES, language),
    "months": lambda language: month_heat(WAITS, language),
    "causes": lambda language: cause_bars(SEGMENTS, language),
    "effects": lambda language: cause_effects(EFFECTS, language),
    "contributions": lambda language: contribution_bars(PARTS, language),
}


def rows(chart: Any) -> list[dict[str, Any]]:
    """Every row the chart draws."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_titled_described_and_asks_no_one(name: str, language: Language) -> None:
    spec = CHARTS[name](language).to_dict()
    assert spec["title"]
    assert spec["description"]
    assert "url" not in json.dumps(spec["datasets"])


def test_quarters_stand_side_by_side_within_their_stretch() -> None:
    drawn = [row for row in rows(CHARTS["spectrum"]("en")) if "quarter" in row]
    shifts = {row["quarter"]: dt.datetime.fromisoformat(row["from_x"]).hour for row in drawn}
    assert shifts == {1: 3, 2: 9, 4: 21}  # of 24 hours an eighth, three and seven eighths


def test_a_share_that_cannot_be_told_is_a_dash() -> None:
    words = [row["words"] for row in rows(CHARTS["spectrum"]("en")) if "words" in row]
    assert words == [
        "a → b · 10 passages · out of turn 25.0% · in batches –",
        "b → c · 4 passages · out of turn – · in batches 50.0%",
    ]


def test_a_long_variant_says_how_many_steps_more_it_has() -> None:
    assert [row["mark"] for row in rows(CHARTS["variants"]("zh")) if row.get("rank") == 2 and "mark" in row][-1] == "+6"


def test_arrows_carry_the_number_that_the_legend_names() -> None:
    arrows = [row for row in rows(CHARTS["variants"]("zh")) if row.get("label")]
    assert {(row["mark"], row["label"]) for row in arrows} == {("1", "1  受理"), ("2", "2  审核"), ("3", "3  决定")}


def test_what_is_not_waiting_is_left_out_of_a_picture_of_waiting() -> None:
    assert {row["step"] for row in rows(CHARTS["months"]("en"))} == {"b"}


def test_hours_stand_in_the_squares_and_follow_the_measure() -> None:
    assert [row["number"] for row in rows(CHARTS["months"]("en"))] == ["0", "2"]
    unequal = WAITS.with_columns(waiting_elapsed_seconds_median=pl.lit(50 * 3600.0))
    assert {row["number"] for row in rows(month_heat(unequal, measure="median"))} == {"50"}


def test_a_wait_of_nothing_has_the_palest_colour_not_none() -> None:
    assert min(row["hours"] for row in rows(CHARTS["months"]("en"))) == 0.1


def test_causes_add_up_to_the_waiting_of_their_segment() -> None:
    drawn = rows(CHARTS["causes"]("en"))
    assert sum(row["days"] for row in drawn) == 28
    assert [row["cause"] for row in drawn] == [words["en"] for words in CAUSE_WORDS.values()]


def test_every_cause_has_a_word_and_a_colour() -> None:
    assert set(CAUSES) == set(CAUSE_WORDS) == set(theme.CAUSES)


def test_a_part_without_excess_shows_a_dash() -> None:
    assert [row["excess"] for row in rows(CHARTS["contributions"]("en"))] == ["4", "–"]


def test_a_stop_that_still_lasts_is_drawn_to_the_day_on_which_the_case_is_judged() -> None:
    day = dt.datetime(2025, 3, 3, 9)
    step = {
        "event_number": 1, "activity": "审查", "department": "住建局", "resource": "A", "enabled_local": day,
        "started_local": day, "completed_local": day + dt.timedelta(hours=2), "is_start_recorded": True,
    }  # fmt: skip
    stops = pl.DataFrame(
        {"stopped_from_on": [dt.date(2025, 3, 4)], "stopped_until_on": [None]},
        schema_overrides={"stopped_until_on": pl.Date},
    )
    drawn = case_times(pl.DataFrame([step]), stops, "zh", as_on=dt.date(2025, 3, 14))
    spans = [row for row in rows(drawn) if str(row.get("from_at", "")).startswith("2025-03-05")]
    assert [row["until_at"][:10] for row in spans] == ["2025-03-15"]  # the days after the stop until the judged one
