"""Taking exports in: a million events as CSV and as Parquet, and an XES log against pm4py's reader, on one core.

Seconds are those of the processor: bound to one core they are the wall's, but for what others take of it.
"""

import os
import tempfile
import warnings
from pathlib import Path

import polars as pl

from benchmarks.timing import Seconds, spent

EXPORTED = ("case_id", "activity", "resource", "department", "started_local", "completed_local")
LAYOUT = """
format = "{form}"
time_zone = "Asia/Shanghai"
[event]
case_id = "case_id"
activity = "activity"
resource = "resource"
department = "department"
started_at = "started_local"
completed_at = "completed_local"
"""
XES_LAYOUT = 'format = "xes"\ntime_zone = "Europe/Rome"\n'
ROAD_FINES = "road_fines/Road_Traffic_Fine_Management_Process.xes.gz"


def intake_csv(lake: Path, event_count: int) -> Seconds:
    """The whole intake of the log as a CSV, on one core."""
    return _taken_in(lake, event_count, "csv")


def intake_parquet(lake: Path, event_count: int) -> Seconds:
    """The whole intake of the log as typed Parquet, on one core."""
    return _taken_in(lake, event_count, "parquet")


def intake_xes(lake: Path, event_count: int) -> Seconds:
    """The whole intake of an XES log, on one core."""
    _on_one_core()
    from efficacy_analytics.lake.intake.ingest import ingest
    from efficacy_analytics.lake.intake.request import Request

    seconds: Seconds = {}
    with tempfile.TemporaryDirectory(prefix="efficacy-bench-") as scratch:
        layout = Path(scratch) / "log.toml"
        layout.write_text(XES_LAYOUT, encoding="utf-8")
        with spent(seconds, "whole intake"):
            ingest(Path(scratch) / "lake", [road_fines()], Request(str(layout)))
    return seconds


def pm4py_xes(lake: Path, event_count: int) -> Seconds:
    """pm4py's reader in its streaming form on the same file, on one core."""
    _on_one_core()
    warnings.simplefilter("ignore")
    from pm4py.objects.log.importer.xes import importer

    seconds: Seconds = {}
    with spent(seconds, "reading"):
        importer.apply(str(road_fines()), variant=importer.Variants.ITERPARSE, parameters={"show_progress_bar": False})
    return seconds


def road_fines() -> Path:
    """The largest of the open logs."""
    return Path(os.environ.get("EFFICACY_OPEN_DATA", "../shared/data")) / ROAD_FINES


def _taken_in(lake: Path, event_count: int, form: str) -> Seconds:
    _on_one_core()
    from efficacy_analytics.lake.intake.ingest import ingest
    from efficacy_analytics.lake.intake.request import Request

    seconds: Seconds = {}
    with tempfile.TemporaryDirectory(prefix="efficacy-bench-") as scratch:
        export, layout = Path(scratch) / f"events.{form}", Path(scratch) / "drawn.toml"
        layout.write_text(LAYOUT.format(form=form), encoding="utf-8")
        _export(lake / "accepted" / f"drawn-{event_count}" / "events.parquet", export)
        with spent(seconds, "whole intake"):
            ingest(Path(scratch) / "lake", [export], Request(str(layout)))
    return seconds


def _export(events: Path, export: Path) -> None:
    """Writes the accepted events as an export, a thread at a time so that no memory of it counts."""
    rows = pl.scan_parquet(events).select(EXPORTED)
    if export.suffix == ".csv":
        rows.sink_csv(export, datetime_format="%Y-%m-%d %H:%M:%S")
    else:
        rows.sink_parquet(export)


def _on_one_core() -> None:
    """Binds the process to one of its cores: engines count those they may use."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
