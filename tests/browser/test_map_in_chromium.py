"""A process map saved as a page: every control works with the keyboard alone, and nothing is asked of a network."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.browser import Opened

from efficacy_analytics.charts.maps.layout.paths import CLOCK_COLUMNS
from efficacy_analytics.charts.maps.views import MapTables, map_book
from efficacy_analytics.charts.style import theme
from efficacy_analytics.documents.pages.maps import book_page
from efficacy_analytics.vocabulary import CAUSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STAGES = [f"S{number}" for number in range(6)]
ACTIVITIES = [f"{stage}_{number:02}" for stage in STAGES for number in range(8)]  # 48 are more than a picture holds
TIMES = [90_000.0, 90_000.0, 400_000.0, 7_200.0, 7_200.0, 36_000.0]
PATHS = "#process-map-chart svg .mark-line path"
TEXTS = (
    "[...document.querySelectorAll('.process-map tspan, .process-map text:not(:has(tspan))')]"
    ".map(one => one.textContent)"
)


def tables() -> MapTables:
    """A log of six stages with eight activities each, one after the other, with a way back from every stage."""
    pairs = [(a, b, 100 - number) for number, (a, b) in enumerate(pairwise(ACTIVITIES))]
    counts = [
        (name, 100 - number, int(number == 0) * 100, int(number == 47) * 53) for number, name in enumerate(ACTIVITIES)
    ]
    follows = [*((a, b, 90) for a, b in pairwise(STAGES)), *((s, "S0", 9) for s in STAGES[1:])]
    borders = [
        row
        for a, b, n in follows
        for row in ((b, "from", a, f"{b}_00", n), (a, "to", b, f"{a}_07", n))
    ]  # fmt: skip
    timed = {name: pl.lit(seconds) for name, seconds in zip(CLOCK_COLUMNS, TIMES, strict=False)}
    by_case = pl.col("transition_count").alias("case_count")
    ends = ["start_case_count", "end_case_count"]
    return MapTables(
        activities=framed(counts, ["activity", "event_count", *ends]).with_columns(case_count="event_count"),
        directly_follows=framed(pairs, ["activity", "next_activity", "transition_count"]).with_columns(
            by_case, **timed
        ),
        activity_stages=framed([(name, name[:2]) for name in ACTIVITIES], ["activity", "stage"]),
        stages=framed(
            [(s, 600 - n, 100, 8, int(s == "S0") * 100, int(s == "S5") * 53) for n, s in enumerate(STAGES)],
            ["stage", "event_count", "case_count", "activity_count", *ends],
        ),
        stage_follows=framed(follows, ["stage", "next_stage", "transition_count"]).with_columns(by_case, **timed),
        stage_borders=framed(borders, ["stage", "side", "neighbour", "activity", "transition_count"]).with_columns(
            by_case, **timed
        ),
    )


def framed(rows: list[Any], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row")


class Map(Opened):
    """A map in the browser."""

    def __init__(self, browser: Any, file: Path, *, size: tuple[int, int] = (1500, 900)) -> None:
        super().__init__(browser, file.as_uri(), size=size)
        self.page.wait_for_selector(".chart[data-drawn=yes]")

    def shows(self, view: str) -> None:
        """Waits until a view is drawn."""
        self.page.wait_for_selector(f".chart[data-drawn=yes][data-view='{view}']")

    def texts(self) -> list[str]:
        """What stands in the picture."""
        return [str(text) for text in self.page.evaluate(TEXTS)]

    def focused(self) -> str:
        """The label of what has the focus."""
        return str(
            self.page.evaluate("(document.activeElement.closest('label') || document.activeElement).textContent.trim()")
        )

    def tab_to(self, label: str) -> None:
        """Goes on by the tabulator until the control of that label has the focus."""
        for _ in range(20):
            self.page.keyboard.press("Tab")
            if self.focused().startswith(label):
                return
        raise AssertionError(f"no control '{label}' by keyboard")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = pl.DataFrame({"activity": ["S1_00"], "name": ["材料审核"]})
    book = map_book(tables(), {"zh": names, "en": names.with_columns(name=pl.lit("Check papers"))})
    file = tmp_path_factory.mktemp("map") / "map.html"
    words = {"zh": "流程图", "en": "Process map"}
    file.write_text(book_page(book, title=words, introduction=words), encoding="utf-8")
    return file


@pytest.fixture
def opened(browser: Any, saved: Path) -> Iterator[Map]:
    shown = Map(browser, saved)
    yield shown
    shown.close()
    assert shown.said == []
    assert shown.strangers() == []
    assert len(shown.files()) == 1


def test_stages_come_first_and_a_click_on_a_box_opens_one(opened: Map) -> None:
    assert set(STAGES) <= set(opened.texts())
    assert "S1_03" not in opened.texts()
    opened.page.locator(".process-map svg text", has_text="S1").first.click()
    opened.shows("S1")
    assert {"材料审核", "S1_03", "S0", "S2"} <= set(opened.texts())
    assert opened.page.locator(".map-view").input_value() == "S1"
    opened.page.locator(".map-back").click()
    opened.shows("stages")


def test_a_stage_is_opened_and_left_by_the_keyboard_alone(opened: Map) -> None:
    opened.tab_to("显示")
    opened.page.keyboard.press("ArrowDown")
    opened.shows("S0")
    opened.page.keyboard.press("Tab")
    assert opened.focused() == "返回全图"
    opened.page.keyboard.press("Enter")
    opened.shows("stages")
    assert opened.focused().startswith("显示")


def test_the_clock_is_switched_by_the_keyboard_and_stays_when_a_stage_is_opened(opened: Map) -> None:
    assert "25 小时" in opened.texts()  # 90,000 s
    opened.tab_to("时钟")
    opened.page.keyboard.press("ArrowDown")
    opened.page.wait_for_function(f"{TEXTS}.some(text => text.includes('办公时间'))")
    opened.shows("stages")
    assert opened.focused().startswith("时钟")
    assert "2 小时" in opened.texts()  # 7,200 s
    assert "25 小时" not in opened.texts()
    assert "占环节间隔总时间" in opened.texts()
    opened.page.locator(".map-view").select_option("S2")
    opened.shows("S2")
    assert any("办公时间" in text for text in opened.texts())


def test_lines_show_frequency_or_waiting_and_the_figure_asked_for(opened: Map) -> None:
    opened.tab_to("时间取")
    opened.page.keyboard.press("End")
    opened.page.wait_for_function(f"{TEXTS}.some(text => text === '4.6 天')")  # 400,000 s
    opened.tab_to("线条表示")
    opened.page.keyboard.press("ArrowDown")
    opened.page.wait_for_function(f"{TEXTS}.every(text => text !== '4.6 天')")
    assert "90" in opened.texts()


def test_the_language_is_switched_by_the_keyboard(opened: Map) -> None:
    opened.page.locator(".map-view").select_option("S1")
    opened.shows("S1")
    opened.tab_to("语言")
    opened.page.keyboard.press("ArrowDown")
    opened.page.wait_for_selector(".chart[lang=en][data-drawn=yes]")
    assert "Check papers" in opened.texts()
    assert opened.page.locator("h1").text_content() == "Process map"
    assert opened.page.locator(".map-introduction").text_content() == "Process map"
    assert opened.page.locator(".map-back").text_content() == "Back to the whole map"
    assert opened.page.locator(".vega-bind-name").first.text_content() == "Clock"


def test_the_slider_takes_lines_away_by_the_keyboard(opened: Map) -> None:
    everything = opened.page.locator(PATHS).count()
    opened.tab_to("显示的流转占比")
    opened.page.keyboard.press("Home")
    opened.page.wait_for_function(
        "([paths, all]) => document.querySelectorAll(paths).length < all", arg=[PATHS, everything]
    )
    opened.page.keyboard.press("End")
    opened.page.wait_for_function(
        "([paths, all]) => document.querySelectorAll(paths).length === all", arg=[PATHS, everything]
    )


def test_a_line_tells_its_figures_when_pointed_at(opened: Map) -> None:
    opened.page.locator(PATHS).first.hover(force=True)
    tooltip = opened.page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert tooltip.locator("tr").count() == 8


def test_what_has_the_focus_can_be_seen(opened: Map) -> None:
    opened.tab_to("显示")
    style = opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


def test_no_words_on_the_map_cover_each_other(opened: Map) -> None:
    boxes = opened.page.evaluate(
        "[...document.querySelectorAll('.chart svg .mark-text text')].filter(one => one.textContent.trim())"
        ".map(one => { const box = one.getBoundingClientRect();"
        " return [one.textContent, box.left, box.top, box.right, box.bottom]; })"
    )
    distinct = list({tuple(box) for box in boxes})  # the halo is drawn in the same place
    covered = [
        (one[0], other[0])
        for number, one in enumerate(distinct)
        for other in distinct[:number]
        if one[0] != other[0] and min(one[3], other[3]) - max(one[1], other[1]) > 2
        and min(one[4], other[4]) - max(one[2], other[2]) > 3
    ]  # fmt: skip
    assert covered == []


def test_causes_stand_on_the_lines_and_are_switched_off_by_the_keyboard(browser: Any, tmp_path: Path) -> None:
    seconds = {f"{cause}_seconds": pl.lit(0.0) for cause in CAUSES} | {"contention_seconds": pl.lit(60.0)}
    whole = tables()
    among = pl.col("activity").str.starts_with("S0")
    small = MapTables(
        whole.activities.filter(among).with_columns(end_case_count=pl.lit(9)),
        whole.directly_follows.filter(among & pl.col("next_activity").str.starts_with("S0")),
        waiting_causes=whole.directly_follows.select("activity", "next_activity").with_columns(**seconds),
    )
    none = pl.DataFrame(schema={"activity": pl.String, "name": pl.String})
    words = {"zh": "流程图", "en": "Process map"}
    file = tmp_path / "causes.html"
    page = book_page(map_book(small, {"zh": none, "en": none}), title=words, introduction=words)
    file.write_text(page, encoding="utf-8")
    opened = Map(browser, file, size=(1500, 600))
    bars = f"#process-map-chart path[fill='{theme.CAUSES['contention']}']"
    drawn = opened.page.locator(bars).count()
    opened.tab_to("显示等待原因")
    opened.page.keyboard.press("Space")
    opened.page.wait_for_function("([bars, all]) => document.querySelectorAll(bars).length < all", arg=[bars, drawn])
    assert drawn > 5  # seven lines lead from one of the eight activities to the next
    assert opened.said == []
    opened.close()


BEGINNING = """() => {
  const place = document.querySelector('#process-map-chart').getBoundingClientRect();
  const start = [...document.querySelectorAll('#process-map-chart text')].find(one => one.textContent === '开始');
  const found = start.getBoundingClientRect();
  return found.left >= place.left && found.right <= place.right; }"""


def test_a_map_that_begins_beyond_the_edge_is_first_seen_where_it_begins(browser: Any, saved: Path) -> None:
    shown = Map(browser, saved, size=(390, 900))
    shown.page.add_style_tag(content="#process-map-chart svg.marks { margin-left: 600px; }")
    for view in ("S1", "stages"):
        shown.page.locator(".map-view").select_option(view)
        shown.shows(view)
    assert shown.page.evaluate("document.querySelector('#process-map-chart').scrollLeft") > 0
    assert shown.page.evaluate(BEGINNING)
    shown.close()


def test_a_map_that_begins_on_the_screen_is_seen_from_its_left_edge(opened: Map) -> None:
    assert opened.page.evaluate("document.querySelector('#process-map-chart').scrollLeft") == 0
    assert opened.page.evaluate(BEGINNING)


SEEN = """(chosen) => {
  const place = document.querySelector('#process-map-chart').getBoundingClientRect();
  const all = [...document.querySelectorAll('#process-map-chart ' + chosen)];
  const found = all.map((one) => one.getBoundingClientRect());
  return found.length > 0 && found.every((one) => one.left >= place.left - 1 && one.right <= place.right + 1); }"""
NUMBERS_SEEN = """() => {
  const place = document.querySelector('#process-map-chart').getBoundingClientRect();
  return [...document.querySelectorAll('#process-map-chart text')].filter((one) => {
    const found = one.getBoundingClientRect();
    return /^[123]$/.test(one.textContent) && found.left >= place.left && found.right <= place.right;
  }).map((one) => one.textContent); }"""
SMALLEST = """() => {
  const svg = document.querySelector('#process-map-chart svg.marks');
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return Math.min(...[...svg.querySelectorAll('text')].filter((one) => one.textContent.trim())
    .map((one) => parseFloat(getComputedStyle(one).fontSize) * scale)); }"""


def numbered_last() -> MapTables:
    """The log of `tables`, with most of all time between its last two stages, far from where the map begins."""
    whole = tables()
    last = (pl.col("stage") == "S4") & (pl.col("next_stage") == "S5")
    assert whole.stage_follows is not None
    mean = pl.when(last).then(9_000_000.0).otherwise("elapsed_seconds_mean")
    return replace(whole, stage_follows=whole.stage_follows.with_columns(elapsed_seconds_mean=mean))


def test_on_a_telephone_the_longest_wait_is_seen_first_the_legend_is_whole_and_all_words_can_be_read(
    browser: Any, tmp_path: Path
) -> None:
    none = pl.DataFrame(schema={"activity": pl.String, "name": pl.String})
    words = {"zh": "流程图", "en": "Process map"}
    file = tmp_path / "last.html"
    page = book_page(map_book(numbered_last(), {"zh": none, "en": none}), title=words, introduction=words)
    file.write_text(page, encoding="utf-8")
    shown = Map(browser, file, size=(390, 900))
    for language in ("en", "zh"):
        shown.page.locator(".map-language").select_option(language)
        shown.page.wait_for_selector(f".chart[lang^={language}][data-drawn=yes]")
        assert shown.page.evaluate("document.querySelector('#process-map-chart').scrollLeft") > 0
        assert "1" in shown.page.evaluate(NUMBERS_SEEN)
        assert shown.page.evaluate(SEEN, ".role-legend")
        assert shown.page.evaluate(SMALLEST) >= 9
    shown.page.evaluate("document.querySelector('#process-map-chart').scrollLeft = 0")
    shown.page.wait_for_function(SEEN, arg=".role-legend")
    shown.close()
