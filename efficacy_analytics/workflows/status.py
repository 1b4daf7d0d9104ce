"""What a lake holds: deliveries with their row counts, snapshots, runs of the findings."""

from pathlib import Path

from efficacy_analytics.errors import CannotAnswerError, CheckFailedError
from efficacy_analytics.settings import settings


def status_lines(lake: Path) -> list[str]:
    """The lake's deliveries, snapshots and runs, a line each.

    Raises:
        CannotAnswerError: the folder holds no lake.
    """
    from efficacy_analytics.event_log.snapshots import snapshots
    from efficacy_analytics.lake.intake.ingest import deliveries
    from efficacy_analytics.lake.notices import noticed
    from efficacy_analytics.lake.superseded import superseded

    taken_in = deliveries(lake)
    if not taken_in:
        raise CannotAnswerError(
            f"nothing has been delivered to {lake}.", hint="run `efficacy ingest PATH --layout NAME`"
        )
    lines = [f"lake {lake}", "deliveries"]
    for delivery in taken_in:
        counts = ", ".join(f"{table} {rows['accepted']:,}+{rows['refused']:,}" for table, rows in delivery.rows.items())
        lines.append(f"  {delivery.delivery}  {delivery.delivered_on}  {delivery.source}  accepted+refused: {counts}")
        lines += [f"    {notice.words()}" for notice in noticed(delivery.notices)]
    lines += [f"  {notice.words()}" for notice in superseded(taken_in)]
    told = {notice.words() for delivery in taken_in for notice in noticed(delivery.notices)}
    lines += ["snapshots", *_snapshot_lines(lake, snapshots(lake)), *_not_used(lake, told), "runs", *_run_lines(lake)]
    return lines


def _snapshot_lines(lake: Path, names: list[str]) -> list[str]:
    from efficacy_analytics.event_log.snapshots import POINTER, REPAIRED, current_snapshot, published_folder

    if not (published_folder(lake) / POINTER).is_file():  # if the first publisher died, its snapshot may be there
        return [f"  {name}" for name in names] or ["  none"]
    current = current_snapshot(lake).name
    missing = [f"  {current}  (current, but missing: {REPAIRED})"] if current not in names else []
    marks = {current: f"  (current{_judged(lake)})"}
    return [f"  {name}{marks.get(name, '')}" for name in names] + missing


def _not_used(lake: Path, told: set[str]) -> list[str]:
    """What the current snapshot does not use or takes otherwise, beyond what its deliveries were told."""
    from efficacy_analytics.errors import EfficacyError
    from efficacy_analytics.lake.notices import noticed
    from efficacy_analytics.workflows.steps import kept_notices

    try:
        words = [notice.words() for notice in noticed(kept_notices(lake))]
    except EfficacyError:  # nothing is published, or the line above says that it is missing
        return []
    return [f"    {one}" for one in words if one not in told]


def _judged(lake: Path) -> str:
    """On which day the current snapshot judges its open cases; nothing where it cannot be read."""
    from efficacy_analytics.event_log.judged_day import judged_on
    from efficacy_analytics.event_log.snapshots import current_snapshot

    try:
        return f", judged on {judged_on(current_snapshot(lake), in_force=settings())}"
    except CheckFailedError:
        return ""


def _run_lines(lake: Path) -> list[str]:
    from efficacy_analytics.findings.runs import open_run

    folders = sorted(path.parent for path in (lake / "findings").glob("[!.]*/manifest.json"))
    runs = [open_run(folder) for folder in folders]
    return [
        f"  {run.name}  {run.manifest['case_count']:,} cases  {_asked(run.manifest['cohort'])}" for run in runs
    ] or ["  none"]


def _asked(cohort: dict[str, str | None]) -> str:
    return ", ".join(f"{key} {value}" for key, value in cohort.items() if value) or "all cases"
