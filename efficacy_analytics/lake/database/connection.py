"""A connection to the database of an address, whatever kind it is."""

from contextlib import AbstractContextManager

from efficacy_analytics.lake.database.address import MYSQL, Address
from efficacy_analytics.lake.database.reader import Reader
from efficacy_analytics.settings import DatabaseSettings


def connected(address: Address, limits: DatabaseSettings, encoding: str | None) -> AbstractContextManager[Reader]:
    """A connection whose session only reads, and that waits no longer than it may.

    Args:
        address: where the database is.
        limits: how long it may take.
        encoding: of text whose encoding the database does not declare, or declares wrongly.

    Raises:
        SourceUnreachableError: there is no connection, or it is cut.
        InputRefusedError: the database does not let this user in.
    """
    if address.system is MYSQL:
        from efficacy_analytics.lake.database.mysql.reader import mysql_reader

        return mysql_reader(address, limits, encoding)
    from efficacy_analytics.lake.database.postgresql.reader import postgresql_reader

    return postgresql_reader(address, limits, encoding)
