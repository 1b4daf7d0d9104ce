"""The site of documentation, opened from the disk: it asks no other machine, is found by words, and is not cut."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from support.browser import Opened

from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.settings import CHECKOUT

pytestmark = [pytest.mark.deep, pytest.mark.browser]
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
SIZES = ((1280, 900), (390, 844))
LOOKED_AT = (
    *("index", "start", "believe", "how_to/a_new_export", "reference/tables_of_findings", "reference/commands"),
    *("reference/layouts", "reference/python", "reference/honesty_checks", "glossary", "definitions", "schemes"),
    *("zh/index", "zh/start", "zh/believe", "zh/how_to/a_clock_rule", "zh/how_to/a_scheme"),
)
CUT = """[...document.querySelectorAll('article *')].filter(one => {
  const box = one.getBoundingClientRect()
  if (!box.width || box.right <= innerWidth + 1) return false
  for (let up = one.parentElement; up; up = up.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return false
  return true
}).map(one => one.tagName + ' ' + one.textContent.slice(0, 60))"""


class Links(HTMLParser):
    """What a page loads, where it leads to, and the places in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.leads.append(given["href"])
        elif given.get(LOADED.get(tag, "")):
            self.loads.append(given[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning is an error."""
    folder = tmp_path_factory.mktemp("documentation") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)
    return folder


def test_every_link_leads_to_a_page_and_a_place_of_the_site_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = {page: Links(page) for page in site.rglob("*.html") if page.name != "404.html"}
    assert len(pages) > 60
    astray = []
    for page, links in pages.items():
        assert [one for one in links.loads if urlsplit(one).scheme not in ("", "data")] == []
        for link in links.leads:
            if urlsplit(link).scheme:
                continue
            file = (page.parent / unquote(urlsplit(link).path)).resolve() if urlsplit(link).path else page
            place = unquote(urlsplit(link).fragment)
            if not file.exists() or (place and file in pages and place not in pages[file].places):
                astray.append((page.name, link))
    assert astray == []


def test_every_table_has_its_columns_with_unit_and_words(site: Path) -> None:
    text = "".join(
        (site / "reference" / f"tables_of_{group}.html").read_text() for group in ("the_log", "findings", "supervision")
    )
    assert [name for name in TABLES if f'id="{name}"' not in text] == []
    assert text.count("<th>unit</th>") == len(TABLES)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("bunching", "reference/"),
        ("clock stops", "how_to/a_clock_rule"),
        ("停钟", "zh/how_to/a_clock_rule"),
        ("堵点排名", "reference/tables_of_findings"),
        ("公开版", "zh/how_to/a_public_edition"),
        ("为什么可信", "zh/believe"),
    ],
)
def test_a_page_is_found_from_the_disk_by_its_words(site: Path, browser: Any, words: str, page: str) -> None:
    opened = Opened(browser, (site / "index.html").as_uri())
    asked = opened.page.locator("input.md-search__input").first
    opened.page.keyboard.press("f")
    asked.fill(words)
    asked.press("End")
    opened.page.wait_for_selector(".md-search-result__item", timeout=60_000)
    found = opened.page.locator(".md-search-result__link").evaluate_all("all => all.map(one => one.href)")
    assert any(f"/{page}" in address for address in found), found
    assert opened.strangers() == []
    assert opened.said == []
    opened.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_nothing_of_a_page_is_cut_and_its_tables_scroll(site: Path, browser: Any, size: tuple[int, int]) -> None:
    cut = {}
    for name in LOOKED_AT:
        opened = Opened(browser, (site / f"{name}.html").as_uri(), size=size)
        wide = opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        cut[name] = [*opened.page.evaluate(CUT)[:3], *([f"{wide} px wider"] if wide > 0 else [])]
        assert opened.strangers() == []
        assert opened.said == []
        opened.close()
    assert {name: found for name, found in cut.items() if found} == {}
