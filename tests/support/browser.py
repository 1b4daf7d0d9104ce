"""One headless Chromium for every test that opens a page: what a page asked for, and what it complained of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DRAWN = (
    "document.querySelectorAll('.chart').length > 0 && "
    "document.querySelectorAll('.chart').length === document.querySelectorAll('.chart[data-drawn]').length"
)
OWN = ("file://", "data:", "blob:")


def chromium() -> Iterator[Any]:
    """The browser; the test is skipped where it or its driver is not installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not here (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield opened
        opened.close()


class Opened:
    """A page in the browser, with what it asked for and what it said.

    Attributes:
        asked: the addresses asked for, the page's own among them.
        said: what stood in the console or in a dialog, and faults of scripts.
    """

    def __init__(self, browser: Any, address: str, *, size: tuple[int, int] = (1280, 900)) -> None:
        self.page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda fault: self.said.append(str(fault)))
        self.page.goto(address)

    def count(self, selector: str) -> int:
        """How many elements the page has of a kind."""
        return int(self.page.locator(selector).count())

    def labels(self) -> list[str | None]:
        """What a screen reader is told of each chart."""
        chosen = self.page.locator(".chart [role='graphics-document']")
        labels: list[str | None] = chosen.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        return labels

    def strangers(self) -> list[str]:
        """The addresses asked for that lie outside the file and what it holds."""
        return [url for url in self.asked if not url.startswith(OWN)]

    def files(self) -> list[str]:
        """The files asked for."""
        return [url for url in self.asked if url.startswith("file://")]

    def close(self) -> None:
        """Closes the page."""
        self.page.close()


def opened_file(browser: Any, file: Path, *, size: tuple[int, int] = (1280, 900)) -> Opened:
    """A page from the disk, once all its charts are drawn."""
    opened = Opened(browser, file.as_uri(), size=size)
    opened.page.wait_for_function(DRAWN)
    return opened
