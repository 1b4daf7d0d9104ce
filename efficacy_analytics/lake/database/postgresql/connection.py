"""A connection to a PostgreSQL database that only ever reads, and what its faults mean."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.lake.database import faults
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.settings import DatabaseSettings

# A server that has gone away without a word is noticed after a minute, not after two hours.
KEPT_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 4, "tcp_user_timeout": 60_000}
IN_SESSION = {
    "default_transaction_read_only": "on",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lock_timeout": "30s",
    "client_min_messages": "warning",
}
NOT_NOW = ("starting up", "shutting down", "accepting connections", "recovery mode", "too many", "connection slots")
# SQLSTATEs after which the same statement may succeed: connection, resources, rollback, locks, operator, system.
PASSING = ("08", "53", "40", "55P03", "57P", "58")
TIMED_OUT = "57014"
KINDS = {
    "42501": faults.FORBIDDEN,
    "42P01": faults.NO_TABLE,
    "3F000": faults.NO_SCHEMA,
    "42703": faults.NO_COLUMN,
    "25006": faults.WRITES,
    "42601": faults.NO_SQL,
    "22021": faults.WRONG_TEXT,
}


@contextmanager
def connected(address: Address, limits: DatabaseSettings) -> Iterator[psycopg.Connection]:
    """A connection whose session only reads, and that waits no longer than it may.

    Raises:
        SourceUnreachableError: there is no connection.
        InputRefusedError: the database does not let this user in.
    """
    connection = _connection(address, limits)
    try:
        chosen = {**IN_SESSION, "statement_timeout": f"{limits.statement_seconds}s"}
        for name, value in chosen.items():
            connection.execute("select set_config(%s, %s, false)", (name, value))
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.deferrable = True  # waits only where a server makes the transaction serializable
        yield connection
    finally:
        with suppress(psycopg.Error):
            connection.close()


@contextmanager
def told_of_the_source(address: Address, relation: str) -> Iterator[None]:
    """Says in our own words what the database did not allow, without repeating a value.

    Raises:
        SourceUnreachableError: the connection was cut, or the server cannot answer now.
        InputRefusedError: what the layout asks for is not there, or not allowed.
    """
    try:
        yield
    except psycopg.Error as fault:
        raise _fault(fault, address, relation) from None


def plain_sql(text: str) -> sql.SQL:
    """SQL of our own, or of a layout that was checked, as a part to compose."""
    return sql.SQL(text)


def _connection(address: Address, limits: DatabaseSettings) -> psycopg.Connection:
    defaults: dict[str, str | int] = {
        "application_name": "efficacy",
        "connect_timeout": limits.connect_seconds,
        **KEPT_ALIVE,
    }
    given = {**defaults, **address.parameters, **address.secrets, "client_encoding": "UTF8"}
    try:
        return psycopg.connect(
            make_conninfo("", **given),
            autocommit=True,
            prepare_threshold=None,  # works behind a pooler too
        )
    except psycopg.Error as fault:
        raise _not_connected(fault, address) from None


def _not_connected(fault: psycopg.Error, address: Address) -> EfficacyError:
    said = address.hidden(str(fault)).removeprefix("connection failed: ").splitlines()
    reason = next(
        (line for line in reversed(said) if "failed:" in line), said[0] if said else "no reason given"
    ).strip()
    is_of_server = "FATAL:" in reason and not any(word in reason for word in NOT_NOW)
    asked = fault.pgconn is not None and (fault.pgconn.needs_password or fault.pgconn.used_password)
    if is_of_server or (asked and not any(word in reason for word in NOT_NOW)):
        why = reason.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
        return faults.not_let_in(address, why)
    return faults.not_reached(address, reason, is_passing="resolve" not in reason)


def _fault(fault: psycopg.Error, address: Address, relation: str) -> EfficacyError:
    state = fault.sqlstate or ""
    if state == TIMED_OUT:
        return faults.too_slow(address, relation)
    if state.startswith(PASSING) or (not state and isinstance(fault, psycopg.OperationalError)):
        return faults.cut_off(address, relation, type(fault).__name__)
    return faults.refused(address, relation, KINDS.get(state), f"{type(fault).__name__}, {state}")
