"""JupyterLab on the project's notebooks, with a lake."""

import os
import subprocess
import sys
from pathlib import Path

from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT


def start_lab(lake: Path) -> int:
    """Starts JupyterLab in `notebooks/`, whose cells read the lake from `EFFICACY_LAKE`; returns its exit code.

    Raises:
        CallError: the notebooks are not beside the package.
    """
    notebooks = CHECKOUT / "notebooks"
    if not notebooks.is_dir():
        raise CallError(f"there are no notebooks in {CHECKOUT}.", hint="run from a checkout of the project")
    environment = {**os.environ, "EFFICACY_LAKE": str(lake.resolve())}
    return subprocess.run(
        [sys.executable, "-m", "jupyterlab", "--LabApp.news_url=None", str(notebooks)], env=environment, check=False
    ).returncode
