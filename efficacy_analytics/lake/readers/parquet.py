"""Rows of a Parquet file, batch by batch: memory is bounded by the batch, also where a row group is large."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, checked_header
from efficacy_analytics.lake.readers.decompression import ALWAYS_UNPACKED_BYTES, MOST_UNPACKED_RATIO, OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received, rows_at_once
from efficacy_analytics.lake.readers.typed import frame_of, row_objects, typed_batch

BUFFER_BYTES = 2**20
ALWAYS_ROWS = 1_000_000
MOST_ROWS_OF_A_BYTE = 8


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
        for frame in _frames(file, needed, path.name, _most_bytes(path)):
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
        for frame in _frames(file, range(len(names)), path.name, _most_bytes(path)):
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
            _refuse_boundless(path, file.metadata)
            texts = [
                column.path
                for place in range(len(file.schema))
                if (column := file.schema.column(place)).physical_type == "BYTE_ARRAY"
            ]
        with pq.ParquetFile(path, buffer_size=BUFFER_BYTES, read_dictionary=texts) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise _broken(path.name) from None


def _frames(file: Any, places: Sequence[int], file_name: str, most_bytes: int) -> Iterator[pl.DataFrame]:
    """The columns of some places, by their number, batch by batch; all of the rows that the file says it has."""
    names = file.schema_arrow.names
    chosen = sorted(set(places))
    count, left = 0, most_bytes
    for batch in file.iter_batches(batch_size=BATCH, columns=[names[place] for place in chosen], use_threads=False):
        left -= _written_out(batch)
        if left < 0:
            raise _boundless(file_name)
        for some in _pieces(batch, file_name):
            frame = frame_of(some, file_name)
            count += frame.height
            yield frame.rename({str(order): f"at {place}" for order, place in enumerate(chosen)}).rename(
                {f"at {place}": str(place) for place in chosen}
            )
    if count != file.metadata.num_rows:
        raise _broken(file_name)


def _refuse_boundless(path: Path, metadata: Any) -> None:
    """Refuses a small file that says of itself that it unpacks to what fills a memory, or has rows without end."""
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    has_rows_without_end = metadata.num_rows > max(ALWAYS_ROWS, MOST_ROWS_OF_A_BYTE * path.stat().st_size)
    if has_rows_without_end or max((group.total_byte_size for group in groups), default=0) > _most_bytes(path):
        raise _boundless(path.name)


def _most_bytes(path: Path) -> int:
    return max(ALWAYS_UNPACKED_BYTES, MOST_UNPACKED_RATIO * path.stat().st_size)


def _written_out(batch: Any) -> int:
    """The bytes of a batch whose texts, each of which may stand once in a file and in every row, are written out."""
    batch.validate(full=True)
    written = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.cast(pc.binary_length(column.dictionary), pa.int64())
            written += pc.sum(lengths.take(column.indices)).as_py() or 0
        else:
            written += column.nbytes
    return written


def _pieces(batch: Any, file_name: str) -> Iterator[Any]:
    """The batch in pieces whose texts are bounded, written out."""
    row_bytes = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            row_bytes += pc.max(pc.binary_length(column.dictionary)).as_py() or 0
    step = rows_at_once(row_bytes, file_name)
    for begin in range(0, max(batch.num_rows, 1), step):
        some = batch.slice(begin, step)
        columns = [one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in some.columns]
        yield pa.RecordBatch.from_arrays(columns, names=some.schema.names)


def _boundless(file_name: str) -> InputRefusedError:
    return InputRefusedError(
        f"{file_name} unpacks to more than a lake takes.", hint="export it again; where it is sound, as CSV"
    )


def _broken(file_name: str) -> InputRefusedError:
    return InputRefusedError(f"{file_name} is broken, cut off, or no Parquet file.", hint="export or copy it again")
