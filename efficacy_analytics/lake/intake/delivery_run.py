"""The rows of one delivery, from its files to accepted and refused tables, batch by batch, then by partition."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.lake.contract.case_checks import NONE_KNOWN, CheckedCases, checked_cases
from efficacy_analytics.lake.contract.row_checks import KEYS, judged
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake.not_read import named_notice
from efficacy_analytics.lake.intake.partitions import Partitions
from efficacy_analytics.lake.intake.received_tables import delivered, heads, originals, rows_are_cases
from efficacy_analytics.lake.intake.repeated_rows import Keys, RepeatedRows
from efficacy_analytics.lake.intake.single_rows.carried_over import CARRIED, carried_rows, known_cases
from efficacy_analytics.lake.intake.single_rows.merge import completed
from efficacy_analytics.lake.intake.staging import Files
from efficacy_analytics.lake.intake.traces import with_their_case
from efficacy_analytics.lake.intake.writers import Accepted, Refused, TableFile
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.notices import Notice
from efficacy_analytics.lake.privacy.key import Key
from efficacy_analytics.lake.privacy.pseudonyms import pseudonymised
from efficacy_analytics.lake.privacy.refused_texts import without_personal
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.settings import AS_SHIPPED, Settings

NAMED = "named.parquet"
MANY_SHARE = 0.05
"""With more of its rows contradicting earlier ones of their case, an export seems to use a number for several cases."""
WHOLE = ("items", "staff", *KEYS)
"""Tables that stay in one partition: they are small, and their rows belong to no case."""


@dataclass(frozen=True)
class DeliveryRun:
    """What became of the rows of a delivery.

    Attributes:
        rows: per table `received`, `accepted`, `refused`, `refused_by_rule`.
        written: per table the number of rows in its accepted file.
        activity_order: the activities in the order in which they first occur.
        told: per code of `notices.NOTICES` and what it is about, how often.
        left: per table the attributes of an event log that nothing is made of.
    """

    rows: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, int]
    activity_order: Sequence[str]
    told: Mapping[tuple[str, str], int]
    left: Mapping[str, Sequence[str]]


def run_delivery(
    layout: Layout,
    files: Files,
    folder: Path,
    on_progress: OnProgress,
    *,
    name: str,
    key: Key | None,
    base: Sequence[Delivery] = (),
    adds_rows: bool = False,
    delivered_on: dt.date | None = None,
    in_force: Settings = AS_SHIPPED,
) -> DeliveryRun:
    """Reads, judges and writes a delivery into `accepted` and `refused` of a folder.

    Args:
        layout: how it is read.
        files: its files by table.
        folder: of the work on it; its scratch lies there too.
        on_progress: called with a file's name and the number of rows read so far.
        name: of the delivery.
        key: of the pseudonyms of personal columns; None where there are none.
        base: the deliveries whose cases this one corrects row by row; none where it gives its cases as a whole.
        adds_rows: its rows without a key come to those there are; else they are the rows of their case in that table.
        delivered_on: its day, after which nothing can have happened.
        in_force: the settings of the engine that joins refused rows to their texts.

    Raises:
        InputRefusedError: a file cannot be read, or a stamp lacks an offset and the layout names no time zone.
    """
    told: Counter[tuple[str, str]] = Counter()
    left: dict[str, dict[str, None]] = {}
    received, partitions, again = _gathered(layout, files, folder, on_progress, key, base, told, left, delivered_on)
    accepted, refused = Accepted(folder / "accepted", layout.step_order), Refused(folder / "refusals", in_force)
    one_table = rows_are_cases(layout)
    known = known_cases(base, folder / NAMED) if base else NONE_KNOWN
    changes = Changes(folder)
    for number, partition in enumerate(partitions):
        if on_progress and len(partitions) > 1:
            on_progress(f"partition {number + 1} of {len(partitions)}", sum(received.values()))
        result = checked_cases(layout, partition, rows_are_cases=one_table, known=known, again=again)
        refused.put(result.refused)
        if base:
            changes.put(result)
        else:
            accepted.put(completed(layout, result.accepted, rows_are_cases=one_table))
    for tables in changes.with_what_they_leave(base) if base else ():
        accepted.put(completed(layout, tables, rows_are_cases=one_table, adds_rows=adds_rows))
    written = accepted.closed()
    told["steps_suspended", ""] = accepted.suspended_count
    told["steps_alike", ""] = max(0, accepted.alike_count - told["events_repeated", ""])
    for table, places in refused.places().items():
        paths = files[table if table in files else "events"]
        texts = originals(layout, paths, table, places)
        if key:
            texts = _impersonal(texts, layout, table, paths, places, key, name)
        refused.write(table, texts, folder / "refused")
    return DeliveryRun(
        _counts(received, refused.counts),
        written,
        accepted.activity_order(),
        told,
        {table: list(names) for table, names in left.items()},
    )


def notices_of(run: DeliveryRun) -> list[Notice]:
    """What of a delivery was not used or was taken otherwise."""
    told = {**run.told, ("completion_refused", ""): run.written.get("case_notes", 0)}
    counted = [Notice(code, subject, count) for (code, subject), count in sorted(told.items()) if count]
    counted += [
        Notice("numbers_shared", "", count, of=rows["received"])
        for rows in run.rows.values()
        if (count := rows["refused_by_rule"].get("case_column_disagrees", 0)) > MANY_SHARE * rows["received"]
    ]
    return [*counted, *(named_notice("columns_not_placed", table, names) for table, names in run.left.items() if names)]


class Changes:
    """The rows of a delivery that changes single rows, held until it is known which others they leave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partitions = Partitions(folder / "changes", whole=WHOLE)
        self.touched = TableFile(folder / "touched.parquet")

    def put(self, result: CheckedCases) -> None:
        """Takes the settled rows of a partition."""
        self.touched.put(result.touched)
        for table, rows in result.accepted.items():
            self.partitions.put(table, rows)

    def with_what_they_leave(self, base: Sequence[Delivery]) -> Iterator[dict[str, pl.DataFrame]]:
        """The rows in partitions, with those of the base that they leave as they were."""
        self.touched.close()
        for table, rows in carried_rows(base, self.touched.path, self.folder / "carried.parquet"):
            self.partitions.put(table, rows)
        yield from self.partitions


