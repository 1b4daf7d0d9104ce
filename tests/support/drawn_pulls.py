"""Pulls drawn in a test: a layout over a table of steps, and a lake that takes in what a pull brings.

The lake here is a stand-in that keeps files and record as `store.ingest` does, and judges nothing: what a pull reads
of the lake are the rows as received.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.database.pull_state import PullState
from efficacy_analytics.lake.delivery import RECORD, Delivery, deliveries
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.settings import settings
from support.intake import ingest_from

STEPS = """
format = "database"
time_zone = "Asia/Shanghai"
[table.events]
table = "public.steps"
watermark = "updated_at"
key = "event_id"
{more}
case_id = "case_id"
activity = "activity"
completed_at = "completed_at"
"""
STEPS_TABLE = """
create table steps (
    event_id bigint primary key, case_id text, activity text, completed_at timestamptz, is_deleted boolean,
    updated_at timestamptz not null default clock_timestamp(), unread text
)
"""
FILLED = """
insert into steps
select
    n, 'C' || n / 8, (array['受理', '审查', '决定', '办结'])[1 + n % 4],
    timestamptz '2024-01-01 00:00+08' + n * interval '37 seconds', false,
    timestamptz '2025-01-01 00:00+08' + n * interval '1 millisecond', 'never read'
from generate_series(1, {rows}) as n
"""


def layout_of_steps(more: str = 'deleted = "is_deleted"') -> Layout:
    """A layout over the table `steps`, with further lines."""
    return parsed_layout(STEPS.format(more=more), "steps")


def pull(
    lake: Path,
    address: str,
    layout: Layout,
    *,
    on_progress: Callable[..., None] | None = None,
    reads_whole: bool = False,
) -> pl.DataFrame:
    """What a pull brings of events, taken into the lake."""
    folder = lake / ".pull-steps"
    folder.mkdir(parents=True, exist_ok=True)
    files = pulled(
        lake, folder, address_of(address), layout, on_progress=on_progress, reads_whole=reads_whole, in_force=settings()
    )
    rows = rows_in(files)
    if files:
        take_in(lake, layout, files)
    PullState(folder).clear()
    folder.rmdir()
    return rows


def refused(lake: Path, address: str, layout_file: str) -> EfficacyError:
    """The error of a pull that leaves no lake behind where none was, and tells no password (they hold “Geheim”)."""
    with pytest.raises(EfficacyError) as fault:
        ingest_from(lake, address_of(address), layout_file, confirms_query=True)
    assert not lake.exists()
    assert fault.value.hint
    assert "Geheim" not in str(fault.value)
    assert "Geheim" not in repr(address_of(address))
    return fault.value


def rows_in(files: Sequence[Path], table: str = "events") -> pl.DataFrame:
    """The rows of one table in the files of a pull."""
    own = [file for file in files if file.name.startswith(f"{table}-")]
    return pl.concat([pl.read_parquet(file) for file in own]) if own else pl.DataFrame()


def take_in(lake: Path, layout: Layout, files: Sequence[Path]) -> None:
    """Keeps the files in the lake as the next delivery of the layout's source."""
    number = len(deliveries(lake)) + 1
    name = f"{layout.name}-{number:012}"
    for part in ("exports", "accepted"):
        (lake / part / name).mkdir(parents=True)
    for file in files:
        shutil.copy(file, lake / "exports" / name / file.name)
    record = Delivery(
        name, number, layout.name, layout.content(), layout.source, layout.time_zone, layout.calendar,
        layout.verdict_by, {}, [], dt.date(2025, 1, 1), [], {}, {}, lake / "accepted" / name,
    )  # fmt: skip
    (lake / "accepted" / name / RECORD).write_text(record.record(), encoding="utf-8")
