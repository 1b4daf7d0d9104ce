"""A JupyterLab of the test's own: a server, and a notebook in it that runs all its cells when it is opened."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat

from efficacy_analytics.settings import CHECKOUT

NOTEBOOK = "charts.ipynb"
WHOLE = {"windowingMode": "none"}  # cells out of sight are drawn as well
SECONDS_TO_START = 120


@contextmanager
def served_lab(folder: Path, cells: Sequence[str]) -> Iterator[str]:
    """The address of a notebook with these cells in a running JupyterLab; the server stops at the end.

    Args:
        folder: an empty folder; everything the server writes goes there.
        cells: the sources of the code cells.
    """
    (folder / "notebooks").mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}  # else the lab asks for one
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": kernel}, cells=[nbformat.v4.new_code_cell(source) for source in cells]
    )
    nbformat.write(made, folder / "notebooks" / NOTEBOOK)
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(WHOLE))
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(_command(folder), env=_environment(folder), stdout=log, stderr=log)
    try:
        yield f"{_address(folder, server)}lab/tree/{NOTEBOOK}"
    finally:
        server.terminate()
        server.wait(30)


def _command(folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"),
        *("--IdentityProvider.token=", "--LabApp.news_url=None"),
        *("--LabApp.expose_app_in_browser=True", f"--LabApp.user_settings_dir={folder / 'settings'}"),
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
        str(folder / "notebooks"),
    ]


def _environment(folder: Path) -> dict[str, str]:
    own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    return {**os.environ, **own, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "tests")])}


def _address(folder: Path, server: "subprocess.Popen[bytes]") -> str:
    """Where the server answers, once it does."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        for file in (folder / "jupyter_runtime_dir").glob("jpserver-*.json"):
            address = str(json.loads(file.read_text() or "{}").get("url", ""))
            if address and _answers(address):
                return address
        time.sleep(0.2)
    raise AssertionError((folder / "server.log").read_text())


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}api", timeout=5):
            return True
    except (urllib.error.URLError, TimeoutError):
        return False
