"""The record of cards of a lake: `cards/`, one file of rows for each snapshot whose warnings were recorded.

A file is never changed. Recording the warnings of one snapshot again adds nothing.
"""

import os
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import EVERYTHING, open_log
from efficacy_analytics.findings.supervision.cards import RECORD, card_events
from efficacy_analytics.findings.supervision.day import judged_day
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent


def card_record(lake: Path) -> pl.DataFrame:
    """Everything on record, in the order in which it was recorded."""
    files = sorted((lake / "cards").glob("*.parquet"))
    return pl.concat([pl.DataFrame(schema=RECORD), *(pl.read_parquet(file) for file in files)])


def record_cards(lake: Path, *, progress: Progress = silent) -> pl.DataFrame:
    """Records the warnings of the current snapshot.

    Returns:
        What was added to the record; nothing where the snapshot is on record already.

    Raises:
        CallError: warnings of a later day are on record.
        LakeBusyError: another process is recording.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    folder = lake / "cards"
    with progress("warnings"), told_of_the_disk(lake, "no warnings could be recorded"), only_writer(folder):
        with open_log(lake, EVERYTHING, in_force=settings()) as log:
            day = judged_day(log, None)
            number = len([*folder.glob("*.parquet")])
            name = log.run("snapshot_facts")["snapshot"].item()
            if any(file.stem.split("-", 1)[1] == name for file in folder.glob("*.parquet")):
                return pl.DataFrame(schema=RECORD)
            record = card_record(lake)
            later = record.filter(pl.col("event_on") > day).get_column("event_on").to_list()
            if later:
                raise CallError(
                    f"warnings of {max(later)} are on record, later than {day}.", hint="publish a later day"
                )
            added = card_events(log, record, as_on=day)
        draft = folder / f".{name}.{os.getpid()}"
        added.write_parquet(draft)
        draft.rename(folder / f"{number:06d}-{name}.parquet")
    return added
