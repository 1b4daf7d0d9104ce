"""Serves a site that was built: read-only, its own files and no others, and keeps a log of who opened what is internal.

The server has no directory listing and makes no path: it gives `index.html`, `definitions.html` and the files of
`documents/` by their names, none of them through a link. It speaks HTTP without encryption, so beyond this machine it
belongs behind a proxy that has TLS.

The log, `site_log/<month>.jsonl` in the lake, has a line for each internal document that was opened: `at`, `reader`,
`address`, `document`. Where it cannot be written nothing internal is given out.
"""

import datetime as dt
import json
import os
import re
import socket
import stat
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.workflows.site.build import DOCUMENTS, MARK
from efficacy_analytics.workflows.site.readers import Readers, is_loopback

LOG: Final = "site_log"
PAGES: Final = ("index.html", "definitions.html")
NAME: Final = re.compile(rf"{DOCUMENTS}/[^/\\\x00-\x1f.][^/\\\x00-\x1f]*")
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What is served, by its end; nothing else is."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
IDLE_SECONDS: Final = 30
MOST_CONNECTIONS: Final = 64


class SiteServer(ThreadingHTTPServer):
    """A server of one site.

    Args:
        lake: the lake, which keeps the log.
        folder: the site.
        host: the address to listen on.
        port: the port; 0 for any that is free.
        readers: who may read.

    Raises:
        CallError: the folder is no site, or anybody in the network could read it.
        EfficacyError: the address cannot be listened on.
    """

    daemon_threads = True

    def __init__(self, lake: Path, folder: Path, host: str, port: int, readers: Readers) -> None:
        if not (folder / MARK).is_file():
            raise CallError(f"{folder} is no site.", hint="`efficacy site` builds one")
        readers.check()
        self.lake, self.folder, self.readers = lake, folder, readers
        self.is_local = is_loopback(host)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.writing = threading.Lock()
        self.free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        try:
            super().__init__((host, port), Handler)
        except (OSError, OverflowError) as fault:
            raise EfficacyError(
                f"{host}, port {port}, cannot be listened on: {fault}.", hint="give another: --host, --port"
            ) from None

    @property
    def address(self) -> str:
        """Where the site is read."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """A connection more, if there are not too many."""
        if not self.free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Gives a connection its answers, and its place to the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who goes away is no error of ours."""

    def is_internal(self, name: str) -> bool:
        """Whether a file of the site is of the internal edition; whatever is not known to be public is."""
        try:
            told = json.loads((self.folder / MARK).read_text(encoding="utf-8"))
            known = dict(told["editions"])
        except (OSError, ValueError, KeyError, TypeError):
            return True
        if name in PAGES:  # the index names what the site holds
            return name == PAGES[0] and set(known.values()) != {"public"}
        return known.get(name.rpartition("/")[2]) != "public"

    def log_opened(self, reader: str, peer: str, name: str) -> None:
        """Keeps who opened an internal document."""
        now = dt.datetime.now(dt.UTC)
        told = {"at": now.isoformat(timespec="seconds"), "reader": reader, "address": peer, "document": name}
        folder = self.lake / LOG
        with self.writing:
            folder.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
            file = os.open(folder / f"{now:%Y-%m}.jsonl", flags, 0o600)
            try:
                os.write(file, (json.dumps(told, ensure_ascii=False) + "\n").encode())
            finally:
                os.close(file)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection: GET and HEAD, and nothing else."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "efficacy", ""
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Gives a file."""
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        """Says how long a file is."""
        self._answer(with_content=False)

    def _answer(self, *, with_content: bool) -> None:
        if self.headers.get("Content-Length", "0") != "0" or self.headers.get("Transfer-Encoding"):
            self.close_connection = True  # what a reader sends along is never read
        is_direct = self.server.is_local and not self.server.readers.user_header  # a proxy hands on its own name
        if is_direct and not self._is_asked_here():
            return self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        name = _name(self.path)
        content = None if name is None else _content(self.server.folder, name)
        reader = self.server.readers.reader(self._single_headers(), str(self.client_address[0]))
        if reader is None and not self._is_for_all(name, content):
            return self._refuse(HTTPStatus.UNAUTHORIZED)
        if name is None or content is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        if self.server.is_internal(name) and name not in PAGES and with_content:
            try:
                self.server.log_opened(str(reader), str(self.client_address[0]), name)
            except OSError:
                return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        return self._give(HTTPStatus.OK, TYPES[Path(name).suffix], content, with_content=with_content)

    def _single_headers(self) -> dict[str, str]:
        """The headers that came once: of two that name a reader nobody knows which the proxy wrote."""
        names = [name.lower() for name in self.headers]
        return {name: str(self.headers[name]) for name in names if names.count(name) == 1}

    def _is_asked_here(self) -> bool:
        """Whether the page that asks was opened under a name of this machine: one of a stranger may point here too."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        return host is not None and is_loopback(host)

    def _is_for_all(self, name: str | None, content: bytes | None) -> bool:
        return name is not None and content is not None and not self.server.is_internal(name)

    def _refuse(self, status: HTTPStatus) -> None:
        self._give(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode(), with_content=True)

    def _give(self, status: HTTPStatus, kind: str, content: bytes, *, with_content: bool) -> None:
        self.send_response(status)
        for header, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(header, value)
        if status == HTTPStatus.UNAUTHORIZED and not self.server.readers.user_header:
            self.send_header("WWW-Authenticate", 'Basic realm="efficacy", charset="UTF-8"')
        self.end_headers()
        if with_content and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said on the terminal: paths and names of readers stand in the log."""


def _name(path: str) -> str | None:
    """The name of a file of the site that a path asks for; none where it asks for anything else."""
    try:
        name = unquote(urlsplit(path).path, errors="strict").removeprefix("/") or PAGES[0]
    except ValueError:
        return None
    is_known = name in PAGES or NAME.fullmatch(name) is not None
    return name if is_known and Path(name).suffix in TYPES else None


def _content(folder: Path, name: str) -> bytes | None:
    """A plain file of the site; none where there is no such, or a link stands in its place."""
    parent, _, file = name.rpartition("/")
    try:
        inside = os.open(folder / parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inside)
    except OSError:
        return None
    finally:
        os.close(inside)
    with os.fdopen(opened, "rb") as held:
        return held.read() if stat.S_ISREG(os.fstat(held.fileno()).st_mode) else None
