"""The record of cards of a lake: `cards/`, one file of rows for each snapshot whose warnings were recorded.

A file is never changed. Recording the warnings of one snapshot again adds nothing. Notices that issue cards and answers
of departments are files of their own.
"""

import datetime as dt
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import EVERYTHING, open_log
from efficacy_analytics.findings.supervision.cards import RECORD, card_events
from efficacy_analytics.findings.supervision.day import judged_day
from efficacy_analytics.findings.supervision.register import answered, issued
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent

ACTS: Final = ("issued", "answered")
"""Acts of offices, dated by their own day; all else is dated by the snapshot's."""


def card_record(lake: Path) -> pl.DataFrame:
    """Everything on record, in the order in which it was recorded."""
    parts = (pl.read_parquet(file) for file in _files(lake / "cards"))
    return pl.concat([pl.DataFrame(schema=RECORD), *parts], how="diagonal")


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
            name = log.run("snapshot_facts")["snapshot"].item()
            if any(file.stem.split("-", 1)[1] == name for file in _files(folder)):
                return pl.DataFrame(schema=RECORD)
            record = card_record(lake)
            later = record.filter(~pl.col("event").is_in(ACTS) & (pl.col("event_on") > day))["event_on"].to_list()
            if later:
                raise CallError(
                    f"warnings of {max(later)} are on record, later than {day}.", hint="publish a later day"
                )
            added = card_events(log, record, as_on=day)
        _keep(folder, name, added)
    return added


def issue_cards(lake: Path, documents: Mapping[str, str], *, on: dt.date) -> pl.DataFrame:
    """Puts on record that notices issued the standing yellow and red cards of departments, each card once.

    Args:
        lake: the lake's folder.
        documents: department to the name of its notice.
        on: the day of the notices.

    Returns:
        What was added to the record.

    Raises:
        LakeBusyError: another process is recording.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    return _acted(
        lake,
        "issued",
        lambda record: pl.concat(
            [record.clear()]
            + [
                issued(record, document=document, department=department, on=on)
                for department, document in sorted(documents.items())
            ]
        ),
    )


def read_answers(file: Path) -> pl.DataFrame:
    """The answers in a CSV file, rows without an answer left out: `card`, `answered_on`, `answer`.

    Raises:
        CallError: a column is missing, or a day cannot be read.
    """
    try:
        rows = pl.read_csv(file, infer_schema=False)
        given = rows.select("card", "answered_on", "answer").filter(pl.col("answer").is_not_null())
        return given.with_columns(pl.col("answered_on").str.to_date("%Y-%m-%d"))
    except pl.exceptions.PolarsError as fault:
        problem = str(fault).splitlines()[0]
        raise CallError(
            f"{file.name} cannot be read as answers: {problem}",
            hint="columns card, answered_on (2025-03-14) and answer",
        ) from None


def answer_cards(lake: Path, answers: pl.DataFrame) -> pl.DataFrame:
    """Puts answers of departments on record: `card`, `answered_on`, `answer`; those on record already add nothing.

    Raises:
        CallError: a card is not on record, was not issued, or was withdrawn; an answer lacks its day or its words.
        LakeBusyError: another process is recording.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    return _acted(lake, "answered", lambda record: answered(record, answers))


def _acted(lake: Path, event: str, added_to: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """What acts of offices add to the record, kept as a file of its own where it is anything."""
    folder = lake / "cards"
    with told_of_the_disk(lake, "the record of cards could not be kept"), only_writer(folder):
        added = added_to(card_record(lake))
        if added.height:
            _keep(folder, event, added)
    return added


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _keep(folder: Path, name: str, added: pl.DataFrame) -> None:
    """Adds a file to the record, whole or not at all; its number says when it came."""
    draft = folder / f".{name}.{os.getpid()}"
    added.write_parquet(draft)
    draft.rename(folder / f"{len(_files(folder)):06d}-{name}.parquet")
