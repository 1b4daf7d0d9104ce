"""Briefings and pictures of a lake whose names are attacks: no script runs, and the names are read as text."""

from pathlib import Path
from typing import Any

import pytest
from support.browser import opened_file
from support.hostile_lake import ACTIVITIES, DEPARTMENTS, ITEMS, TIDIED, hostile_lake, unruly_lake
from support.invented_page import page_of

from efficacy_analytics.documents.pages.catalogue import PICTURES, picture
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows import steps as pipeline

WORDS = "document.body.innerText + [...document.querySelectorAll('svg text')].map(one => one.textContent).join(' ')"
STRANGE = "document.querySelectorAll('main img, main svg[onload], main b, [onerror], [onmouseover]').length"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def words_of(browser: Any, file: Path, *, least_marks: int = 1) -> str:
    """What a reader reads, once nothing strange has happened, under the mouse either."""
    opened = opened_file(browser, file)
    page = opened.page
    for mark in page.locator(".chart svg path, .chart svg text").all()[:40]:
        mark.hover(force=True, timeout=10_000) if mark.is_visible() else None
    assert page.evaluate(MARKS) >= least_marks
    assert page.evaluate("window.hit") is None
    assert page.evaluate(STRANGE) == 0
    assert opened.said == []
    assert opened.strangers() == []
    words: str = page.evaluate(WORDS)
    opened.close()
    return words


def briefing_of(lake: Path, language: Language, edition: str, file: Path) -> Path:
    """A briefing: the public one's parts in a page without a kernel, the internal one as its notebook makes it."""
    if edition == "internal":
        return pipeline.brief_period(lake, {}, period=None, languages=[language], edition=edition)[0]
    file.write_text(page_of(pipeline.find(lake, Cohort()), language=language, edition=edition), encoding="utf-8")
    return file


@pytest.mark.parametrize("edition", [pytest.param("internal", marks=pytest.mark.deep), "public"])
def test_a_briefing_shows_hostile_names_as_text(browser: Any, tmp_path: Path, edition: str) -> None:
    page = briefing_of(hostile_lake(), "en", edition, tmp_path / "briefing.html")
    words = words_of(browser, page)
    assert ACTIVITIES[1] in words
    assert "<script>window.hit=1</script>" in words
    assert DEPARTMENTS[1] in words
    assert pipeline.verify(hostile_lake(), [page])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name == "map" else pytest.mark.deep)
        for name in PICTURES
        if name not in ("difference", "plan", "certificate")
    ],
)
def test_a_picture_shows_hostile_names_as_text(browser: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.html"
    try:
        pipeline.draw(hostile_lake(), picture(name), file, language="en", cohort=Cohort())
    except CannotAnswerError:
        pytest.skip("this lake has nothing for it")
    words = words_of(browser, file)
    assert "script" in words or "onmouseover" in words


SHOWS_NO_NAMES = ("plan", "limits", "certificate")
MARKS = "document.querySelectorAll('.chart svg path').length"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in ("months", "difference") else pytest.mark.deep)
        for name in PICTURES
        if name not in SHOWS_NO_NAMES
    ],
)
def test_a_picture_of_unruly_names_shows_marks_and_names(browser: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.html"
    ones = [Cohort(department=TIDIED[place]) for place in (2, 3)] if name == "difference" else [Cohort(), None]
    pipeline.draw(unruly_lake(), picture(name), file, language="zh", cohort=ones[0], other=ones[1])
    assert TIDIED[2] in words_of(browser, file, least_marks=10)


@pytest.mark.parametrize("edition", ["public", pytest.param("internal", marks=pytest.mark.deep)])
def test_a_briefing_of_unruly_names_shows_them_within_the_page(browser: Any, tmp_path: Path, edition: str) -> None:
    page = briefing_of(unruly_lake(), "zh", edition, tmp_path / "briefing.html")
    words = words_of(browser, page, least_marks=100)
    assert [name for name in TIDIED if name[:20] not in words] == []
    opened = opened_file(browser, page)
    assert opened.page.evaluate(WIDER) == 0
    opened.close()


TABLES = "[...document.querySelectorAll('.section .table')]"
WIDER = f"{TABLES}.filter(one => one.scrollWidth > 1.5 * one.clientWidth).length"


@pytest.mark.deep
def test_a_comparison_and_its_own_names_are_text(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "difference.html"
    ones = [Cohort(department=department) for department in DEPARTMENTS]
    pipeline.draw(hostile_lake(), picture("difference"), file, language="en", cohort=ones[0], other=ones[1])
    assert "onerror" in words_of(browser, file)


@pytest.mark.deep
def test_a_certificate_names_its_item_as_text(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "certificate.html"
    cohort = Cohort(item=ITEMS[0], department=DEPARTMENTS[0])
    try:
        pipeline.draw(hostile_lake(), picture("certificate"), file, language="en", cohort=cohort)
    except CannotAnswerError:
        pytest.skip("this lake has nothing for it")
    assert "onerror" in words_of(browser, file)
