"""A connection to a PostgreSQL database that only ever reads, and what its faults mean.

Messages name the database, the relation and the kind of fault, never what the server said about a value: a server's
own words may repeat what stands in a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from efficacy_analytics.errors import EfficacyError, InputRefusedError, SourceUnreachableError
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
PROBLEMS = {
    "42501": ("does not allow reading", "let its owner `grant select` on it, and `usage` on its schema"),
    "42P01": ("has no such table:", "check the name in the layout; names in capitals need quotation marks"),
    "3F000": ("has no such schema:", "check the name in the layout"),
    "42703": ("has no such column in", "check the names in the layout"),
    "25006": ("does not let a pull write, which is what was asked of", "a layout's query only reads"),
    "42601": ("cannot read the SQL of", "try the layout's query in psql; it is one select without a semicolon"),
    "22021": (
        "holds text that is not in its own encoding, in",
        'name the encoding in the layout: encoding = "gb18030"',
    ),
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
        return InputRefusedError(
            f"{address.label} does not let this user in: {why}.",
            hint="check user, database and password (~/.pgpass, PGPASSWORD or the service)",
        )
    return SourceUnreachableError(
        f"{address.label} cannot be reached: {reason}.",
        hint="check host, port and network; the lake is as it was",
        is_passing="resolve" not in reason,
    )


def _fault(fault: psycopg.Error, address: Address, relation: str) -> EfficacyError:
    state = fault.sqlstate or ""
    if state == TIMED_OUT:
        return SourceUnreachableError(
            f"{address.label} took longer over {relation} than [database] statement_seconds allows.",
            hint="raise statement_seconds in settings.toml, or add an index on watermark and key; "
            "the repeated command goes on after the last complete part",
            is_passing=False,
        )
    if state.startswith(PASSING) or (not state and isinstance(fault, psycopg.OperationalError)):
        return SourceUnreachableError(
            f"the connection to {address.label} was cut while reading {relation} ({type(fault).__name__}).",
            hint="the repeated command goes on after the last complete part",
            is_passing=True,
        )
    problem, hint = PROBLEMS.get(state, ("cannot answer for", "try the table or query of the layout in psql"))
    return InputRefusedError(f"{address.label} {problem} {relation} ({type(fault).__name__}, {state}).", hint=hint)
