"""Refused rows as they stood in their files, with the header above them: to be corrected and taken in again."""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.lake.delivery import Delivery, deliveries
from efficacy_analytics.lake.intake.received_tables import heads, originals
from efficacy_analytics.lake.layouts.layout import Layout, layout_of

PACKED = ".gz"
ONLY_OWNER = 0o600
HEAD = -1


def write_to_correct(lake: Path, name: str, folder: Path) -> list[Path]:
    """Writes the refused rows of a delivery into files that its layout can take in once they are corrected.

    The text is that of the export, personal data included: the files are for their owner alone.

    Args:
        lake: the lake's folder.
        name: the delivery.
        folder: where to write; made where it is missing. A file that is there already is left alone.

    Returns:
        The files, named as those of the export, without `.gz`.

    Raises:
        CallError: there is no such delivery, its export is no CSV, or a file is there already.
        CannotAnswerError: the delivery has no refused row.
    """
    delivery = next((one for one in deliveries(lake) if one.delivery == name), None)
    if delivery is None:
        raise CallError(f"there is no delivery '{name}'.", hint="`efficacy status` lists them")
    layout = layout_of(delivery.layout_content)
    texts: dict[str, dict[int, str]] = {}
    for path, head, rows in _refused(lake, delivery, layout):
        texts.setdefault(path.name.removesuffix(PACKED), {HEAD: head}).update(rows)
    if folder.resolve().is_relative_to(lake.resolve()):
        raise CallError(f"{folder} lies in the lake.", hint="corrections, which name persons, do not belong there")
    if not texts:
        raise CannotAnswerError(f"no row of {name} was refused.", hint="there is nothing to correct")
    folder.mkdir(parents=True, exist_ok=True)
    encoding = layout.encodings[0] if layout.encodings else "utf-8"
    return [
        _written(folder / file, "".join(f"{rows[row]}\n" for row in sorted(rows)), encoding)
        for file, rows in texts.items()
    ]


def _refused(lake: Path, delivery: Delivery, layout: Layout) -> Iterator[tuple[Path, str, dict[int, str]]]:
    """Each file with refused rows, its head, and the text of these rows by their number."""
    for file in sorted((lake / "refused" / delivery.delivery).glob("*.parquet")):
        wanted = pl.read_parquet(file, columns=["source_file", "source_row"])
        table = file.stem
        for path in [lake / "exports" / delivery.delivery / str(one["name"]) for one in delivery.files]:
            for place, head in heads(layout, path, table):
                rows = wanted.filter(pl.col("source_file") == place)
                if rows.is_empty():
                    continue
                if head is None:
                    raise CallError(
                        f"rows of {path.name} cannot be written out: it is no CSV.",
                        hint="correct them at their source and export again",
                    )
                batches = originals(layout, [path], table, rows)
                found = {row: text for batch in batches for _, row, text in batch.iter_rows()}
                yield path, head.text.rstrip("\r\n"), found


def _written(path: Path, text: str, encoding: str) -> Path:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
            file.write(text.encode(encoding))
    except FileExistsError:
        raise CallError(f"{path} is there already.", hint="write into a folder of its own") from None
    return path
