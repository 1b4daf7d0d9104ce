"""One headless Chromium for every test that opens a page: what a page asked for, and what it complained of."""

from collections.abc import Callable, Iterator
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
_IDLE: list[Any] = []
"""Pages that nobody looks at: a page used again knows its scripts, which costs a quarter of a new one."""


def chromium() -> Iterator[Any]:
    """The browser; the test is skipped where it or its driver is not installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not here (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield opened
        _IDLE.clear()
        opened.close()


class Opened:
    """A page in the browser, with what it asked for and what it said.

    Attributes:
        asked: the addresses asked for, the page's own among them.
        said: what stood in the console or in a dialog, and faults of scripts.
    """

    def __init__(self, browser: Any, address: str, *, size: tuple[int, int] = (1280, 900)) -> None:
        self.page = _IDLE.pop() if _IDLE else browser.new_page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.asked: list[str] = []
        self.said: list[str] = []
        self._listeners: dict[str, Callable[[Any], None]] = {
            "request": lambda request: self.asked.append(request.url),
            "console": lambda message: self.said.append(message.text),
            "pageerror": lambda fault: self.said.append(str(fault)),
            "dialog": self._dismiss,
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)
        self.page.goto(address)

    def _dismiss(self, dialog: Any) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

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
        """Leaves the page, and what is heard of it, to the next one who opens one."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")
        _IDLE.append(self.page)


def opened_file(browser: Any, file: Path, *, size: tuple[int, int] = (1280, 900)) -> Opened:
    """A page from the disk, once all its charts are drawn."""
    opened = Opened(browser, file.as_uri(), size=size)
    opened.page.wait_for_function(DRAWN)
    return opened
