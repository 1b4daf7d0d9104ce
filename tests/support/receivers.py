"""Servers on this machine that are told of runs: one that takes mail, with TLS and a login, and one of the web."""

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from support.ports import free_port

USER, PASSWORD = "efficacy", "correct horse"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost` and its key, made now; skips where openssl is not installed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here")
    made, key = folder / "localhost.pem", folder / "localhost.key"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(["openssl", *words.split(), "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    return made, key


class Mailbox:
    """What a mail server took, as messages.

    Attributes:
        messages: in the order in which they came.
        is_refusing: whether it refuses what comes.
        logins: the users who logged in.
        were_secret: for each message whether it came over TLS.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.logins: list[str] = []
        self.were_secret: list[bool] = []
        self.is_refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Takes a message, or does not."""
        if self.is_refusing:
            return "451 try again later"
        self.messages.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.were_secret.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        return "250 taken"

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Whether somebody may send."""
        self.logins.append(data.login.decode())
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))


@contextmanager
def mail_server(security: str, folder: Path) -> Iterator[tuple[Mailbox, int]]:
    """A mail server on a free port of this machine: "starttls" and "tls" ask for a login, "none" does not."""
    box, given = Mailbox(), {}
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
        given = (
            {"tls_context": context, "require_starttls": True} if security == "starttls" else {"ssl_context": context}
        )
        given |= {"authenticator": box.login, "auth_required": True, "auth_require_tls": security == "starttls"}
    controller = Controller(box, hostname="localhost", port=0, **given)
    controller.port = free_port()
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


@contextmanager
def web_server() -> Iterator[tuple[list[tuple[str, Any]], str]]:
    """What a web server was asked for (path, and the JSON that was sent), and its address; `/broken` answers 500."""
    asked: list[tuple[str, Any]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answered(body)

        def do_GET(self) -> None:
            self._answered(None)

        def _answered(self, body: Any) -> None:
            asked.append((self.path, body))
            self.send_response(500 if self.path == "/broken" else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("localhost", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield asked, f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
