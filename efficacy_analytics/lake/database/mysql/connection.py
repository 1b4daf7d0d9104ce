"""A connection to a MySQL or MariaDB database that only ever reads, and what its faults mean."""

import getpass
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from efficacy_analytics.errors import CallError, EfficacyError, InputRefusedError
from efficacy_analytics.lake.database import faults
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.lake.database.mysql.option_file import client_options
from efficacy_analytics.settings import DatabaseSettings

PORT, LAST_PORT = 3306, 65_535
# A server that has gone away without a word is noticed after a minute, not after two hours.
KEPT_ALIVE = {"TCP_KEEPIDLE": 20, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 60_000}
IN_SESSION = (
    "set session transaction isolation level repeatable read",
    "set session transaction read only",
    "set session sql_mode = ''",  # a query is read as it is written, whatever this server's habit is
    "set session time_zone = '+00:00'",
    "set session character_set_results = null",  # texts come as they are stored, and none is changed on the way
)
# What not every server knows: limits, and what would shorten texts or tables without a word.
WHERE_KNOWN = (
    "lock_wait_timeout = 30",
    "net_write_timeout = 600",
    "group_concat_max_len = 1073741824",
    "sql_select_limit = 18446744073709551615",
    "max_execution_time = {milliseconds}",  # MySQL
    "max_statement_time = {seconds}",  # MariaDB
)
CONNECTION_KILLED, IDLE_TOO_LONG = 1927, 4031
TIMED_OUT = (ER.QUERY_TIMEOUT, ER.STATEMENT_TIMEOUT)  # MySQL, MariaDB
# After these the same statement may succeed: connection, resources, locks, a table that was just altered.
PASSING = (
    *(CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_COMMANDS_OUT_OF_SYNC, CR.CR_SERVER_LOST_EXTENDED),
    *(ER.CON_COUNT_ERROR, ER.OUT_OF_RESOURCES, ER.SERVER_SHUTDOWN, ER.NORMAL_SHUTDOWN, ER.ABORTING_CONNECTION),
    *(ER.NEW_ABORTING_CONNECTION, ER.NET_READ_ERROR, ER.NET_READ_INTERRUPTED, ER.NET_ERROR_ON_WRITE),
    *(ER.NET_WRITE_INTERRUPTED, ER.TOO_MANY_USER_CONNECTIONS, ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK),
    *(ER.QUERY_INTERRUPTED, ER.TABLE_DEF_CHANGED, CONNECTION_KILLED, IDLE_TOO_LONG),
)
KINDS = {
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370, 1698), faults.FORBIDDEN),
    **dict.fromkeys((1051, 1109, 1146, 1347), faults.NO_TABLE),
    1049: faults.NO_SCHEMA,
    1054: faults.NO_COLUMN,
    **dict.fromkeys((1290, 1792, 1836), faults.WRITES),
    **dict.fromkeys((1064, 1065, 1149, 1221, 1295, 1327), faults.NO_SQL),
    **dict.fromkeys((1300, 1366), faults.WRONG_TEXT),
}
NOT_LET_IN = (1044, 1045, 1049, 1129, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 3159, 4151)
CLEAR_PASSWORD = ("mysql_clear_password", "dialog")


class _KeptToItself:
    """In place of the ways to log in that give the password itself away to whoever answers."""

    def __init__(self, connection: Any) -> None:
        pass

    def authenticate(self, packet: Any) -> None:
        raise pymysql.OperationalError(CR.CR_AUTH_PLUGIN_CANNOT_LOAD, "the server asks for the password in clear")


@contextmanager
def connected(address: Address, limits: DatabaseSettings) -> Iterator[pymysql.Connection]:
    """A connection whose session only reads, and that waits no longer than it may.

    Raises:
        SourceUnreachableError: there is no connection.
        InputRefusedError: the database does not let this user in.
    """
    connection = _connection(address, limits)
    try:
        for statement in IN_SESSION:
            execute(connection, statement)
        for limit in WHERE_KNOWN:
            chosen = limit.format(seconds=limits.statement_seconds, milliseconds=limits.statement_seconds * 1000)
            with _allowing(ER.UNKNOWN_SYSTEM_VARIABLE):
                execute(connection, f"set session {chosen}")
        yield connection
    finally:
        with suppress(pymysql.Error):
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
    except pymysql.Error as fault:
        raise _fault(fault, address, relation) from None


