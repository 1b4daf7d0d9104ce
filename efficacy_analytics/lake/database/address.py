"""Where a database is, with its password kept apart: the address that may be shown, and the secret that may not.

An address is a URL (`postgresql://host/db`), or the name of an environment variable that holds one, or of a service
in `~/.pg_service.conf`. Passwords come from `~/.pgpass`, the service or `PGPASSWORD`; one that stands in the
address works too, but goes nowhere except into the connection.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from efficacy_analytics.errors import CallError

SCHEMES = ("postgresql://", "postgres://")
HINT = "write postgresql://host:5432/database, and keep the password in ~/.pgpass"
_SERVICE = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Address:
    """The address of a database.

    Attributes:
        parameters: what the client needs to connect, by libpq's names, without secrets.
        secrets: passwords; never shown.
    """

    parameters: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        """The address in messages: host and database, or the service."""
        if "service" in self.parameters:
            return f"service {self.parameters['service']}"
        host, port = self.parameters.get("host", "localhost"), self.parameters.get("port")
        return f"{host}{f':{port}' if port else ''}/{self.parameters.get('dbname', '')}"

    def hidden(self, text: str) -> str:
        """The text without any of the secrets."""
        for secret in self.secrets.values():
            text = text.replace(secret, "***")
        return text


def is_address(text: str) -> bool:
    """Whether the text is a database's address rather than a file's path."""
    return text.startswith(SCHEMES)


def address_of(text: str) -> Address:
    """The address a URL gives.

    Raises:
        CallError: it is none; the text is not repeated, for it may hold a password.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        raise CallError("the address of the database cannot be read.", hint=HINT) from None
    if "sslpassword" in given:
        raise CallError("the password of a key is not taken from an address.", hint="keep it in ~/.pg_service.conf")
    password = given.pop("password", "")
    return Address(given, {"password": password} if password else {})


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
