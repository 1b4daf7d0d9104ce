"""Messages to other machines: mail by SMTP, a JSON object by POST, an address that is asked for.

Certificates are checked; a password is never sent in clear to another machine. What goes wrong comes as one error, so
that the message can be kept and sent later.
"""

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from efficacy_analytics.errors import CallError, NotToldError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailServer:
    """A server that takes mail.

    Attributes:
        host: its name.
        port: its port.
        security: "starttls", "tls" from the first byte, or "none".
        user: who logs in; empty: nobody does.
        password: with which password.
        ca_file: a file of certificates to trust instead of the system's; empty: the system's.
        timeout_seconds: how long it may take to answer.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    ca_file: str = ""
    timeout_seconds: float = 20.0


def send_mail(server: MailServer, message: EmailMessage) -> None:
    """Hands a message over to a server.

    Raises:
        CallError: a password would go in clear to another machine.
        NotToldError: the server is away, its certificate is not valid, or it refuses.
    """
    if server.user and server.security == "none" and server.host not in LOOPBACK:
        raise CallError(
            f"the password for {server.host} would be sent in clear.", hint='set security = "starttls" or "tls"'
        )
    try:
        with _connected(server) as connection:
            if server.security == "starttls":
                connection.starttls(context=_context(server))
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        raise NotToldError(
            f"the mail server {server.host}:{server.port} did not take the message ({_kind(fault)}).",
            hint="it is kept and sent with the next run",
        ) from None


def _connected(server: MailServer) -> smtplib.SMTP:
    place: tuple[str, int] = (server.host, server.port)
    if server.security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=server.timeout_seconds, context=_context(server))
    return smtplib.SMTP(*place, timeout=server.timeout_seconds)


def _context(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


def post_json(address: str, facts: Mapping[str, Any], *, timeout_seconds: float) -> None:
    """Sends a JSON object to an address.

    Raises:
        CallError: the address is not one of the web.
        NotToldError: the server is away or refuses.
    """
    body = json.dumps(facts, ensure_ascii=False).encode()
    _asked(urllib.request.Request(address, body, {"Content-Type": "application/json"}), timeout_seconds)


def ask_for(address: str, *, timeout_seconds: float) -> None:
    """Asks for an address and forgets the answer.

    Raises:
        CallError: the address is not one of the web.
        NotToldError: the server is away or refuses.
    """
    _asked(urllib.request.Request(address), timeout_seconds)


def _asked(request: urllib.request.Request, timeout_seconds: float) -> None:
    """The address may hold a secret of its own, so that only the machine is named."""
    parts = urlsplit(request.full_url)
    if parts.scheme not in ("http", "https"):
        raise CallError(f"'{parts.scheme}' is no scheme of a web address.", hint="write http:// or https://")
    try:
        with urllib.request.urlopen(request, timeout=timeout_seconds):
            pass
    except OSError as fault:
        if isinstance(fault, urllib.error.HTTPError):
            fault.close()
        raise NotToldError(
            f"{parts.hostname} did not take the message ({_kind(fault)}).", hint="it is kept and sent with the next run"
        ) from None


def _kind(fault: BaseException) -> str:
    """The kind of a fault, and its number where a server gave one; never its words, which may quote an address."""
    code = getattr(fault, "code", None) or getattr(fault, "smtp_code", None)
    reason = getattr(fault, "reason", None)
    kind = type(reason if isinstance(reason, BaseException) else fault).__name__
    return f"{kind} {code}" if code else kind
