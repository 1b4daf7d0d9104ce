"""Rows of MySQL as a stream of parts: as they come from the server, which keeps none back for us."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pymysql
from pymysql.cursors import SSCursor

from efficacy_analytics.lake.database.mysql.columns import array_of


def rows_of(
    connection: pymysql.Connection, select: str, columns: Sequence[str], codecs: Sequence[str], *, most: int
) -> Iterator[pa.Table]:
    """The rows of a select, at most `most` at a time.

    Args:
        connection: inside the snapshot of the pull.
        select: each of its columns is text.
        columns: what to call the columns.
        codecs: how the bytes of each are decoded.
        most: how many rows a part has; only the last may have fewer.

    Raises:
        InputRefusedError: a text is not in its encoding.
    """
    cursor = SSCursor(connection)
    try:
        cursor.execute(select)
        while rows := cursor.fetchmany(most):
            values = zip(*rows, strict=True)
            yield pa.table(
                [array_of(*column) for column in zip(columns, values, codecs, strict=True)], names=list(columns)
            )
    except BaseException:
        _leave(connection, cursor)
        raise
    cursor.close()


def _leave(connection: pymysql.Connection, cursor: SSCursor) -> None:
    """Closes the connection: there is no other way to stop a server that sends, and a cursor would read to the end."""
    if cursor._result is not None:
        cursor._result.unbuffered_active = False
    if connection.open:
        connection.close()
