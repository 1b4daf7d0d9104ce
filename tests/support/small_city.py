"""A small demonstration city in a lake of its own: taken in, published and found once per run of the tests."""

from functools import cache
from pathlib import Path

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.workflows import steps as pipeline
from support.intake import ingest
from support.made_once import made_once

CASE_COUNT = 800
_HELD: list[Session] = []
"""Its snapshot, held open: whoever opens it again in this process finds the engine already started."""


@cache
def small_city() -> tuple[Path, Run]:
    """The lake and a run over all its cases; the lake is this process's own."""
    lake = made_once("small-city", _make)
    _HELD.append(open_log(lake))
    (run,) = (lake / "findings").iterdir()
    return lake, open_run(run)


def _make(lake: Path) -> None:
    exports = pipeline.make_city(lake / "city", cases=CASE_COUNT, seed=7)
    ingest(lake, [exports], "city")
    pipeline.publish(lake)
    pipeline.find(lake, Cohort())
