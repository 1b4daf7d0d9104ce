"""Where a database is, with its password kept apart: the address that may be shown, and the secret that may not.

An address is a URL (`postgresql://host/db`, `mysql://host/db`), or the name of an environment variable that holds
one, or of a service in `~/.pg_service.conf`. Passwords come from where the database's own client looks for them; one
that stands in the address works too, but goes nowhere except into the connection.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from efficacy_analytics.errors import CallError


@dataclass(frozen=True)
class System:
    """A kind of database, in the words of its own client.

    Attributes:
        schemes: how an address of it begins; the first is the usual one.
        client: the program that speaks to it.
        password_variable: where the client takes a password from.
        password_places: all such places, as a hint names them.
    """

    schemes: tuple[str, ...]
    client: str
    password_variable: str
    password_places: str


POSTGRESQL = System(("postgresql://", "postgres://"), "psql", "PGPASSWORD", "~/.pgpass, PGPASSWORD or the service")
MYSQL = System(("mysql://", "mariadb://"), "mysql", "MYSQL_PWD", "MYSQL_PWD or ~/.my.cnf")
SYSTEMS = (POSTGRESQL, MYSQL)
HINT = (
    "write postgresql://host:5432/database or mysql://host:3306/database, "
    "and keep the password in ~/.pgpass or ~/.my.cnf"
)
SSL_MODES = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
MYSQL_OPTIONS = ("host", "port", "user", "database", "socket", "ssl-mode", "ssl-ca")
_SERVICE = re.compile(r"[\w.-]+")
_HALF_ESCAPED = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Address:
    """The address of a database.

    Attributes:
        parameters: what the client needs to connect, by the names of libpq or of MySQL's client, without secrets.
        secrets: passwords; never shown.
        system: what kind of database it is.
    """

    parameters: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    system: System = POSTGRESQL

    @property
    def label(self) -> str:
        """The address in messages: host and database, or the service."""
        if "service" in self.parameters:
            return f"service {self.parameters['service']}"
        host, port = self.parameters.get("host", "localhost"), self.parameters.get("port")
        database = self.parameters.get("dbname", self.parameters.get("database", ""))
        return f"{host}{f':{port}' if port else ''}/{database}"

    @property
    def url(self) -> str:
        """The address as it may be seen by others: without its secrets."""
        return f"{self.system.schemes[0]}/?{urlencode(self.parameters, quote_via=quote)}"

    def hidden(self, text: str) -> str:
        """The text without any of the secrets."""
        for secret in self.secrets.values():
            text = text.replace(secret, "***")
        return text


def is_address(text: str) -> bool:
    """Whether the text is a database's address rather than a file's path."""
    return text.startswith(tuple(scheme for system in SYSTEMS for scheme in system.schemes))


def address_of(text: str) -> Address:
    """The address a URL gives.

    Raises:
        CallError: it is none; the text is not repeated, for it may hold a password.
    """
    system = MYSQL if text.startswith(MYSQL.schemes) else POSTGRESQL
    given = _of_mysql(text) if system is MYSQL else _of_postgresql(text)
    password = given.pop("password", "")
    return Address(given, {"password": password} if password else {}, system)


def address_named(name: str) -> Address:
    """The address in the environment variable of that name, else the service of that name.

    Raises:
        CallError: the name is neither.
    """
    if name in os.environ:
        return address_of(os.environ[name])
    if is_address(name) or not _SERVICE.fullmatch(name):
        raise CallError(
            "--database takes the name of an environment variable or of a service in ~/.pg_service.conf.",
            hint="give the address itself in place of a path: efficacy ingest postgresql://host/database",
        )
    return Address({"service": name})


def _of_postgresql(text: str) -> dict[str, str]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        raise _unreadable() from None
    if "sslpassword" in given:
        raise CallError("the password of a key is not taken from an address.", hint="keep it in ~/.pg_service.conf")
    return given


def _of_mysql(text: str) -> dict[str, str]:
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port = str(parts.port or "")
    except ValueError:
        raise _unreadable() from None
    path = parts.path.removeprefix("/")
    if _HALF_ESCAPED.search(text) or parts.fragment or "/" in path:
        raise _unreadable()
    stated = {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": unquote(parts.hostname or ""),
        "port": port,
        "database": unquote(path),
    }
    given = {**{name: value for name, value in stated.items() if value}, **options}
    _check_mysql(given)
    return given


def _check_mysql(given: Mapping[str, str]) -> None:
    if not given.keys() <= {*MYSQL_OPTIONS, "password"}:
        raise CallError(
            "the address of the database has an option that is not known.", hint=f"known: {', '.join(MYSQL_OPTIONS)}"
        )
    if given.get("ssl-mode", SSL_MODES[0]).upper() not in SSL_MODES:
        raise CallError("the ssl-mode of the address is not known.", hint=f"one of {', '.join(SSL_MODES)}")
    if "database" not in given:
        raise CallError("the address names no database.", hint=HINT)


def _unreadable() -> CallError:
    return CallError(
        "the address of the database cannot be read.",
        hint=f"{HINT}; in an address % is written %25, @ is %40, / is %2F, # is %23",
    )
