"""The demonstration: a city's exports, made here, taken in, briefed and verified."""

from pathlib import Path

from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.workflows import steps as pipeline

PERIOD = "2025Q1"


def demonstrate(lake: Path, *, cases: int, seed: int, progress: Progress = silent) -> list[Path]:
    """Makes the demonstration city of that size and seed in the lake and writes its briefings.

    Raises:
        CallError: the lake holds deliveries of something else, or of another city.
    """
    from efficacy_analytics.lake.intake.request import Request

    exports = lake / "city" / f"seed-{seed}-cases-{cases}"
    _refuse_other_deliveries(lake, exports)
    if not (exports / "planted_truth.json").is_file():
        pipeline.make_city(exports, cases=cases, seed=seed, progress=progress)
    pipeline.ingest(lake, [exports], Request("city", in_force=settings()), progress=progress)
    pipeline.publish(lake, progress=progress)
    run = pipeline.find(lake, pipeline.cohort_of(PERIOD), progress=progress)
    languages = settings().briefing.languages
    documents = pipeline.issue(lake, run, languages=languages, name=f"briefing-{PERIOD}", progress=progress)
    pipeline.verify(lake, documents, progress=progress)
    return documents


def _refuse_other_deliveries(lake: Path, exports: Path) -> None:
    from efficacy_analytics.lake.intake.ingest import deliveries

    if deliveries(lake) and not exports.is_dir():
        raise CallError(
            f"{lake} already holds other deliveries.", hint="give the demonstration a lake of its own: --lake demo_lake"
        )
