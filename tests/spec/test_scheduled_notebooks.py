"""JupyterLab's own scheduling runs the notebooks: a job with other parameters gives a notebook of those parameters."""

import importlib.util
import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.laboratories import SAID, laboratory
from support.operated import command, environment
from support.small_city import small_city

MOST_SECONDS = 240
TOKEN = "of-the-test"
NOTEBOOK = "03_waiting_time.ipynb"


class Laboratory:
    """A JupyterLab that is running, asked over its interface."""

    def __init__(self, address: str) -> None:
        self.address = f"{address}/"

    def ask(self, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """The answer to a question, or to what is sent."""
        sent = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, sent, headers), timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def after(self, path: str, is_over: Any) -> Any:
        """The first answer that is the awaited one; the last one where the time is over."""
        ends, answer = time.monotonic() + MOST_SECONDS, None
        while time.monotonic() < ends:
            with suppress(OSError):
                answer = self.ask(path)
                if is_over(answer):
                    break
            time.sleep(1)
        return answer


@contextmanager
def laboratory_of(lake: Path, home: Path) -> Iterator[Laboratory]:
    """`efficacy lab` on a lake, with all that Jupyter keeps in a folder of its own."""
    kept = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("DATA", "RUNTIME", "CONFIG")}
    for folder in kept.values():
        Path(folder).mkdir()  # the scheduler does not make the one in which it keeps its jobs
    with laboratory(command(lake, "lab", "--language", "en"), home, environment() | kept, token=TOKEN) as address:
        yield Laboratory(address)


@pytest.mark.deep
def test_a_job_of_the_scheduler_runs_a_notebook_with_its_parameters(tmp_path: Path) -> None:
    if importlib.util.find_spec("jupyter_scheduler") is None:
        pytest.skip("jupyter-scheduler is not installed beside JupyterLab")
    lake, _ = small_city()
    with laboratory_of(lake, tmp_path) as lab:
        environments = lab.after("scheduler/runtime_environments", bool)
        assert environments, (tmp_path / SAID).read_text()[-2000:]
        job = {
            "name": "waiting of D05",
            "input_uri": NOTEBOOK,
            "runtime_environment_name": environments[0]["name"],
            "parameters": {"department": '"D05"', "language": '"zh"', "lake": f'"{lake}"'},  # written as they are
            "output_formats": ["ipynb"],
        }
        number = lab.ask("scheduler/jobs", job)["job_id"]
        path = f"scheduler/jobs/{number}"
        done = lab.after(path, lambda answer: answer["status"] in ("COMPLETED", "FAILED"))
        assert done["status"] == "COMPLETED", (done["status_message"], (tmp_path / SAID).read_text()[-2000:])
    (file,) = (tmp_path / "data" / "scheduler_staging_area" / number).glob(f"{Path(NOTEBOOK).stem}-*.ipynb")
    notebook = nbformat.read(file, as_version=4)
    assert {'department = "D05"', 'language = "zh"'} <= set(injected(notebook).splitlines())
    assert not [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if output.output_type == "error"
    ]
    assert "D05" in shown(notebook)


def injected(notebook: Any) -> str:
    """The cell in which a run wrote its parameters."""
    (found,) = [cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", ())]
    return str(found)


def shown(notebook: Any) -> str:
    """What the cells show."""
    return "".join(json.dumps(cell.get("outputs", ()), ensure_ascii=False) for cell in notebook.cells)
