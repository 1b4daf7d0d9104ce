"""Every chart of `charts/` draws itself in a real JupyterLab: wide enough to read, with marks, asking no network."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.browser import Opened
from support.every_chart import CHARTS, charts_of_the_package
from support.jupyter_lab import served_lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BEGINNING = """
from support.every_chart import CHARTS
from efficacy_analytics.charts.style.offline import enable
enable("en")
"""
RUN_ALL = """async () => {
  await window.jupyterapp.restored;
  window.jupyterapp.commands.execute('notebook:run-all-cells');  // each chart is waited for by itself
}"""
DRAWN = (
    "(number) => ([...document.querySelectorAll('.jp-Notebook .jp-CodeCell')][number] || document.head)"
    ".querySelector('.chart[data-drawn] svg.marks')"
)
MARKS = "svg => svg.querySelectorAll('[class*=mark-][class*=role-mark] :is(path, text, line, rect)').length"
PATIENCE = 120_000  # milliseconds, on a machine that does much else


@pytest.fixture(scope="module")
def notebook(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A notebook with a cell for each chart, all of them run."""
    cells = [BEGINNING, *(f'CHARTS["{name}"]("en")' for name in CHARTS)]
    with served_lab(tmp_path_factory.mktemp("lab"), cells) as address:
        opened = Opened(browser, address, size=(1500, 1100))
        opened.page.wait_for_function("() => Boolean(window.jupyterapp)", timeout=PATIENCE)
        opened.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=PATIENCE)
        opened.page.evaluate(RUN_ALL)
        yield opened
        opened.close()


def test_no_chart_of_the_package_is_left_out() -> None:
    assert set(CHARTS) == charts_of_the_package()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_itself_in_the_lab(notebook: Opened, name: str) -> None:
    number = 1 + list(CHARTS).index(name)
    drawn = notebook.page.wait_for_function(DRAWN, arg=number, timeout=PATIENCE).as_element()
    assert drawn.bounding_box()["width"] > 100
    assert drawn.bounding_box()["height"] > 50
    assert drawn.evaluate(MARKS) > 0


def test_the_lab_asks_no_one_but_its_own_server(notebook: Opened) -> None:
    own = notebook.page.evaluate("location.origin")
    assert [url for url in notebook.strangers() if not url.startswith(own)] == []
