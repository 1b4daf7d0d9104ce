"""Every chart of the exploring notebooks draws itself in a real JupyterLab."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from support.small_city import small_city

from efficacy_analytics.settings import CHECKOUT

NOTEBOOKS = {"02_process_map": 5, "03_waiting_time": 5, "04_time_limits": 2}
"""The notebooks and how many pictures each has: of the map, two views."""
START_SECONDS = 60
WIDTHS = "[...document.querySelectorAll('.chart')].map((place) => [place.id, place.dataset.drawn || '', ...\
[...place.querySelectorAll('svg.marks')].slice(0, 1).flatMap((svg) => [svg.getBoundingClientRect().width, \
svg.querySelectorAll('.mark-rect path, .mark-rule line, .mark-symbol path, .mark-line path').length])])"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of the test's own on an empty folder: its address and the folder."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"port": port, "ip": "127.0.0.1", "root_dir": str(folder), "open_browser": False, "allow_root": True}
    settings = [f"--ServerApp.{name}={value}" for name, value in options.items()]
    homes = {name: str(folder / "home" / name.lower()) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--IdentityProvider.token=", *settings]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **homes}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/lab"
    try:
        _wait_for(address)
        yield address, folder
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}", timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


@pytest.mark.parametrize(
    ("name", "language"), [("02_process_map", "en"), ("03_waiting_time", "zh"), ("04_time_limits", "en")]
)
def test_every_chart_of_a_notebook_has_a_width_and_marks(
    laboratory: tuple[str, Path], browser: Any, name: str, language: str
) -> None:
    address, folder = laboratory
    lake, _ = small_city()
    made = folder / f"{name}-{language}.ipynb"
    parameters = {"lake": str(lake), "language": language}
    papermill.execute_notebook(
        CHECKOUT / "notebooks" / f"{name}.ipynb", made, parameters=parameters, kernel_name="python3", progress_bar=False
    )
    home = folder / "home"
    trust = {**os.environ, "HOME": str(home / "home"), "JUPYTER_DATA_DIR": str(home / "jupyter_data_dir")}
    subprocess.run([sys.executable, "-m", "jupyter", "trust", str(made)], env=trust, check=True, capture_output=True)
    assert _charts_of(made) == NOTEBOOKS[name]
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}/tree/{made.name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    drawn = _drawn_in_all_cells(page)
    page.screenshot(path=str(folder / f"{name}-{language}.png"))
    page.close()
    assert len(drawn) == NOTEBOOKS[name]
    assert all(width > 300 and marks > 0 for width, marks in drawn.values()), json.dumps(drawn)


def _charts_of(notebook: Path) -> int:
    """How many pictures stand in the outputs of a notebook."""
    cells = nbformat.read(notebook, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return sum(
        text.count('class="chart"') for text in (output.get("data", {}).get("text/html", "") for output in outputs)
    )


def _drawn_in_all_cells(page: Any) -> dict[str, tuple[float, int]]:
    """Width and number of marks of each picture, cell after cell: those out of sight are not in the page."""
    drawn: dict[str, tuple[float, int]] = {}
    for _ in range(60):
        for place, is_drawn, *figures in page.evaluate(WIDTHS):
            if is_drawn and figures:
                drawn[place] = (figures[0], figures[1])
        at_end = page.evaluate(
            "(() => { const view = document.querySelector('.jp-WindowedPanel-outer') || "
            "document.querySelector('.jp-Notebook'); const before = view.scrollTop; view.scrollBy(0, 500); "
            "return view.scrollTop === before; })()"
        )
        page.wait_for_timeout(300)
        if at_end:
            page.wait_for_timeout(1500)
            for place, is_drawn, *figures in page.evaluate(WIDTHS):
                if is_drawn and figures:
                    drawn[place] = (figures[0], figures[1])
            return drawn
    return drawn
