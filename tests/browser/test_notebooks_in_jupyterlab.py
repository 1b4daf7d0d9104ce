"""The notebooks in a real JupyterLab, as `efficacy lab` opens it: cells run, charts drawn, tables paged, a click heard.

The cells of all exploring notebooks stand in one, for one kernel; each runs by itself in `test_notebooks_run.py`.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import pytest
from support.browser import Opened
from support.intake import ingest
from support.laboratories import laboratory
from support.small_city import small_city

import efficacy_analytics as ea
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.vocabulary import LANGUAGES
from efficacy_analytics.workflows import steps
from efficacy_analytics.workflows.exploring.questions import QUESTIONS, TITLES, asked
from efficacy_analytics.workflows.lab import lab_command

CHARTS, SHOWN_TABLES, ANSWERS = 19, 33, 20
"""What the notebooks show together, at least."""
LOGS = Path(os.environ.get("EFFICACY_OPEN_DATA", CHECKOUT.parent / "shared" / "data")) / "bpic15"
RUN_SECONDS = 600
WIDTH, LOW, HIGH = 1500, 500, 1900
"""Of the window, in pixels: low while cells run, for what is in sight is drawn again and again; high to look at it."""
OWN = ("data:", "blob:")
SEEN = """[...document.querySelectorAll('.chart')].flatMap((place) => [...place.querySelectorAll('svg.marks')]
  .slice(0, 1).map((svg) => [place.id, place.dataset.drawn || '', svg.getBoundingClientRect().width, svg.
  querySelectorAll('.mark-rect path, .mark-rule line, .mark-symbol path, .mark-line path, .mark-text text').length]))"""
TABLES = """[...document.querySelectorAll('.ea-table[data-paged]')].map((place) => [place.id,
  place.querySelectorAll('tbody tr').length, place.querySelector('thead').textContent,
  place.getBoundingClientRect().width])"""
SAID = "[...document.querySelectorAll('.ea-answer')].map((one) => one.textContent)"
HEADINGS = (
    "[...document.querySelectorAll('.jp-OutputArea-output h1, .jp-OutputArea-output h2')].map((one) => one.textContent)"
)
GROUND = """(() => { const body = document.body, before = body.dataset.jpThemeLight;
  body.dataset.jpThemeLight = 'false';
  const styles = [...document.querySelectorAll('.chart svg.marks')].map((one) => getComputedStyle(one));
  const seen = styles.map((one) => [one.filter.includes('invert'), one.backgroundColor]);
  body.dataset.jpThemeLight = before; return seen; })()"""
"""What stands under the charts in a dark theme."""
SETTLED = "!document.querySelector('.chart:not([data-drawn]), .ea-table:not([data-paged])')"
SLOW = "[anywidget] Failed to initialize model."
"""Said where a widget takes more than two seconds, as on a very busy machine; the clicks tell whether it works."""
OF_ROWS = "contains(concat(' ', @class, ' '), ' ea-rows ')"
WAITING = "[...document.querySelectorAll('.jp-InputPrompt')].filter((one) => one.textContent.includes('*')).length"
CELLS = "document.querySelectorAll('.jp-Notebook .jp-Cell').length"
SCROLL = """(() => { const view = document.querySelector('.jp-WindowedPanel-outer'); const before = view.scrollTop;
  view.scrollBy(0, 1500); return view.scrollTop === before; })()"""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Seen:
    """What stood in a notebook after all its cells ran, by place; what was asked for, and complained of."""

    charts: dict[str, tuple[float, int]] = field(default_factory=dict)
    tables: dict[str, tuple[int, str, float]] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)
    headings: set[str] = field(default_factory=set)
    in_the_dark: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@contextmanager
def laboratory_of(lake: Path) -> Iterator[str]:
    """The address of a JupyterLab on the working copy of a lake."""
    command, environment, _ = lab_command(lake)
    homes = {name: str(lake / "home" / name.lower()) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    with laboratory(command, lake, environment | homes) as address:
        yield address


def all_in_one(folder: Path, language: str, **parameters: str) -> str:
    """A notebook with the cells of all, their common parameters and their opening once; its name."""
    cells: dict[str, Any] = {}
    for file in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        for number, cell in enumerate(nbformat.read(file, as_version=4).cells):
            is_opening = number == 1
            cells["opening" if is_opening else f"{file.stem}-{number}"] = cell
    tagged = [cell for cell in cells.values() if "parameters" in cell.metadata.get("tags", [])]
    lines = dict.fromkeys(line for cell in tagged for line in cell.source.splitlines())
    chosen = {"language": language, **parameters}
    texts = [
        next((f'{key} = "{value}"' for key, value in chosen.items() if line.startswith(f"{key}:")), line)
        for line in lines
    ]
    rest = [cell for cell in cells.values() if cell not in tagged]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(texts)), *rest])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"all-{number}"
    nbformat.write(notebook, folder / f"all-{language}.ipynb")
    return f"all-{language}.ipynb"


def cell_count(file: Path) -> int:
    return len(nbformat.read(file, as_version=4).cells)


def opened(address: str, browser: Any, file: str, seen: Seen) -> Any:
    page = browser.new_page(viewport={"width": WIDTH, "height": LOW})
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("console", lambda told: seen.said.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda fault: seen.said.append(str(fault)))
    page.goto(f"{address}/lab/tree/{file}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("document.body.innerText.includes('| Idle')", timeout=60_000)  # the kernel is there
    return page


def run_all(page: Any) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(f"{WAITING} > 0", timeout=20_000)
    page.wait_for_function(f"{WAITING} === 0", polling=500, timeout=1000 * RUN_SECONDS)


def look(page: Any, seen: Seen, cell_count: int, pictures: Path | None = None) -> None:
    """Walks through the notebook, with pictures if a folder is given: what is out of sight may not be in the page.

    Without pictures, one look is enough where all cells are in the page.
    """
    page.set_viewport_size({"width": WIDTH, "height": HIGH})
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    for screen in range(60):
        page.wait_for_timeout(200)
        page.wait_for_function(SETTLED, timeout=30_000)
        seen.charts |= {place: (width, marks) for place, is_drawn, width, marks in page.evaluate(SEEN) if is_drawn}
        seen.tables |= {row[0]: tuple(row[1:]) for row in page.evaluate(TABLES)}
        seen.answers |= set(page.evaluate(SAID))
        seen.headings |= {one.removesuffix("¶") for one in page.evaluate(HEADINGS)}
        seen.in_the_dark += page.evaluate(GROUND)
        seen.faults += page.locator("[data-mime-type='application/vnd.jupyter.error']").all_inner_texts()
        seen.faults += page.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
        if pictures is not None:
            page.screenshot(path=str(pictures / f"{screen:02d}.png"))
        if page.evaluate(SCROLL) or (pictures is None and page.evaluate(CELLS) == cell_count):
            return


def check(seen: Seen, address: str, language: str) -> None:
    assert seen.faults == []
    assert [url for url in seen.asked if not url.startswith((*OWN, address))] == []
    assert [one for one in seen.said if one != SLOW] == []
    assert all(width > 200 and marks > 0 for width, marks in seen.charts.values()), json.dumps(seen.charts)
    assert all(rows > 0 and width > 40 for rows, _, width in seen.tables.values()), json.dumps(seen.tables)
    assert seen.in_the_dark
    assert all(is_inverted and ground == "rgba(0, 0, 0, 0)" for is_inverted, ground in seen.in_the_dark)
    questions = [name for name in QUESTIONS if name not in TITLES and not name.startswith("after_")]
    assert seen.headings >= {asked(name, LANGUAGES[language == "en"]).text for name in questions}
    words = [*sorted(seen.answers | seen.headings), *(heads for _, heads, _ in seen.tables.values())]
    assert [one for one in words if bool(re.search("[一-鿿]", one)) != (language == "zh")] == []


def test_the_notebooks_run_in_the_lab_and_show_every_chart_and_table(browser: Any) -> None:
    lake, _ = small_city()
    with laboratory_of(lake) as address:
        seen, file = Seen(), all_in_one(lake / "lab", "zh")
        page = opened(address, browser, file, seen)
        run_all(page)
        look(page, seen, cell_count(lake / "lab" / file))
        check(seen, address, "zh")
        assert len(seen.charts) >= CHARTS
        assert len(seen.tables) >= SHOWN_TABLES
        assert len(seen.answers) >= ANSWERS
        a_click_on_the_map_is_the_choice_of_the_next_cell(page, lake)
        a_click_on_a_bar_is_a_choice_too(page, lake)
        a_page_saved_stands_without_a_kernel(page, browser, address, lake / "saved.html")
        page.close()
    the_checkout_is_as_it_was()


def a_click_on_the_map_is_the_choice_of_the_next_cell(page: Any, lake: Path) -> None:
    """The line of a bottleneck is clicked: the kernel has just the cases of a plain query."""
    log = ea.Lake(lake).log()
    pairs = (
        log.directly_follows()
        .frame.unique("transition_count", keep="none")
        .select("activity", "next_activity", "transition_count")
    )
    first = (
        log.bottlenecks()
        .frame.join(pairs, on=["activity", "next_activity"], how="inner", suffix="_of_map")
        .sort("rank")
    )
    one, other, transitions = first.select("activity", "next_activity", "transition_count_of_map").row(0)
    plain = (
        "select count(distinct e.case_key) as n from event_log e, event_log f where e.case_key = f.case_key "
        "and f.event_number = e.event_number + 1 and e.activity = $one and f.activity = $other"
    )
    count = log.sql(plain, one=one, other=other).item()
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    label = page.locator(".process-map tspan", has_text=re.compile(f"^{transitions:,}$")).first
    label.wait_for(state="attached", timeout=20_000)
    label.evaluate("one => one.scrollIntoView({block: 'center', inline: 'center'})")
    page.wait_for_timeout(1000)
    box = label.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("[...document.querySelectorAll('.map-picked')].some((line) => !line.hidden)", timeout=20_000)
    told = page.evaluate("[...document.querySelectorAll('.map-picked')].find((line) => !line.hidden).textContent")
    assert re.search(rf"\b{count:,} 件", told), told


def a_click_on_a_bar_is_a_choice_too(page: Any, lake: Path) -> None:
    log = ea.Lake(lake).log()
    one, other = log.bottlenecks().select("activity", "next_activity").row(0)
    count = log.where(passing=(one, other)).log_summary()["case_count"].item()
    bars = page.locator("[id^='picking-']").first  # the first chart: where cases wait most
    bars.evaluate("one => one.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1000)
    bars.locator(".mark-rect path").first.click(force=True)
    page.wait_for_function("!document.querySelector(\"[id^='picking-'] .map-picked\").hidden", timeout=20_000)
    assert re.search(rf"已选 {count:,} 件", bars.locator(".map-picked").inner_text())


def a_page_saved_stands_without_a_kernel(page: Any, browser: Any, address: str, file: Path) -> None:
    """The notebook exported as HTML: charts are drawn, tables paged, and without scripts all their rows are there."""
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    exported = page.request.get(f"{address}/nbconvert/html/all-zh.ipynb?download=false", headers={"Referer": address})
    assert exported.ok
    file.write_text(exported.text(), encoding="utf-8")
    saved = Opened(browser, file.as_uri())
    saved.page.wait_for_function("document.querySelectorAll('.chart:not([data-drawn])').length === 0", timeout=60_000)
    assert saved.count(".chart[data-drawn]") >= CHARTS
    assert saved.count(".ea-table") == saved.count(".ea-table[data-paged]") >= SHOWN_TABLES
    assert saved.strangers() == []
    without_scripts = lxml.html.parse(file).xpath(f"count(//*[{OF_ROWS}]//tbody//tr)")
    assert without_scripts > saved.count(".ea-rows tbody tr") > 0
    saved.close()


def the_checkout_is_as_it_was() -> None:
    """Whatever was run and saved in the lab, git sees nothing of it."""
    if shutil.which("git") is None or not (CHECKOUT / ".git").exists():
        return
    command = ["git", "status", "--porcelain", "--ignored", "notebooks"]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert [line for line in told.splitlines() if line.startswith(("??", "!!"))] == []


@pytest.mark.deep
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_the_notebooks_run_on_logs_of_other_people_too(
    browser: Any, tmp_path: Path, number: int, language: str
) -> None:
    """BPIC 2015: Dutch building permits of some 400 activities; and the city in both languages."""
    chosen: dict[str, str] = {}
    lake = tmp_path if number else small_city()[0]
    if number:
        file = LOGS / f"BPIC15_{number}.xes.gz"
        if not file.is_file():
            pytest.skip(f"{file} is not here")
        ingest(lake, [file], "bpic15", constants={"department": f"Municipality {number}"})
        steps.publish(lake)
        most = "select parts from cases where parts is not null group by parts order by count(*) desc, parts limit 2"
        one, other = ea.Lake(lake).log().sql(most)["parts"].to_list()
        chosen = {"column": "parts", "one": one, "other": other}
    with laboratory_of(lake) as address:
        seen, file = Seen(), all_in_one(lake / "lab", language, **chosen)
        page = opened(address, browser, file, seen)
        run_all(page)
        look(page, seen, cell_count(lake / "lab" / file), lake / "pictures-of-the-lab")
        page.close()
        seen.faults = [
            one for one in seen.faults if one and not one.startswith("CannotAnswerError")
        ]  # no limits, no plan
        check(seen, address, language)
        assert len(seen.tables) >= SHOWN_TABLES - 10
