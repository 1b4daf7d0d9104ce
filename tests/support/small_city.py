"""A small demonstration city in a lake of its own: taken in, published and found once per run of the tests.

Where several processes share the tests, the first one that asks makes it and the others take a copy.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.workflows import steps as pipeline
from support.intake import ingest

CASE_COUNT = 800
SHARED = "EFFICACY_TESTS_SHARED"
"""Where the folder is named that the processes of one run of the tests have in common."""


@cache
def small_city() -> tuple[Path, Run]:
    """The lake and a run over all its cases; the lake is this process's own."""
    lake = Path(tempfile.mkdtemp(prefix="efficacy-small-city-"))
    atexit.register(shutil.rmtree, lake, ignore_errors=True)
    if SHARED not in os.environ:
        return lake, _made(lake)
    place = Path(os.environ[SHARED]) / "small-city"
    with _held(place.with_suffix(".lock")):
        if not place.is_dir():
            draft = place.with_suffix(".draft")
            shutil.rmtree(draft, ignore_errors=True)  # of one who failed
            _made(draft)
            draft.rename(place)
    shutil.copytree(place, lake, dirs_exist_ok=True)
    (run,) = (lake / "findings").iterdir()
    return lake, open_run(run)


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """The lock of a file, given back even where a process begun meanwhile still has the file open."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


def _made(lake: Path) -> Run:
    exports = pipeline.make_city(lake / "city", cases=CASE_COUNT, seed=7)
    ingest(lake, [exports], "city")
    pipeline.publish(lake)
    return pipeline.find(lake, Cohort())
