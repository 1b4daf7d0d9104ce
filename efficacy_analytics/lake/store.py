"""Taking a delivery in: all of it or nothing, and never twice.

The files are copied as they are, read, judged, and written into a folder inside the lake that nobody else looks at;
at the end it is moved into place, the accepted rows last. Whatever goes wrong before leaves the lake as it was.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.delivery import RECORD, Delivery, deliveries, recorded
from efficacy_analytics.lake.event_order import in_order
from efficacy_analytics.lake.files import files_of
from efficacy_analytics.lake.intake import Judged, judged
from efficacy_analytics.lake.layouts import Layout, layout_named, with_constants
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.lake.personal_originals import without_personal
from efficacy_analytics.lake.pseudonym_key import Key
from efficacy_analytics.lake.pseudonyms import key_for, pseudonymised, without_names
from efficacy_analytics.lake.rules import reason_of
from efficacy_analytics.lake.tables import Delivered, delivered, headers_of, originals
from efficacy_analytics.lake.unpacked import Told
from efficacy_analytics.lake.workshop import Files, copied, move_into_place, told_of_the_disk, workshop

__all__ = ["Delivery", "deliveries", "ingest", "refused_rows"]


def ingest(
    lake: Path,
    paths: Sequence[Path],
    layout_name: str,
    *,
    constants: Mapping[str, str] | None = None,
    delivered_on: dt.date | None = None,
    allow_other_key: bool = False,
    told: Told = None,
) -> Delivery:
    """Takes a delivery in; the same content by the same layout is the delivery it already is.

    Args:
        lake: the lake's folder; made if it is not there.
        paths: files and folders; together they are one delivery.
        layout_name: a layout's name, or the path of a layout file.
        constants: contract columns (and `time_zone`, `calendar`) to the value they have throughout.
        delivered_on: the day it counts from; today if not said.
        allow_other_key: take it in though earlier deliveries have pseudonyms of another key.
        told: called with a file's name and the number of its rows read so far.

    Returns:
        The record of the delivery.

    Raises:
        CallError: a path does not exist, or does not belong to the layout.
        LayoutError: there is no such layout, or it cannot be used as it is written.
        InputRefusedError: the export cannot be read, or nothing in it can be accepted.
        LakeBusyError: another process is writing to the lake.
    """
    layout = with_constants(layout_named(layout_name, lake), constants or {})
    files = files_of(paths, layout)
    key = key_for(layout, lake, allow_other_key=allow_other_key)
    layout = without_names(layout, key)
    with told_of_the_disk(lake), only_writer(lake), workshop(lake) as folder:
        copies, described = copied(files, folder / "exports", is_personal=key is not None)
        name = f"{layout.name}-{_content_hash(layout, described, key)}"
        if (lake / "accepted" / name / RECORD).is_file():
            return recorded(lake / "accepted" / name)
        result = judged(layout, _pseudonymised(delivered(layout, copies, told), layout, key))
        rows = _counts(result)
        _refuse_if_nothing(rows, result)
        _write_refused(result, layout, copies, folder / "refused", name, key)
        delivery = Delivery(
            delivery=name,
            number=max((one.number for one in deliveries(lake)), default=0) + 1,
            layout=layout.name,
            layout_content=layout.content(),
            source=layout.source,
            time_zone=layout.time_zone,
            calendar=layout.calendar,
            verdict_by=layout.verdict_by,
            office_hours=layout.office_hours,
            activity_order=result.accepted["events"]["activity"].unique(maintain_order=True).to_list(),
            delivered_on=delivered_on or dt.date.today(),
            files=described,
            rows=rows,
            written={table: frame.height for table, frame in result.accepted.items()},
            folder=lake / "accepted" / name,
            pseudonyms=key.record() if key else {},
        )
        _write_accepted(result, delivery, folder / "accepted")
        move_into_place(folder, lake, name)
    return delivery


def refused_rows(lake: Path, *, with_original: bool = False) -> pl.DataFrame:
    """The refused rows of all deliveries.

    Args:
        lake: the lake's folder.
        with_original: also the text of the rows, which may hold personal data.

    Returns:
        One row per refused row: `delivery, table, rule, reason, source_file, source_line` (and `original`), in the
        order of deliveries, tables and lines.
    """
    columns = ["delivery", "table", "rule", "reason", "source_file", "source_line"] + ["original"] * with_original
    schema = {column: pl.Int64 if column == "source_line" else pl.String for column in columns}
    frames = [pl.DataFrame(schema=schema)]
    for delivery in deliveries(lake):
        for file in sorted((lake / "refused" / delivery.delivery).glob("*.parquet")):
            rows = pl.read_parquet(file).with_columns(delivery=pl.lit(delivery.delivery), table=pl.lit(file.stem))
            frames.append(rows.select(columns))
    return pl.concat(frames)


def _content_hash(layout: Layout, described: Sequence[Mapping[str, str | int]], key: Key | None) -> str:
    content = [layout.content(), [[file["table"], file["sha256"]] for file in described], key.record() if key else {}]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _counts(result: Judged) -> dict[str, dict[str, object]]:
    counts: dict[str, dict[str, object]] = {}
    for table, received in result.received.items():
        refused = result.refused[table]
        by_rule = refused.group_by("rule").len().sort("len", "rule", descending=[True, False])
        counts[table] = {
            "received": received,
            "accepted": received - refused.height,
            "refused": refused.height,
            "refused_by_rule": dict(by_rule.iter_rows()),
        }
    return counts


def _refuse_if_nothing(rows: Mapping[str, Mapping[str, object]], result: Judged) -> None:
    events = rows["events"]
    if result.accepted["cases"].height and (events["accepted"] or not events["received"]):
        return
    told = "; ".join(
        f"{table}: {count} {rule}"
        for table, counts in rows.items()
        for rule, count in counts["refused_by_rule"].items()  # type: ignore[attr-defined]
    )
    received = ", ".join(f"{counts['received']} {table}" for table, counts in rows.items())
    raise InputRefusedError(
        f"nothing was accepted; received: {received}" + (f"; refused: {told}." if told else "."),
        hint="compare the layout with the export; the lake is as it was",
    )


def _write_accepted(result: Judged, delivery: Delivery, folder: Path) -> None:
    folder.mkdir()
    events = in_order(result.accepted["events"])
    cases = result.accepted["cases"].join(_spans(events), on="case_number", how="left", maintain_order="left")
    noted = {
        "events": events,
        "cases": cases.with_columns(pl.col("event_count").fill_null(0), pl.col("has_split_seconds").fill_null(False)),
    }
    for table, frame in {**result.accepted, **noted}.items():
        frame.write_parquet(folder / f"{table}.parquet")
    (folder / RECORD).write_text(delivery.record(), encoding="utf-8")


def _spans(events: pl.DataFrame) -> pl.DataFrame:
    """First and last moment of each case in its events, how many there are, and whether any is no whole second."""
    is_split = pl.any_horizontal(pl.col("started_at", "completed_at").dt.microsecond() > 0)
    return events.group_by("case_number").agg(
        pl.coalesce("started_at", "completed_at").min().alias("first_at"),
        pl.col("completed_at").max().alias("last_at"),
        pl.coalesce("started_local", "completed_local").min().alias("first_local"),
        pl.col("completed_local").max().alias("last_local"),
        pl.len().cast(pl.Int64).alias("event_count"),
        is_split.any().alias("has_split_seconds"),
    )


def _pseudonymised(received: Delivered, layout: Layout, key: Key | None) -> Delivered:
    tables = {table: pseudonymised(frame, layout.personal, key) for table, frame in received.tables.items()}
    return dataclasses.replace(received, tables=tables)


def _write_refused(result: Judged, layout: Layout, copies: Files, folder: Path, delivery: str, key: Key | None) -> None:
    folder.mkdir()
    for table, frame in result.refused.items():
        if frame.height:
            paths = copies[table if table in copies else "events"]
            texts = originals(layout, paths, table, frame)
            kept = frame.join(texts, on=["source_file", "source_row"], how="left", maintain_order="left")
            headers = headers_of(layout, paths) if key else {}
            without_personal(kept, layout, table, key, delivery=delivery, headers=headers).select(
                "source_file", "source_line", "rule", reason_of(pl.col("rule")).alias("reason"), "original"
            ).write_parquet(folder / f"{table}.parquet")
    if not any(folder.iterdir()):
        folder.rmdir()
