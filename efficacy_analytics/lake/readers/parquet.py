"""Rows of a Parquet file, batch by batch: memory is bounded by the batch, also where a row group is large."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, checked_header
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received
from efficacy_analytics.lake.readers.typed import frame_of, row_objects, typed_batch

BUFFER_BYTES = 2**20


def read_parquet(path: Path, asked: Sequence[Asked], *, on_progress: OnProgress = None) -> Iterator[Received]:
    """The rows of a Parquet file, every value as text; at least one batch, which may be empty.

    Args:
        path: the file.
        asked: the columns asked for.
        on_progress: called with the file's name and the number of rows read so far.

    Raises:
        InputRefusedError: the file is empty, broken, cut off, or without a column asked for.
    """
    count = 0
    with _opened(path) as file:
        places = checked_header(path.name, file.schema_arrow.names, asked)
        needed = [place for place in places if place is not None]
        for frame in _frames(file, needed, path.name):
            yield typed_batch(frame, asked, places, file=path.name, first_row=count)
            count += frame.height
            if on_progress:
                on_progress(path.name, count)
    if not count:
        yield nothing_received([column.name for column in asked], path.name)


def parquet_originals(path: Path, wanted: pl.Series) -> Iterator[tuple[int, str]]:
    """The rows asked for (sorted) as JSON objects, with their numbers."""
    count = 0
    with _opened(path) as file:
        names = file.schema_arrow.names
        for frame in _frames(file, range(len(names)), path.name):
            yield from row_objects(frame, names, wanted, file=path.name, first_row=count)
            count += frame.height


def parquet_header(path: Path, asked: Sequence[Asked] = ()) -> list[str]:
    """The names of the columns, among them those asked for."""
    with _opened(path) as file:
        checked_header(path.name, file.schema_arrow.names, asked)
        return list(file.schema_arrow.names)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.stat().st_size == 0:
        raise InputRefusedError(f"{path.name} is empty.", hint="export it again")
    try:
        with pq.ParquetFile(path, buffer_size=BUFFER_BYTES) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise _broken(path.name) from None


def _frames(file: Any, places: Sequence[int], file_name: str) -> Iterator[pl.DataFrame]:
    """The columns of some places, by their number, batch by batch; all of the rows that the file says it has."""
    names = file.schema_arrow.names
    chosen = sorted(set(places))
    count = 0
    for batch in file.iter_batches(batch_size=BATCH, columns=[names[place] for place in chosen], use_threads=False):
        frame = frame_of(batch, file_name)
        count += frame.height
        yield frame.rename({str(order): f"at {place}" for order, place in enumerate(chosen)}).rename(
            {f"at {place}": str(place) for place in chosen}
        )
    if count != file.metadata.num_rows:
        raise _broken(file_name)


def _broken(file_name: str) -> InputRefusedError:
    return InputRefusedError(f"{file_name} is broken, cut off, or no Parquet file.", hint="export or copy it again")
