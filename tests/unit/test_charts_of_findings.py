"""Charts of the findings: valid, in both languages, small, and telling chance from difference."""

import json
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert
from support.invented_run import OVERALL, invented_tables

from efficacy_analytics.charts.bottlenecks import bottleneck_bars
from efficacy_analytics.charts.contributions import contribution_bars
from efficacy_analytics.charts.honesty import SCALE, honesty_map
from efficacy_analytics.charts.limits import limit_dumbbells
from efficacy_analytics.charts.on_time import on_time_intervals, position
from efficacy_analytics.charts.style.intervals import told_of_bars_without
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.vocabulary import LANGUAGES

TABLES = invented_tables()
CHARTS = {
    "bottlenecks": lambda language: bottleneck_bars(TABLES["bottlenecks"], language),
    "on_time": lambda language: on_time_intervals(TABLES["on_time"], language, overall=OVERALL),
    "limits": lambda language: limit_dumbbells(TABLES["limits"], language),
    "honesty": lambda language: honesty_map(TABLES["honesty_checks"], TABLES["honesty"], language),
}


def rows(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """The largest data set of a chart."""
    return max(chart.to_dict()["datasets"].values(), key=len)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_in_either_language(name: str, language: Any) -> None:
    spec = CHARTS[name](language).to_dict()
    spec["width"] = 600
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    assert spec["title"] in svg
    assert spec["description"]
    assert "undefined" not in svg
    assert "NaN" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_an_empty_table_is_empty(name: str) -> None:
    chart = {
        "bottlenecks": lambda rows: bottleneck_bars(TABLES["bottlenecks"].head(rows)),
        "on_time": lambda rows: on_time_intervals(TABLES["on_time"].head(rows), overall=None),
        "limits": lambda rows: limit_dumbbells(TABLES["limits"].head(rows)),
        "honesty": lambda rows: honesty_map(TABLES["honesty_checks"], TABLES["honesty"].head(rows)),
    }[name]
    empty, full = (
        vl_convert.vegalite_to_svg(chart(rows).to_dict() | {"width": 600}, vl_version="6.4").count("<path aria-label")
        for rows in (0, 5)
    )
    assert (empty, full > 0) == (0, True)


def test_only_the_first_segments_are_drawn_largest_first() -> None:
    shares = [row["share_of_total"] for row in rows(bottleneck_bars(TABLES["bottlenecks"], top=5))]
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bars", [bottleneck_bars, contribution_bars])
def test_the_axis_tells_of_interval_lines_only_where_there_are_any(bars: Any, language: Any) -> None:
    table = TABLES["bottlenecks" if bars is bottleneck_bars else "contributions"]
    untold = table.with_columns(pl.lit(None, pl.Float64).alias(bound) for bound in ("share_low", "share_high"))
    titles, marks = zip(*[_title_and_marks(bars(one, language)) for one in (table, untold)], strict=True)
    assert ["95%" in title for title in titles] == [True, False]
    assert ["rule" in of_one for of_one in marks] == [True, False]


def _title_and_marks(chart: alt.LayerChart) -> tuple[str, list[str]]:
    layers = chart.to_dict()["layer"]
    return layers[0]["encoding"]["x"]["axis"]["title"], [one["mark"]["type"] for one in layers]


def test_an_interval_from_none_to_all_is_told_and_not_drawn() -> None:
    sure = pl.col("share_low") * 0 + 0.01, pl.col("share_high") * 0 + 0.2
    first, *others = bottleneck_bars(TABLES["bottlenecks"].with_columns(*sure)).to_dict()["datasets"].values()
    assert not others
    assert {row["share_high"] for row in first} == {0.2}
    (unsure,) = (
        bottleneck_bars(
            TABLES["bottlenecks"].with_columns(
                share_low=pl.when(pl.col("rank") == 2).then(0.0).otherwise(sure[0]),
                share_high=pl.when(pl.col("rank") == 2).then(1.0).otherwise(sure[1]),
            )
        )
        .to_dict()["datasets"]
        .values()
    )
    assert [row["share_high"] for row in unsure][:3] == [0.2, None, 0.2]
    assert unsure[1]["interval"] == "0–100%"


@pytest.mark.parametrize(
    ("bounds", "is_told"),
    [
        ([(0.1, 0.3), (0.0, 1.0)], True),
        ([(0.1, 0.3), (0.0, 0.9)], False),
        ([(0.0, 1.0)], False),
        ([(None, None)], False),
    ],
)
def test_a_bar_without_a_line_beside_others_is_told_of(bounds: list[tuple[float, float]], *, is_told: bool) -> None:
    schema = dict.fromkeys(("share_low", "share_high"), pl.Float64)
    told = told_of_bars_without(pl.DataFrame(bounds, schema=schema, orient="row"), "en")
    assert ("without a line" in told) == is_told


def test_a_long_segment_takes_two_lines() -> None:
    long = TABLES["bottlenecks"].with_columns(activity=pl.lit("Determine the necessity of external advice"))
    assert all("\n→ " in row["label"] for row in rows(bottleneck_bars(long)))


@pytest.mark.parametrize(
    ("low", "high", "overall", "where"),
    [(0.80, 0.85, 0.9, "below"), (0.88, 0.93, 0.9, "like"), (0.91, 0.95, 0.9, "above"), (0.1, 0.2, None, "like")],
)
def test_a_department_is_told_apart_only_when_its_interval_lies_off_the_whole(
    low: float, high: float, overall: float | None, where: str
) -> None:
    assert position(low, high, overall) == where


def test_departments_stand_lowest_share_first() -> None:
    shares = [row["on_time_share"] for row in rows(CHARTS["on_time"]("zh"))]
    assert shares == sorted(shares)
    assert len(shares) == 8


def test_limits_of_another_unit_are_not_drawn_on_the_same_scale() -> None:
    mixed = TABLES["limits"].with_columns(
        limit_unit=pl.when(pl.col("item") == "I01").then(pl.lit("hours")).otherwise("limit_unit")
    )
    assert "第1类许可证核发" not in json.dumps(rows(limit_dumbbells(mixed)), ensure_ascii=False)
    assert len(rows(limit_dumbbells(mixed))) == 10


def test_a_department_lies_below_or_above_the_share_of_the_table_itself_where_no_other_is_given() -> None:
    table = pl.DataFrame(
        {
            "department": ["A", "B"], "judged_count": [100, 100], "late_count": [50, 0], "on_time_share": [0.5, 1.0],
            "on_time_share_low": [0.4, 0.96], "on_time_share_high": [0.6, 1.0],
        }
    )  # fmt: skip
    shown = {row["department"]: row["position"] for row in rows(on_time_intervals(table, "en")) if "position" in row}
    assert shown == {"A": "below the overall share", "B": "above it"}
    withheld = on_time_intervals(table.with_columns(late_count=pl.Series([50, None])), "en").to_dict()
    assert "below" not in json.dumps(withheld["layer"])
    assert "not distinguishable" not in json.dumps(withheld["layer"])


def test_a_square_of_the_honesty_map_is_as_dark_as_its_check_has_lost_points_of_all_it_can_lose() -> None:
    checks = TABLES["honesty_checks"].with_columns(
        points_lost=pl.when(department="D03", code="H13").then("weight").otherwise("points_lost")
    )
    chart = honesty_map(checks, TABLES["honesty"], "en")
    squares = {(row["label"].partition("  ")[0], row["check"].partition(" ")[0]): row for row in rows(chart)}
    assert squares["D03", "H13"]["lost_share"] == 1
    assert squares["D03", "H16"]["lost_share"] == pytest.approx(5 / CHECKS["H16"].weight)
    assert squares["D01", "H13"]["lost_share"] == 0
    assert squares["D01", "H01"]["lost_share"] is None
    assert [key for key, row in squares.items() if row["mark"] == "●"] == [("D03", "H13"), ("D03", "H16")]
    colour = chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert (colour["domain"], colour["range"]) == ([0, 1], list(SCALE))
    assert next(iter(squares))[0] == "D03"  # the lowest score stands at the top
