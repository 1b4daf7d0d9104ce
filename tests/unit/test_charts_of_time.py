"""Charts of time: spectrum, dots, variants, months, causes, contributions, from small tables in both languages."""

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest

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

DAY = 86_400
START = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
SPECTRUM = pl.DataFrame(
    {
        "position": [1, 1, 2],
        "activity": ["a", "a", "b"],
        "next_activity": ["b", "b", "c"],
        "from_at": [START, START, START],
        "until_at": [START, START + dt.timedelta(days=3), START],
        "width_seconds": [DAY] * 3,
        "quarter": [1, 4, 2],
        "transition_count": [9, 1, 4],
    }
)
DISCIPLINE = pl.DataFrame(
    {
        "position": [1, 2], "activity": ["a", "b"], "next_activity": ["b", "c"], "transition_count": [10, 4],
        "fifo_violation_share": [0.25, None], "batch_share": [None, 0.5],
    }
)  # fmt: skip
DENSITY = pl.DataFrame(
    {
        "time_bin": [0, 1], "case_bin": [0, 0], "at_hours": [474_000, 474_024], "width_hours": [24, 24],
        "step": ["a", "b"], "step_share": [1.0, 0.5], "event_count": [3, 4],
    }
)  # fmt: skip
VARIANTS = pl.DataFrame(
    {
        "activities": [["a", "b", "c"], ["a"] * 30], "case_count": [7, 3], "case_share": [0.7, 0.3],
        "case_share_cumulated": [0.7, 1.0], "elapsed_seconds_median": [float(DAY), 2.0 * DAY],
    }
)  # fmt: skip
NAMES = pl.DataFrame({"activity": ["a", "b", "c"], "name": ["受理", "审核", "决定"]})
WAITS = pl.DataFrame(
    {
        "month": ["2024-01", "2024-01", "2024-02"], "step": ["b", "c", "b"],
        "time_kind": ["waiting", "between_completions", "waiting"], "case_count": [3, 1, 2], "waiting_count": [3, 1, 2],
        "waiting_elapsed_seconds_median": [0.0, 50.0, 7200.0], "waiting_elapsed_seconds_mean": [1.0, 50.0, 7200.0],
        "waiting_elapsed_seconds_total": [3.0, 50.0, 14_400.0], "month_case_count": [4, 4, 2],
        "month_open_count": [0, 0, 1],
    }
)  # fmt: skip
SEGMENTS = pl.DataFrame(
    {
        "activity": ["a"], "next_activity": ["b"], "transition_count": [4], "waiting_seconds": [28.0 * DAY],
        **{f"{cause}_seconds": [float(DAY * place)] for place, cause in enumerate(CAUSES, 1)},
    }
)  # fmt: skip
EFFECTS = pl.DataFrame(
    {
        "cause": list(CAUSES), "waiting_seconds": [float(DAY)] * 7, "waiting_share": [1 / 7] * 7,
        "efficiency_share": [0.2] * 7, "efficiency_without_share": [0.25] * 7,
    }
)  # fmt: skip
PARTS = pl.DataFrame(
    {
        "rank": [1, 2], "kind": ["waiting", "service"], "activity": ["a", "b"], "next_activity": ["b", None],
        "case_count": [3, 3], "share_of_total": [0.7, 0.3], "share_low": [0.6, 0.2], "share_high": [0.8, 0.4],
        "elapsed_seconds_mean": [100.0, 10_000.0], "excess_days": [4.0, None],
    }
)  # fmt: skip
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
