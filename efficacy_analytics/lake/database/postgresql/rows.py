"""Rows of a database as a stream of parts, every value as text: null stays null, and empty text stays empty."""

from collections.abc import Iterator, Sequence
from itertools import islice

import psycopg
import pyarrow as pa
import pyarrow.csv as pc
from psycopg import sql

from efficacy_analytics.lake.database.faults import not_in_encoding

UTF8, NO_ENCODING = "utf8", "SQL_ASCII"


def rows_of(
    connection: psycopg.Connection, select: sql.Composed, columns: Sequence[str], *, most: int, encoding: str | None
) -> Iterator[pa.Table]:
    """The rows of a select, at most `most` at a time.

    Args:
        connection: inside the snapshot of the pull.
        select: each of its columns is text.
        columns: what to call the columns.
        most: how many rows a part has; only the last may have fewer.
        encoding: of the text in a database that declares none (SQL_ASCII); elsewhere the server converts.

    Raises:
        InputRefusedError: the text is not in that encoding.
    """
    declares_none = connection.info.parameter_status("server_encoding") == NO_ENCODING
    spoken = (encoding or UTF8) if declares_none else UTF8
    statement = sql.SQL("copy ({}) to stdout (format csv)").format(select).as_string(connection).encode(spoken)
    try:
        if declares_none:  # else the server would refuse what is not UTF-8
            connection.execute("set local client_encoding to 'SQL_ASCII'")
        with connection.cursor() as cursor, cursor.copy(statement) as lines:
            rows = iter(lines)
            while some := list(islice(rows, most)):
                yield _parsed(b"".join(some), columns, spoken)
        if declares_none:
            connection.execute("set local client_encoding to 'UTF8'")
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise not_in_encoding(spoken, "a column") from None


def _parsed(text: bytes, columns: Sequence[str], encoding: str) -> pa.Table:
    return pc.read_csv(
        pa.BufferReader(text),
        read_options=pc.ReadOptions(column_names=list(columns), encoding=encoding, block_size=len(text) + 1),
        parse_options=pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
