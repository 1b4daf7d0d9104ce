"""The pipelines there are: files of `pipelines/`, or one of somebody's own, each with a `PIPELINE`."""

import dataclasses
import runpy
from pathlib import Path

from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.operation.pipeline import Pipeline

FOLDER = CHECKOUT / "pipelines"


def pipeline_names() -> list[str]:
    """The names of the project's pipelines."""
    return sorted(file.stem for file in FOLDER.glob("[!_]*.py"))


def pipeline_named(name: str) -> Pipeline:
    """A pipeline by its name, or by the path of its file.

    Raises:
        CallError: there is no such pipeline, or the file holds none.
    """
    file = Path(name) if name.endswith(".py") else FOLDER / f"{Path(name).name}.py"
    if not file.is_file():
        raise CallError(
            f"there is no pipeline '{name}'.", hint=f"one of: {', '.join(pipeline_names())}, or a file of your own"
        )
    found = _read(file).get("PIPELINE")
    if not isinstance(found, Pipeline):
        raise CallError(f"{file} has no PIPELINE.", hint=f"write it as {FOLDER / 'nightly.py'} does")
    return dataclasses.replace(found, name=file.stem)


def _read(file: Path) -> dict[str, object]:
    try:
        return runpy.run_path(str(file))
    except EfficacyError:
        raise
    except Exception as fault:
        raise CallError(
            f"{file} cannot be read: {type(fault).__name__}: {fault}.",
            hint="correct the file; `python FILE` shows where",
        ) from fault
