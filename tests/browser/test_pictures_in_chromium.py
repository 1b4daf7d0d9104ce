"""Picture pages opened from the disk: nothing is asked of a network, controls work, by keyboard too."""

from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
from support.browser import opened_file
from support.small_city import small_city

from efficacy_analytics.charts.style.offline import chart_html, library
from efficacy_analytics.documents.pages.catalogue import PICTURES, picture
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.workflows import steps as pipeline

OURS = [name for name, entry in PICTURES.items() if entry.makes == "blocks"]
WORDS = ["legend-label", "legend-title", "title-text", "axis-label", "axis-title"]
SELECTED = ", ".join(f".chart .role-{kind} text" for kind in WORDS)
CUT = f"""[...document.querySelectorAll('{SELECTED}')].flatMap((word) => {{
  const chart = word.closest('.chart'), place = chart.getBoundingClientRect(), box = word.getBoundingClientRect();
  const isCut = box.right > place.right + 2 || box.left < place.left - 2;
  return isCut && getComputedStyle(chart).overflowX !== 'auto' ? [word.textContent] : []; }})"""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def drawn(name: str, folder: Path, language: str = "en") -> Path:
    file = folder / f"{name}-{language}.html"
    cohort = Cohort(item="D01001", department="D01") if name == "certificate" else Cohort()
    if not file.exists():
        pipeline.draw(small_city()[0], picture(name), file, language=language, cohort=cohort)  # type: ignore[arg-type]
    return file


@pytest.mark.parametrize("name", OURS)
def test_a_page_asks_no_network_says_nothing_and_draws_all_its_charts(browser: Any, folder: Path, name: str) -> None:
    opened = opened_file(browser, drawn(name, folder))
    assert opened.strangers() == []
    assert opened.said == []
    assert opened.count(".chart svg.marks") == opened.count(".chart") > 0
    assert all(opened.labels())
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 1280
    opened.close()


@pytest.mark.parametrize("name", OURS)
def test_on_a_telephone_no_word_of_a_chart_is_cut_off(browser: Any, folder: Path, name: str) -> None:
    opened = opened_file(browser, drawn(name, folder), size=(390, 844))
    assert opened.page.evaluate(CUT) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    opened.close()


def test_no_line_of_a_title_on_a_telephone_begins_with_a_closing_bracket(browser: Any, folder: Path) -> None:
    file = folder / "bars.html"
    title = "占全部时间的比重（横线为 95% 区间）"
    chart = alt.Chart(pl.DataFrame({"x": [1], "y": ["甲"]})).mark_bar().encode(x=alt.X("x:Q").title(title), y="y:N")
    file.write_text(f"<html><body>{library()}{chart_html(chart.properties(width='container'))}</body></html>")
    for width in range(190, 330, 10):
        opened = opened_file(browser, file, size=(width, 844))
        lines = opened.page.locator(".role-axis-title tspan").all_text_contents()
        assert not [line for line in lines if line.startswith("）")], width
        assert "".join(lines).replace(" ", "") in ("", title.replace(" ", ""))
        opened.close()


def test_the_number_of_variants_is_changed_by_the_keyboard_alone(browser: Any, folder: Path) -> None:
    opened = opened_file(browser, drawn("variants", folder, "zh"))
    page = opened.page
    arrows = "document.querySelectorAll('.chart svg .mark-symbol.role-mark path').length"
    before = page.evaluate(arrows)
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.type") != "range":
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.wait_for_function(f"{arrows} < {before}")
    assert page.evaluate("document.activeElement.value") == "1"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.value") == "2"
    opened.close()


def test_an_arrow_tells_the_activitys_name_when_pointed_at(browser: Any, folder: Path) -> None:
    opened = opened_file(browser, drawn("variants", folder, "zh"))
    page = opened.page
    page.locator(".chart svg .mark-symbol.role-mark path").first.hover(force=True)
    tooltip = page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert "申请" in tooltip.inner_text()
    opened.close()


def test_the_same_picture_is_the_same_page(folder: Path) -> None:
    again = pipeline.draw(small_city()[0], picture("months"), folder / "again.html", language="en", cohort=Cohort())
    assert again.read_bytes() == drawn("months", folder).read_bytes()
