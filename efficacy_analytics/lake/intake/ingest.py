"""Taking a delivery in: all of it or nothing, and never twice.

The files are copied as they are, read, judged, and written into a folder inside the lake that nobody else looks at;
at the end it is moved into place, the accepted rows last. Whatever goes wrong before leaves the lake as it was.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CheckFailedError, InputRefusedError
from efficacy_analytics.lake.delivery import RECORD, Delivery, check_whole, deliveries, hashes, recorded
from efficacy_analytics.lake.intake.delivery_run import DeliveryRun, notices_of, run_delivery
from efficacy_analytics.lake.intake.files import files_of, within_bounds
from efficacy_analytics.lake.intake.headers import check_headers
from efficacy_analytics.lake.intake.not_read import not_read
from efficacy_analytics.lake.intake.request import Request
from efficacy_analytics.lake.intake.single_rows.corrections import (
    base_of,
    check_not_from_elsewhere,
    check_order,
    name_of,
)
from efficacy_analytics.lake.intake.staging import copied, move_into_place, workshop
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.lake.privacy.pseudonyms import key_for, without_names
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.system.disk import told_of_the_disk

__all__ = ["Delivery", "deliveries", "ingest", "refused_rows"]


def ingest(
    lake: Path,
    paths: Sequence[Path],
    request: Request,
    *,
    on_progress: OnProgress = None,
) -> Delivery:
    """Takes a delivery in; the same content by the same layout is the delivery it already is.

    Where the layout names a key of its rows, or the delivery brings refused rows back corrected, the rows that it does
    not give of its cases are carried over from the deliveries before it.

    Args:
        lake: the lake's folder; made if it is not there.
        paths: files and folders; together they are one delivery.
        request: by which layout, from which day, and what it may overlook.
        on_progress: called with a file's name and the number of its rows read so far.

    Returns:
        The record of the delivery.

    Raises:
        CallError: a path does not exist, or does not belong to the layout; there is no delivery to correct; a file
            came in before as another source; rows would be corrected as of a day before the last delivery of theirs.
        LayoutError: there is no such layout, or it cannot be used as it is written.
        InputRefusedError: the export cannot be read, or nothing in it can be accepted.
        LakeBusyError: another process is writing to the lake.
        CheckFailedError: a delivery that it corrects is damaged.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    corrects, day = request.corrects, request.delivered_on or dt.date.today()
    declared = request.layout_in(lake)
    files = files_of(paths, declared, may_lack=corrects is not None, left_out=request.left_out)
    key = key_for(
        declared, lake, allow_other_key=request.allow_other_key, corrects=corrects, privacy=request.in_force.privacy
    )
    layout = without_names(declared, key)
    pseudonyms = key.record() if key else {}
    with (
        told_of_the_disk(lake, f"the delivery could not be taken into {lake}"),
        only_writer(lake),
        workshop(lake) as folder,
        within_bounds(files),
    ):
        before = deliveries(lake)
        base = base_of(layout, before, delivered_on=day, corrects=corrects)
        copies, described = copied(files, folder / "exports", is_personal=key is not None)
        name = name_of(layout, described, base, corrects, pseudonyms)
        if (lake / "accepted" / name / RECORD).is_file():
            return recorded(lake / "accepted" / name)
        if not request.is_other_source and layout.format != "database":
            check_not_from_elsewhere(layout, before, described)
        check_whole(base)
        check_order(layout, before, delivered_on=day)
        check_headers(layout, copies)
        result = run_delivery(
            layout,
            copies,
            folder,
            on_progress,
            name=name,
            key=key,
            base=base,
            adds_rows=corrects is not None or layout.adds,
            delivered_on=day,
            in_force=request.in_force,
        )
        _refuse_if_nothing(layout, result, is_correction=bool(base))
        delivery = Delivery(
            delivery=name,
            number=max((one.number for one in before), default=0) + 1,
            layout=layout.name,
            layout_content=layout.content(),
            source=layout.source,
            time_zone=layout.time_zone,
            calendar=layout.calendar,
            verdict_by=layout.verdict_by,
            office_hours=layout.office_hours,
            activity_order=result.activity_order,
            delivered_on=day,
            files=described,
            rows=result.rows,
            written=result.written,
            folder=lake / "accepted" / name,
            pseudonyms=pseudonyms,
            corrects=corrects,
            sha256=hashes(folder / "accepted"),
            notices=[
                asdict(one)
                for one in (*notices_of(result), *not_read(paths, layout, copies, left_out=request.left_out))
            ],
        )
        (folder / "accepted" / RECORD).write_text(delivery.record(), encoding="utf-8")
        move_into_place(folder, lake, name, is_personal=key is not None)
    return delivery


def refused_rows(lake: Path, *, with_original: bool = False) -> pl.DataFrame:
    """The refused rows of all deliveries.

    Args:
        lake: the lake's folder.
        with_original: also the text of the rows, which may hold personal data.

    Returns:
        One row per refused row: `delivery, table, rule, reason, source_file, source_line` (and `original`), in the
        order of deliveries, tables and lines.

    Raises:
        CheckFailedError: a file of refused rows is damaged.
    """
    columns = ["delivery", "table", "rule", "reason", "source_file", "source_line"] + ["original"] * with_original
    schema = {column: pl.Int64 if column == "source_line" else pl.String for column in columns}
    frames = [pl.DataFrame(schema=schema)]
    for delivery in deliveries(lake):
        for file in sorted((lake / "refused" / delivery.delivery).glob("*.parquet")):
            rows = _read_refused(file).with_columns(delivery=pl.lit(delivery.delivery), table=pl.lit(file.stem))
            frames.append(rows.select(columns))
    return pl.concat(frames)


def _read_refused(file: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(file)
    except pl.exceptions.PolarsError:
        raise CheckFailedError(f"{file} is damaged.", hint="restore it from a copy of the lake") from None


def _refuse_if_nothing(layout: Layout, result: DeliveryRun, *, is_correction: bool) -> None:
    events = result.rows["events"]
    if is_correction and any(counts["accepted"] for counts in result.rows.values()):
        return
    cases_changed = result.written.get("cases") or result.written.get("deleted_cases")
    if cases_changed and (events["accepted"] or not events["received"]):
        return
    refusals = "; ".join(
        f"{table}: {count} {rule}"
        for table, counts in result.rows.items()
        for rule, count in counts["refused_by_rule"].items()
    )
    received = ", ".join(f"{counts['received']} {table}" for table, counts in result.rows.items())
    raise InputRefusedError(
        f"nothing was accepted; received: {received}" + (f"; refused: {refusals}." if refusals else "."),
        hint=_hint(layout, result),
    )


def _hint(layout: Layout, result: DeliveryRun) -> str:
    for table, counts in result.rows.items():
        for rule in counts["refused_by_rule"]:
            if rule.endswith("_rounded"):
                column = rule.removesuffix("_rounded")
                source = layout.tables.get(table)
                name = (source.columns if source else {}).get(column, column)
                return f"a spreadsheet has rounded the numbers of '{name}': format the column as text and export again"
    return "compare the layout with the export; the lake is as it was"
