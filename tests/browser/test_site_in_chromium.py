"""The site opened from the disk: it is searched, changes its language, and asks nothing of a network."""

from pathlib import Path
from typing import Any

import pytest
from support.browser import Opened
from support.published import published

from efficacy_analytics.workflows.site.build import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_reader_finds_a_document_by_department_period_and_language(browser: Any, tmp_path: Path) -> None:
    published(tmp_path, "july-0", "2025-08-03")
    published(tmp_path, "public-0", "2025-10-12", edition="public")
    page = Opened(browser, build_site(tmp_path).as_uri())
    assert page.count("#documents li") == 2
    assert page.page.inner_text("#count") == "Documents: 2"  # in the language of the browser
    page.page.click("#language")
    page.page.fill("#query", "水务局 内部")
    assert page.count("#documents li") == 0
    page.page.fill("#query", "水务局 第1期")
    assert "含：水务局" in page.page.inner_text("#documents li:first-child")
    page.page.click("#language")
    page.page.fill("#query", "WATER affairs")
    assert page.page.inner_text("#count") == "Documents: 1"
    title = page.page.get_attribute("#documents .title a", "href")
    assert title == page.page.get_attribute("#documents .links a", "href")
    page.page.click("#documents .title a")
    page.page.wait_for_url(f"**/{title.rpartition('/')[2]}")
    page.page.go_back()
    assert page.page.input_value("#query") == "WATER affairs"  # who comes back finds what was asked
    assert page.page.inner_text("#count") == "Documents: 1"
    page.page.fill("#query", "水局")  # as one calls it who knows it
    assert page.page.inner_text("#count") == "Documents: 1"
    page.page.fill("#query", "局水")
    assert page.count("#documents li") == 0
    page.page.fill("#query", "")
    page.page.select_option("#year", "2025")
    assert page.count("#documents li") == 2
    link = page.page.get_attribute("#documents li:first-child .links a", "href")
    assert (tmp_path / "site" / str(link)).is_file()
    assert page.strangers() == []
    assert page.said == []
    page.page.set_viewport_size({"width": 390, "height": 800})
    assert page.page.evaluate("document.documentElement.scrollWidth <= 390")
    page.close()
