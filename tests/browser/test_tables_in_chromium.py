"""Tables and key figures on a screen and on a telephone: nothing is cut, and a row is read as one."""

import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.browser import Opened
from support.invented_page import document_of
from support.invented_run import invented_run
from support.widest_table import widest

from efficacy_analytics.documents.blocks import Column, KeyFigures, Table
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.vocabulary import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RANKED = ["序号", "区段", "全程时间中位数及其他一切", "办件量", "占比"]
FIGURES = KeyFigures(
    [("办件量", "4,711"), ("按时办结率及其他须列的一切指标", "66.8%"), ("办结", "1"), ("在办", "2"), ("逾期", "3")]
)


@cache
def page(folder: Path, language: Language) -> Path:
    """A page of key figures, a ranking and the widest table."""
    columns = [Column(name, str, is_figure=name != "区段") for name in RANKED]
    ranking = Table("排名", columns, [["1", "初审 → 审核", "18.2 小时", "329", "19.8%"]])
    whole = document_of(invented_run(folder), language=language).content()
    alone = dataclasses.replace(whole, pieces=[Piece("one", "一", [FIGURES, ranking, widest(language)])])
    file = folder / f"{language}.html"
    file.write_bytes(rendered(alone, "html"))
    return file


@pytest.fixture(scope="module", params=LANGUAGES)
def phone(browser: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    file = page(tmp_path_factory.mktemp("page"), request.param)
    opened = Opened(browser, file.as_uri(), size=(390, 844))
    yield opened
    opened.close()


def boxes(opened: Opened, selector: str) -> list[dict[str, float]]:
    """Where the elements stand."""
    told: list[dict[str, float]] = opened.page.locator(selector).evaluate_all(
        "all => all.map(one => { const text = document.createRange(); text.selectNodeContents(one); "
        "const box = text.getBoundingClientRect(); return {left: box.left, top: box.top, bottom: box.bottom}; })"
    )
    return told


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_is_wider_than_its_place_on_a_screen(browser: Any, language: Language, tmp_path: Path) -> None:
    """The limits of ten columns were once cut at the right in Chinese."""
    opened = Opened(browser, page(tmp_path, language).as_uri())
    widths = "all => all.map(one => [one.scrollWidth, one.clientWidth])"
    told = opened.page.locator(".section .table").evaluate_all(widths)
    opened.close()
    assert len(told) == 2
    assert all(needed <= there for needed, there in told)


def test_on_a_telephone_the_number_of_a_ranking_stands_before_the_name_it_is_of(phone: Opened) -> None:
    """Before: the number below its heading, and the name in a line of its own among the others."""
    number, name, *_ = boxes(phone, ".section .table:nth-of-type(1) tbody td")
    assert number["bottom"] == pytest.approx(name["bottom"], abs=2)
    assert number["left"] < name["left"]


def test_on_a_telephone_figures_of_a_row_stand_in_one_line_however_long_their_headings(phone: Opened) -> None:
    figures = boxes(phone, ".section .table:nth-of-type(1) tbody td")[2:]
    assert len({round(one["bottom"]) for one in figures}) == 1


def test_on_a_telephone_key_figures_stand_below_each_other(phone: Opened) -> None:
    """Before: three, and below them two in widths of their own."""
    numbers = boxes(phone, ".key-figures dd")
    assert len({round(one["bottom"]) for one in numbers[:3]}) == 1
    names = phone.page.locator(".key-figures div").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().left)"
    )
    assert names[3:] == pytest.approx(names[:2], abs=1)