def _gathered(
    layout: Layout,
    files: Files,
    folder: Path,
    on_progress: OnProgress,
    key: Key | None,
    base: Sequence[Delivery],
    told: Counter[tuple[str, str]],
    left: dict[str, dict[str, None]],
    delivered_on: dt.date | None,
) -> tuple[Counter[str], Partitions, pl.DataFrame]:
    """How many rows were received by table, their judged rows in partitions, and those with the key of an earlier one.

    Which cases they name is written to `NAMED` where there is a base.
    """
    received: Counter[str] = Counter()
    partitions = Partitions(folder / "partitions", whole=WHOLE)
    named, keys, repeated = TableFile(folder / NAMED), Keys(folder / "keys"), RepeatedRows()
    tidied: Counter[str] = Counter()
    for batch in with_their_case(delivered(layout, files, on_progress, tidied)):
        received[batch.table] += batch.rows.height
        left.setdefault(batch.table, {}).update(dict.fromkeys(batch.left))
        repeated.put(batch)
        rows = pseudonymised(batch.rows, layout.personal, key)
        typed = judged(layout, batch.table, rows, told, delivered_on=delivered_on)
        partitions.put(batch.table, typed)
        keys.put(batch.table, typed)
        if base and batch.table in CARRIED:
            named.put(rows.select(pl.col("case_id").unique()))
    named.close()
    told.update({("texts_tidied", column): count for column, count in tidied.items()})
    again = {"row_key_twice": keys.again(), "row_twice": repeated.again(layout, files)}
    if layout.format == "xes":  # events of a log are steps of its author: they stay, and are told
        told["events_repeated", ""] = again.pop("row_twice").height
    return received, partitions, pl.concat(rows.with_columns(rule=pl.lit(rule)) for rule, rows in again.items())


def _impersonal(
    texts: Iterator[pl.DataFrame],
    layout: Layout,
    table: str,
    paths: Sequence[Path],
    places: pl.DataFrame,
    key: Key,
    name: str,
) -> Iterator[pl.DataFrame]:
    """The texts of refused rows without what is personal in them."""
    headers = dict(head for path in paths for head in heads(layout, path, table))
    for some in texts:
        placed = some.join(places, on=["source_file", "source_row"], how="left", maintain_order="left")
        kept = without_personal(placed, layout, table, key, delivery=name, headers=headers)
        yield kept.select(some.columns)


def _counts(received: Mapping[str, int], refused: Mapping[str, Counter[str]]) -> dict[str, dict[str, Any]]:
    return {
        table: {
            "received": received[table],
            "accepted": received[table] - rules.total(),
            "refused": rules.total(),
            "refused_by_rule": dict(sorted(rules.items(), key=lambda rule: (-rule[1], rule[0]))),
        }
        for table, rules in refused.items()
    }
