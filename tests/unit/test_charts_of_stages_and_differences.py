"""Maps with stages, causes on lines and differences of two groups: what their rows and views hold."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from efficacy_analytics.charts.maps.book import MapBook
from efficacy_analytics.charts.maps.causes import BAR_WIDTH, HEIGHT_WITH_BAR, cause_rows, cause_totals
from efficacy_analytics.charts.maps.difference.difference_rows import LIMITS, difference_rows
from efficacy_analytics.charts.maps.difference.difference_views import DifferenceTables, difference_book
from efficacy_analytics.charts.maps.layout.paths import CLOCK_COLUMNS
from efficacy_analytics.charts.maps.layout.placing import map_layout
from efficacy_analytics.charts.maps.process_map import process_map
from efficacy_analytics.charts.maps.stage import MOST_NEIGHBOURS, stage_layout
from efficacy_analytics.charts.maps.views import MOST_BOXES, OPENED, MapTables, Room, fitting, map_book
from efficacy_analytics.findings.performance.differences import compared
from efficacy_analytics.vocabulary import CAUSES, LANGUAGES

STAGES = [f"S{number:02}" for number in range(50)]
ACTIVITIES = [f"{stage}_{number:02}" for stage in STAGES for number in range(30 if stage == "S07" else 2)]
NAMES = {language: pl.DataFrame(schema={"activity": pl.String, "name": pl.String}) for language in LANGUAGES}
NAMING = ("activity", "next_activity", "stage", "next_stage", "neighbour")
ENDS = ["start_case_count", "end_case_count"]


def framed(rows: list[Any], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row")


def timed(rows: list[Any], keys: list[str]) -> pl.DataFrame:
    hours = {name: pl.lit(3600.0) for name in CLOCK_COLUMNS}
    frame = framed(rows, [*keys, "transition_count"])
    return frame.with_columns(pl.col("transition_count").alias("case_count"), **hours)


@pytest.fixture(scope="module")
def tables() -> MapTables:
    """Fifty stages in a row, one of them with thirty activities; from each a way into the eighth and out of it."""
    pairs = [(a, b, 90) for a, b in pairwise(ACTIVITIES)]
    follows = [(a, b, 90) for a, b in pairwise(STAGES)]
    follows += [(stage, "S07", 20 - number % 9) for number, stage in enumerate(STAGES) if stage not in ("S06", "S07")]
    borders = [row for a, b, n in follows for row in ((b, "from", a, f"{b}_00", n), (a, "to", b, f"{a}_01", n))]
    counts = [
        (name, 200 - n, 90, int(n == 0) * 90, int(n == len(ACTIVITIES) - 1) * 90) for n, name in enumerate(ACTIVITIES)
    ]
    return MapTables(
        activities=framed(counts, ["activity", "event_count", "case_count", *ENDS]),
        directly_follows=timed(pairs, ["activity", "next_activity"]),
        activity_stages=framed([(name, name[:3]) for name in ACTIVITIES], ["activity", "stage"]),
        stages=framed(
            [(s, 500 - n, 90, int(n == 0) * 90, int(n == 49) * 90) for n, s in enumerate(STAGES)],
            ["stage", "event_count", "case_count", *ENDS],
        ),
        stage_follows=timed(follows, ["stage", "next_stage"]),
        stage_borders=timed(borders, ["stage", "side", "neighbour", "activity"]),
    )


@pytest.fixture(scope="module")
def small(tables: MapTables) -> MapTables:
    """The first nine activities of it."""
    few = tables.activities.head(9)
    among = few["activity"].implode()
    pairs = tables.directly_follows.filter(pl.col("activity").is_in(among), pl.col("next_activity").is_in(among))
    return MapTables(few.with_columns(end_case_count=pl.lit(9)), pairs, stages=tables.stages)


@pytest.fixture(scope="module")
def book(tables: MapTables) -> MapBook:
    return map_book(tables, NAMES, "en", languages=("en",))


def test_a_large_log_opens_with_its_stages_and_has_a_view_for_each(book: MapBook) -> None:
    assert [view.key for view in book.views] == ["stages", *STAGES]
    opened = {row["opens"] for row in book.views[0].pictures["en"].datasets["boxes"] if row["kind"] == "stage"}
    assert opened <= set(STAGES)


def test_a_stage_none_of_whose_paths_is_shown_has_no_view_and_the_others_are_drawn(tables: MapTables) -> None:
    """As in an edition for the public, where paths of few cases are withheld and their activities are not."""
    few = first_stages(tables, 12)
    among = {name: ~pl.col(name).str.starts_with("S09") for name in ("activity", "next_activity")}
    follows = {name: pl.col(name) != "S09" for name in ("stage", "neighbour")}
    few = replace(
        few,
        directly_follows=few.directly_follows.filter(*among.values()),
        stage_borders=_borders(few).filter(*follows.values()),
    )
    views = [view.key for view in map_book(few, NAMES, "en", languages=("en",)).views]
    assert views == ["stages", *(stage for stage in STAGES[:12] if stage != "S09")]


def first_stages(tables: MapTables, count: int) -> MapTables:
    """The stages up to a number, and what lies in them and between them."""
    after = STAGES[count]
    kept = {
        name: frame.filter(pl.col(column) < after for column in frame.columns if column in NAMING)
        for name, frame in vars(tables).items()
        if isinstance(frame, pl.DataFrame)
    }
    return replace(tables, **kept)


def test_no_view_has_more_than_forty_boxes(book: MapBook) -> None:
    sizes = [len(view.pictures["en"].datasets["boxes"]) for view in book.views]
    assert max(sizes) <= MOST_BOXES
    assert OPENED + 2 * MOST_NEIGHBOURS + 2 <= MOST_BOXES


def test_a_small_log_shows_its_activities_at_once(small: MapTables) -> None:
    assert [view.key for view in map_book(small, NAMES).views] == ["activities"]


def test_both_languages_show_the_same_boxes(tables: MapTables) -> None:
    long = pl.DataFrame({"activity": ACTIVITIES, "name": [f"a rather long name of {name}" for name in ACTIVITIES]})
    pairs, boxes = tables.directly_follows, tables.activities
    short = fitting(pairs, boxes, {"zh": NAMES["zh"]}, Room(20))
    assert fitting(pairs, boxes, {"zh": NAMES["zh"], "en": long}, Room(20)) <= short
    assert fitting(pairs, boxes, NAMES, Room(20, page_width=500.0)) < short
    assert fitting(pairs, boxes, NAMES, Room(20, page_height=500.0, direction="down")) < short


def test_an_opened_stage_stands_between_where_cases_came_from_and_went_to(tables: MapTables) -> None:
    mine = tables.activities.filter(pl.col("activity").str.starts_with("S07"))
    nodes, edges = stage_layout("S07", tables.directly_follows, mine, _borders(tables), names=NAMES["en"])
    places = {kind: nodes.filter(pl.col("kind") == kind) for kind in ("came_from", "activity", "went_to")}
    assert places["came_from"].height == MOST_NEIGHBOURS
    assert places["went_to"]["name"].to_list() == ["S08"]
    assert places["came_from"]["x"].max() < places["activity"]["x"].min()  # type: ignore[operator]
    assert places["activity"]["x"].max() < places["went_to"]["x"].min()  # type: ignore[operator]
    assert "S06" in places["came_from"]["name"].to_list()  # most cases come from it
    entering = edges.filter(pl.col("next_name") == "S07_00", pl.col("name") == "S06")
    assert entering["transition_count"].to_list() == [90]


def _borders(tables: MapTables) -> pl.DataFrame:
    assert tables.stage_borders is not None
    return tables.stage_borders


def test_a_page_can_hold_fewer_boxes(tables: MapTables) -> None:
    many = first_stages(tables, 16)
    view = map_book(many, NAMES, languages=("en",), language="en", room=Room(most_nodes=12)).views[0]
    assert len(view.pictures["en"].datasets["boxes"]) <= 12


def test_a_map_in_a_notebook_is_a_piece_of_html_that_no_text_can_end(small: MapTables) -> None:
    names = {language: framed([("S00_00", "</script><b>")], ["activity", "name"]) for language in LANGUAGES}
    html = map_book(small, names, "en", room=Room(most_nodes=12))._repr_html_()
    assert "</script><b>" not in html
    assert html.count("</script>") == 2
    text = html.split('type="application/json"', 1)[1].split(">", 1)[1].split("</script>", 1)[0]
    assert json.loads(text)["language"] == "en"


@pytest.fixture(scope="module")
def few() -> tuple[pl.DataFrame, pl.DataFrame]:
    activities = framed([("a", 90, 90, 90, 0), ("b", 90, 90, 0, 90)], ["activity", "event_count", "case_count", *ENDS])
    return timed([("a", "b", 90)], ["activity", "next_activity"]), activities


def test_a_bar_of_causes_is_as_long_as_its_line_has_room_and_each_cause_has_its_share(
    few: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    nodes, edges = map_layout(*few, label_height=HEIGHT_WITH_BAR)
    seconds = {f"{cause}_seconds": 0.0 for cause in CAUSES} | {"batching_seconds": 30.0, "contention_seconds": 10.0}
    shared = [{"activity": "a", "resource": who, "next_activity": "b", **seconds} for who in ("R", "S")]
    rows = cause_rows(edges, cause_totals(pl.DataFrame(shared)), "en")
    assert rows.select("cause", "share", "path").rows() == [("Batching", "75.0%", "a → b"), ("Queue", "25.0%", "a → b")]
    assert rows["right"].max() - rows["left"].min() == pytest.approx(BAR_WIDTH, abs=0.2)  # type: ignore[operator]
    spec = process_map(nodes, edges, "en", causes=cause_totals(pl.DataFrame(shared))).to_dict()
    assert {param["name"] for param in spec["params"]} >= {"causes", "clock", "figure", "measure", "shown"}


@pytest.mark.parametrize(("align", "begins"), [("left", 100.0), ("center", 78.0), ("right", 56.0)])
def test_a_bar_of_causes_stands_below_its_words_wherever_they_begin(align: str, begins: float) -> None:
    line = {"activity": "a", "next_activity": "b", "name": "a", "next_name": "b", "shown_from": 0.0}
    edges = pl.DataFrame([{**line, "label_x": 100.0, "label_y": 50.0, "label_align": align}])
    seconds = {f"{cause}_seconds": [60.0 if cause == "batching" else 0.0] for cause in CAUSES}
    rows = cause_rows(edges, cause_totals(pl.DataFrame({"activity": ["a"], "next_activity": ["b"], **seconds})), "en")
    assert rows.select("left", "right").rows() == [(begins, begins + BAR_WIDTH)]  # words begin, lie or end at 100


def test_a_line_comes_from_its_beginning_to_its_tip_without_a_detour(small: MapTables) -> None:
    _, edges = map_layout(small.directly_follows, small.activities)
    for line in edges.iter_rows(named=True):
        points = list(zip(line["xs"], line["ys"], strict=True))
        length = sum(math.dist(one, other) for one, other in pairwise(points))
        assert length < 1.5 * math.dist(points[0], (line["tip_x"], line["tip_y"])) + 60
        assert math.dist(points[-1], (line["tip_x"], line["tip_y"])) < 12


def paths(waits: list[float]) -> pl.DataFrame:
    columns = ["activity", "next_activity", "transition_count", "elapsed_seconds", "open_seconds"]
    return framed([("a", "b", 1, wait, wait / 3) for wait in waits], columns)


def test_a_difference_is_told_with_its_sign_its_step_and_whether_it_is_chance(
    few: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    _, edges = map_layout(*few)
    told = compared(
        paths([3600.0 * n for n in range(1, 31)]), paths([86400.0 * n for n in range(5, 35)]), case_counts=(90, 40)
    )
    row = (
        difference_rows(edges, told, "en").filter(pl.col("name") == "a", pl.col("next_name") == "b").row(0, named=True)
    )
    assert (row["elapsed_step"], row["elapsed_sure"], row["elapsed_verdict"]) == (3, True, "significant")
    assert row["elapsed_difference"] == "+18.9 days"  # medians 19.5 days and 15.5 hours
    assert row["share_step"] == 3
    assert row["share_difference"] == "+41.7 points"  # 30 of 40 against 30 of 90
    ends = difference_rows(edges, told, "en").filter(pl.col("name") == "Start").row(0, named=True)
    assert (ends["elapsed_step"], ends["elapsed_sure"]) == (None, False)


@pytest.mark.parametrize("measure", LIMITS)
def test_steps_of_colour_grow_with_the_difference(measure: str) -> None:
    assert list(LIMITS[measure]) == sorted(LIMITS[measure])


def test_a_difference_map_says_in_words_what_is_significant(few: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    told = compared(paths([60.0] * 20), paths([120.0] * 20), case_counts=(20, 20))
    book = difference_book(DifferenceTables((few[1], few[1]), told), NAMES, ("2023", "2024"), "en")
    note = book.views[0].notes["en"]
    assert "Mann–Whitney" in note
    assert "Fisher" in note
    assert "2024 is shorter" in note
    assert "曼—惠特尼" in book.views[0].notes["zh"]
    assert book.views[0].pictures["en"].datasets["boxes"][0]["event_count"] == "180"  # of both groups