def execute(connection: pymysql.Connection, statement: str) -> list[tuple[bytes | None, ...]]:
    """The rows of one statement, every value as the bytes that the server sent."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def number_of(fault: pymysql.Error) -> int:
    """The number of a fault; 0 where the connection itself has one."""
    number = fault.args[0] if fault.args else 0
    return number if isinstance(number, int) else 0


@contextmanager
def _allowing(number: int) -> Iterator[None]:
    try:
        yield
    except pymysql.Error as fault:
        if number_of(fault) != number:
            raise


def _connection(address: Address, limits: DatabaseSettings) -> pymysql.Connection:
    given = {**client_options(), **address.parameters}
    if "host" in address.parameters and "socket" not in address.parameters:
        given.pop("socket", None)
    try:
        connection = pymysql.connect(
            host=_host(given),
            user=given.get("user") or getpass.getuser(),
            password=_password(address, given),  # bytes: not every password is of Latin letters
            database=given["database"],
            charset="utf8mb4",
            use_unicode=False,
            conv={},
            autocommit=True,
            program_name="efficacy",
            read_timeout=limits.connect_seconds,
            auth_plugin_map=dict.fromkeys(CLEAR_PASSWORD, _KeptToItself),
            defer_connect=True,
            **_encryption(given),
        )
        connection._secure = bool(given.get("socket"))  # what does not leave the machine is not overheard
        connection.connect(_wire(given, limits.connect_seconds))
    except (pymysql.Error, OSError) as fault:
        raise _not_connected(fault, address) from None
    except RuntimeError as fault:
        raise _without_package(fault, address) from None
    connection._read_timeout = limits.statement_seconds + limits.connect_seconds  # from now on it may take its time
    return connection


def _password(address: Address, given: Mapping[str, str]) -> bytes:
    """From the address, else the environment, else the option file."""
    for password in (address.secrets.get("password"), os.environ.get("MYSQL_PWD"), given.get("password")):
        if password:
            return password.encode()
    return b""


def _host(given: Mapping[str, str]) -> str:
    return given.get("host") or "localhost"


def _port(given: Mapping[str, str]) -> int:
    port = given.get("port") or str(PORT)
    if not port.isdecimal() or int(port) > LAST_PORT:
        raise CallError("the port of the database is not a number of a port.", hint="see the address and ~/.my.cnf")
    return int(port)


def _wire(given: Mapping[str, str], seconds: int) -> socket.socket:
    if given.get("socket"):
        return _local_wire(given["socket"], seconds)
    wire = socket.create_connection((_host(given), _port(given)), seconds)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEPT_ALIVE.items():
        if hasattr(socket, name):
            wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return wire


def _local_wire(place: str, seconds: int) -> socket.socket:
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    wire.settimeout(seconds)
    try:
        wire.connect(place)
    except OSError:
        wire.close()
        raise
    return wire


def _encryption(given: Mapping[str, str]) -> dict[str, Any]:
    """TLS as ssl-mode asks for it; a named authority alone means that it is checked."""
    mode = given.get("ssl-mode", "VERIFY_CA" if given.get("ssl-ca") else "PREFERRED").upper()
    if mode == "DISABLED" or given.get("socket"):
        return {"ssl_disabled": True}
    if mode == "PREFERRED":
        return {}
    try:
        context = ssl.create_default_context(cafile=given.get("ssl-ca"))
    except OSError:
        raise CallError("the certificates of ssl-ca cannot be read.", hint="name a file in PEM") from None
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # certificates that MySQL makes for itself are not so strict
    context.check_hostname = mode == "VERIFY_IDENTITY"
    context.verify_mode = ssl.CERT_NONE if mode == "REQUIRED" else ssl.CERT_REQUIRED
    return {"ssl": context}


def _not_connected(fault: Exception, address: Address) -> EfficacyError:
    number = number_of(fault) if isinstance(fault, pymysql.Error) else 0
    reason = address.hidden(str(fault.args[-1] if fault.args else fault)).rstrip(".")
    if number in NOT_LET_IN or number == CR.CR_AUTH_PLUGIN_CANNOT_LOAD:
        return faults.not_let_in(address, reason)
    cause = getattr(fault, "original_exception", fault)
    if isinstance(cause, socket.gaierror):
        host = address.parameters.get("host", "localhost")
        return faults.not_reached(address, f"failed to resolve host '{host}'", is_passing=False)
    is_passing = not isinstance(cause, ssl.SSLCertVerificationError) and number != CR.CR_SSL_CONNECTION_ERROR
    return faults.not_reached(address, reason, is_passing=is_passing)


def _without_package(fault: RuntimeError, address: Address) -> EfficacyError:
    """The client has ways to log in for which it needs a package that is not installed."""
    if "cryptography" not in str(fault):
        return faults.not_let_in(address, "it asks for a way to log in that this client does not have")
    return InputRefusedError(
        f"{address.label} takes this user's password only over TLS, or encrypted by the package cryptography.",
        hint="add ?ssl-mode=REQUIRED to the address, or give the user another way to log in",
    )


def _fault(fault: pymysql.Error, address: Address, relation: str) -> EfficacyError:
    number = number_of(fault)
    if number in TIMED_OUT:
        return faults.too_slow(address, relation)
    if not number or number in PASSING:
        return faults.cut_off(address, relation, type(fault).__name__)
    return faults.refused(address, relation, KINDS.get(number), f"{type(fault).__name__}, {number}")
