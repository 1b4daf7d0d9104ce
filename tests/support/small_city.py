"""A small demonstration city in a lake of its own: taken in, published and found once per process."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.workflows import steps as pipeline
from support.intake import ingest

CASE_COUNT = 800


@cache
def small_city() -> tuple[Path, Run]:
    """The lake and a run over all its cases."""
    lake = Path(tempfile.mkdtemp(prefix="efficacy-small-city-"))
    atexit.register(shutil.rmtree, lake, ignore_errors=True)
    exports = pipeline.make_city(lake / "city", cases=CASE_COUNT, seed=7)
    ingest(lake, [exports], "city")
    pipeline.publish(lake)
    return lake, pipeline.find(lake, Cohort())
