"""Installed from a wheel, in an empty folder, the program does what it does in its checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from support.laboratories import SAID, laboratory

from efficacy_analytics import __version__
from efficacy_analytics.system.code import code_sha256

CHECKOUT = Path(__file__).resolve().parents[2]
TOKEN = "own"
TOP = ("notebooks", "pipelines", "data_lake/reference")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of packages into which a wheel of the files under version control was laid."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "docs/", "benchmarks/")) and (CHECKOUT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, folder / "source" / name)
    built = "from setuptools import build_meta; build_meta.build_wheel('..')"
    subprocess.run([sys.executable, "-c", built], cwd=folder / "source", check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.startswith(f"efficacy_analytics-{__version__}-")
    zipfile.ZipFile(wheel).extractall(folder / "packages")
    return folder / "packages"


def said(installed: Path, folder: Path, words: Sequence[str]) -> str:
    """What a command prints in a folder; `-P` keeps the folder itself off the path."""
    call = [sys.executable, "-P", "-m", "efficacy_analytics", *words]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(call, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def test_a_wheel_holds_all_that_stands_beside_the_package(installed: Path) -> None:
    shipped = installed / "efficacy_analytics" / "shipped"
    for top in TOP:
        own = {file.relative_to(CHECKOUT / top) for file in (CHECKOUT / top).rglob("*.*")}
        carried = {file.relative_to(shipped / top) for file in (shipped / top).rglob("*.*")}
        assert {file for file in own if "__pycache__" not in file.parts and file.suffix != ".pyc"} == carried
    assert {file.suffix for file in installed.rglob("*.sql")} == {".sql"}


def test_the_code_of_a_wheel_is_that_of_the_checkout(installed: Path) -> None:
    assert code_sha256(installed / "efficacy_analytics") == code_sha256()


def test_a_command_needs_no_checkout(installed: Path, tmp_path: Path) -> None:
    assert said(installed, tmp_path, ["due", "2025-01-20", "5"]).strip() == "2025-01-26"  # a Sunday worked in lieu
    assert "gbt39046" in said(installed, tmp_path, ["layout", "list"])


@pytest.mark.deep
def test_the_main_job_is_done_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    pages = said(installed, tmp_path, ["demo", "--cases", "3000", "--quiet"]).split()
    assert [Path(page).suffix for page in pages] == [".html", ".html"]
    assert {path.name for path in tmp_path.iterdir()} == {"data_lake"}


def answered(address: str, body: dict[str, Any] | None = None, *, seconds: float = 120) -> Any:
    """What a server answers, as soon as it does."""
    until = time.monotonic() + seconds
    while True:
        try:
            data = json.dumps(body).encode() if body is not None else None
            request = urllib.request.Request(address, data, {"Authorization": f"token {TOKEN}"})
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def run_cells(connection: Path, cells: Sequence[str]) -> list[str]:
    """What went wrong in the cells of a notebook, run one after another by a kernel that a server started."""
    kernel = BlockingKernelClient(connection_file=str(connection))
    kernel.load_connection_file()
    kernel.start_channels(hb=False)  # the heart of a kernel is late on a busy machine
    try:
        kernel.kernel_info(reply=True, timeout=300)
        replies = [
            kernel.execute_interactive(cell, timeout=300, output_hook=lambda _: None)["content"] for cell in cells
        ]
    finally:
        kernel.stop_channels()
    return [f"{one['ename']}: {one['evalue']}" for one in replies if one["status"] == "error"]


@pytest.mark.deep
def test_the_notebooks_of_a_wheel_run_in_the_laboratory_of_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    said(installed, tmp_path, ["demo", "--cases", "800", "--quiet"])
    runtime = tmp_path / "runtime"
    environment = {**os.environ, "PYTHONPATH": str(installed), "JUPYTER_RUNTIME_DIR": str(runtime)}
    started = [sys.executable, "-P", "-m", "efficacy_analytics", "lab", "--language", "en"]
    with laboratory(started, tmp_path, environment, token=TOKEN) as address:
        listed = [one["name"] for one in answered(f"{address}/api/contents")["content"]]
        notebooks = sorted(name for name in listed if re.match(r"\d\d_", name))
        assert notebooks[0] == "00_tour.ipynb"
        tour = answered(f"{address}/api/contents/{notebooks[0]}")["content"]["cells"]
        asked = {"path": notebooks[0], "name": notebooks[0], "type": "notebook", "kernel": {"name": "python3"}}
        session = answered(f"{address}/api/sessions", asked)
        cells = [cell["source"] for cell in tour if cell["cell_type"] == "code"]
        where = "from efficacy_analytics.settings import IS_INSTALLED; assert IS_INSTALLED"
        assert run_cells(runtime / f"kernel-{session['kernel']['id']}.json", [where, *cells]) == []
        assert len(cells) >= 10
    assert {path.name for path in tmp_path.iterdir()} == {"data_lake", SAID, "runtime"}
