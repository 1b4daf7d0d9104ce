"""Draws the pictures of the README (`make images`) from a city of 8,000 cases: map, briefing, its forms, the site.

Chromium, LibreOffice and poppler are needed; what each shows is scaled, and nothing is painted by hand.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image

IMAGES: Final = Path(__file__).with_name("images")
CHROMIUM: Final = "/usr/bin/chromium"
CASES, PERIOD = 8_000, "2025Q1"
GAP, GREY = 12, "#9aa5ae"


def main() -> None:
    """Makes the city and its documents in a temporary folder, and the four pictures in docs/images/."""
    with tempfile.TemporaryDirectory() as scratch, _browser() as browser:
        folder = Path(scratch)
        lake = folder / "lake"
        _efficacy("demo", "--cases", str(CASES), "--lake", str(lake))
        both = ("--language", "zh", "--language", "en", "--format", "html,pdf,docx")
        _efficacy("brief", "--period", PERIOD, *both, "--lake", str(lake))
        for kind in ("review", "bulletin"):
            _efficacy("document", kind, "--period", PERIOD, "--format", "html,pdf", "--lake", str(lake))
        _efficacy("document", "department", "--about", "D05", "--period", PERIOD, "--lake", str(lake))
        _efficacy("verify", *map(str, sorted((lake / "briefings").glob("briefing-*.*"))), "--lake", str(lake))
        _efficacy("picture", "map", "--language", "en", "--output", str(folder / "map.html"), "--lake", str(lake))
        _efficacy("site", "--output", str(folder / "site"), "--lake", str(lake))
        briefings = lake / "briefings"
        pages = {language: next(briefings.glob(f"briefing-*-{language}.html")) for language in ("zh", "en")}
        heads = [_shot(browser, pages[language], folder / f"{language}.png", (760, 980)) for language in pages]
        drawn = _shot(browser, pages["en"], folder / "process.png", (700, 980), of="[data-section=process_map]")
        _beside([*heads, drawn], 690).save(IMAGES / "briefing.png", optimize=True)
        whole = _shot(
            browser, folder / "map.html", folder / "map.png", (2640, 900), style="* { max-width: none !important }"
        )
        whole.save(IMAGES / "map.png", optimize=True)
        _shot(browser, folder / "site" / "index.html", folder / "site.png", (1000, 760)).save(IMAGES / "site.png")
        word = next(briefings.glob("briefing-*-en.docx"))
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder / "word"), str(word))
        printed = [next(briefings.glob("briefing-*-zh.pdf")), folder / "word" / f"{word.stem}.pdf"]
        firsts = [_first_page(file, folder / f"page-{number}") for number, file in enumerate(printed)]
        _beside(firsts, 819).save(IMAGES / "documents.png", optimize=True)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright import sync_api

    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def _shot(browser: Any, page: Path, file: Path, size: tuple[int, int], *, of: str = "", style: str = "") -> Image.Image:
    """A page as a reader sees it at first, or one part of it whole; with rules of style of the picture's own."""
    opened = browser.new_page(viewport={"width": size[0], "height": size[1]})
    opened.goto(page.as_uri())
    if style:
        opened.add_style_tag(content=style)
    opened.wait_for_timeout(4_000)  # until charts are drawn and typefaces are there
    (opened.locator(of).first if of else opened).screenshot(path=str(file))
    opened.close()
    return Image.open(file)


def _first_page(file: Path, place: Path) -> Image.Image:
    _run("pdftoppm", "-png", "-r", "100", "-singlefile", str(file), str(place))
    return Image.open(place.with_suffix(".png"))


def _beside(parts: Sequence[Image.Image], height: int) -> Image.Image:
    """Pictures of one height, side by side."""
    scaled = [one.convert("RGB").resize((round(one.width * height / one.height), height)) for one in parts]
    whole = Image.new("RGB", (sum(one.width + GAP for one in scaled) - GAP, height), GREY)
    left = 0
    for one in scaled:
        whole.paste(one, (left, 0))
        left += one.width + GAP
    return whole


def _efficacy(*words: str) -> None:
    _run(sys.executable, "-m", "efficacy_analytics", *words, "--quiet")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
