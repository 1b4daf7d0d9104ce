"""From an export to checked briefings: what a schedule runs each month."""

from collections.abc import Sequence
from pathlib import Path

from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.workflows import steps as pipeline


def monthly_briefings(
    lake: Path,
    exports: Sequence[Path],
    layout: str,
    *,
    period: str,
    languages: Sequence[str],
    progress: Progress = silent,
) -> list[Path]:
    """Takes the exports in and writes, for a period, the briefing in each language; a manifest tells what was made."""
    delivery = pipeline.ingest(lake, exports, layout, progress=progress)
    snapshot = pipeline.publish(lake, progress=progress)
    run = pipeline.find(lake, pipeline.cohort_of(period), progress=progress)
    documents = pipeline.brief(lake, run, languages=languages, name=f"briefing-{period}", progress=progress)
    checks = pipeline.verify(lake, documents, progress=progress)
    pipeline.record(
        lake, f"monthly_briefings-{period}",
        delivery=delivery.delivery, snapshot=snapshot.name, run=run.name, documents=documents, checks=checks,
    )  # fmt: skip
    return documents
