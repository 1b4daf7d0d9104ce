"""A briefing opened from the disk: nothing is asked of a network, Chinese is drawn, the slider works."""

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from support.browser import Opened, opened_file
from support.invented_page import document_of, page_of, page_of_the_small_city
from support.invented_run import invented_run

from efficacy_analytics.documents.blocks import Column, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.render.html import html
from efficacy_analytics.vocabulary import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module", params=["zh", "en"])
def opened(browser: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("page")
    file = folder / "briefing.html"
    file.write_text(page_of(invented_run(folder), language=request.param), encoding="utf-8")
    page = opened_file(browser, file)
    yield page
    page.close()


def test_nothing_is_asked_for_but_the_file_itself(opened: Opened) -> None:
    assert opened.strangers() == []
    assert len(opened.files()) == 1


def test_the_console_is_silent(opened: Opened) -> None:
    assert opened.said == []


def test_every_chart_is_drawn_and_named(opened: Opened) -> None:
    assert opened.count(".chart svg.marks") == opened.count(".chart") == 7
    assert len(opened.labels()) == 7
    assert all(opened.labels())


def test_the_typeface_comes_with_the_page(opened: Opened) -> None:
    assert opened.page.evaluate("document.fonts.check('16px \"Noto Sans CJK SC\"', '审批')")
    assert opened.page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]


def test_chinese_is_drawn_with_its_own_glyphs(opened: Opened) -> None:
    """One stroke leaves less ink than twenty; boxes in place of glyphs would leave as much."""
    ink = """text => {
      const board = document.createElement('canvas'); board.width = 80; board.height = 60;
      const pen = board.getContext('2d'); pen.font = '40px "Noto Sans CJK SC"'; pen.fillText(text, 10, 45);
      return pen.getImageData(0, 0, 80, 60).data.filter((value, place) => place % 4 === 3 && value > 128).length; }"""
    few, many = (opened.page.evaluate(ink, text) for text in ("一", "部"))
    assert 0 < 2 * few < many


def test_the_slider_takes_lines_away_and_brings_them_back(opened: Opened) -> None:
    paths = ".chart[id^='chart-process_map'] svg .mark-line path"
    slider = opened.page.locator(".vega-bind input[type=range]")
    everything = opened.count(paths)
    slider.fill("50")
    opened.page.wait_for_function(
        "([paths, all]) => document.querySelectorAll(paths).length < all", arg=[paths, everything]
    )
    fewer = opened.count(paths)
    slider.press("End")
    opened.page.wait_for_function(
        "([paths, all]) => document.querySelectorAll(paths).length === all", arg=[paths, everything]
    )
    assert 0 < fewer < everything == 15  # twelve pairs, one start, two ends are invented


def test_a_line_tells_its_figures_when_pointed_at(opened: Opened) -> None:
    opened.page.locator(".chart[id^='chart-process_map'] svg .mark-line path").first.hover(force=True)
    tooltip = opened.page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert tooltip.locator("tr").count() == 8


def test_the_page_has_the_width_of_paper_and_no_sideways_scroll(opened: Opened) -> None:
    size = opened.page.evaluate(
        "({column: document.querySelector('main').offsetWidth, page: document.documentElement.scrollWidth})"
    )
    assert 780 <= size["column"] <= 800  # 210 mm at 96 pixels an inch: 793.7
    assert size["page"] <= 1280


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_of_a_page_is_cut_at_its_side(browser: Any, tmp_path: Path, language: Language, width: int) -> None:
    """On a screen and on a telephone; the city's page, whose limits of items have nine columns."""
    file = tmp_path / "page.html"
    file.write_text(page_of_the_small_city(language), encoding="utf-8")
    opened = Opened(browser, file.as_uri(), size=(width, 900))
    widths = "all => all.map(one => [one.querySelector('caption').innerText, one.scrollWidth - one.clientWidth])"
    told = opened.page.locator(".section .table").evaluate_all(widths)
    opened.close()
    assert len(told) >= 8
    assert [one for one in told if one[1] > 0] == []


def test_on_a_telephone_each_figure_of_a_wide_table_stands_below_its_heading(opened: Opened) -> None:
    told = """all => all.map(row => {
      const figures = cells => [...cells].filter(cell => cell.matches('.figure'));
      const said = figures(row.cells).map(cell => getComputedStyle(cell, '::before').content.slice(1, -1));
      return said.join('|') === figures(row.closest('table').tHead.rows[0].cells).map(one => one.textContent).join('|');
    })"""
    opened.page.set_viewport_size({"width": 390, "height": 844})
    rows = opened.page.locator(".section table:has(th:nth-child(4)) tbody tr").evaluate_all(told)
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    assert len(rows) > 10
    assert all(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_of_a_chart_lies_above_its_picture(browser: Any, tmp_path: Path, language: Language) -> None:
    """A legend that becomes a list after the room was measured would push the title out of the picture."""
    file = tmp_path / "page.html"
    file.write_text(page_of_the_small_city(language), encoding="utf-8")
    page = opened_file(browser, file)
    cut = """all => all.flatMap(one => { const top = one.getBoundingClientRect().top;
      return [...one.querySelectorAll('text')].filter(text => text.textContent.trim())
        .filter(text => text.getBoundingClientRect().top < top - 1).map(text => text.textContent); })"""
    count, told = page.count("svg.marks"), page.page.locator("svg.marks").evaluate_all(cut)
    page.close()
    assert count >= 6
    assert told == []


@pytest.mark.parametrize(("language", "value"), [("zh", "21.8 小时"), ("en", "101 days")])
def test_seven_key_figures_stand_in_one_line_each_whole(
    browser: Any, tmp_path: Path, language: Language, value: str
) -> None:
    whole = document_of(invented_run(tmp_path / "lake"), language=language).content()
    names = ["Late (time limit not recorded)", *["Cases"] * 5, "Median throughput time"]
    figures = KeyFigures([(name, value if name == names[-1] else "1") for name in names])
    file = tmp_path / "figures.html"
    file.write_bytes(html(dataclasses.replace(whole, pieces=[Piece("one", "一", [figures])])))
    opened = Opened(browser, file.as_uri())
    boxes = [one.bounding_box() for one in opened.page.locator(".key-figures dd").all()]
    opened.close()
    assert len(boxes) == 7
    assert len({(round(one["y"]), round(one["height"])) for one in boxes}) == 1


def test_a_short_table_is_printed_below_its_sentence_and_not_with_the_foot(browser: Any, tmp_path: Path) -> None:
    whole = document_of(invented_run(tmp_path / "lake"), language="en").content()
    table = Table("Red cards", [Column("Card", str, is_figure=False)], [["the only row"]])
    foot = dataclasses.replace(whole.colophon, lines=["A line on method, of some length, as there are many."] * 24)
    pieces = [Piece("one", "One", [*[Paragraph("A sentence.")] * 6, table])]
    file = tmp_path / "short.html"
    file.write_bytes(html(dataclasses.replace(whole, pieces=pieces, colophon=foot)))
    opened = Opened(browser, file.as_uri())
    first, second = pypdf.PdfReader(io.BytesIO(opened.page.pdf(prefer_css_page_size=True))).pages
    opened.close()
    assert "the only row" in first.extract_text()
    assert "on method" in second.extract_text()


def test_it_prints_on_a_few_pages_all_of_them_upright(opened: Opened) -> None:
    printed = opened.page.pdf(prefer_css_page_size=True)
    assert 3 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 12
    assert b"[0 0 841" not in printed  # A4 across would be 842 points wide: the map runs down the page
    assert b"[0 0 842" not in printed


def test_on_a_telephone_every_caption_is_read_whole(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 390, "height": 844})
    ends = "all => all.map(one => { const text = document.createRange(); text.selectNodeContents(one); "
    ends += "return text.getBoundingClientRect().right; })"
    captions = opened.page.locator(".section .table caption").evaluate_all(ends)
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    assert len(captions) >= 8
    assert max(captions) <= 390
