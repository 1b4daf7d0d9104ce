"""A PostgreSQL server of the test's own, databases on it, and a wire that can be cut."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from support.ports import free_port

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
OWNER = "postgres"
HBA = """
local all all trust
host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "20"}


class Server:
    """A server in a folder under /tmp, on a free port of 127.0.0.1 and a socket in its folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="efficacy-postgres-", dir="/tmp"))
        self.user = OWNER if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(OWNER).pw_uid, -1)
        self.port, self.database_count = free_port(), 0
        self._run("initdb", "-D", "data", "-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8")
        (self.folder / "data" / "pg_hba.conf").write_text(HBA)
        self.start()

    def start(self) -> None:
        chosen = {**FAST, "port": str(self.port), "listen_addresses": "127.0.0.1"}
        options = " ".join(f"-c {name}={value}" for name, value in chosen.items()) + f" -k {self.folder}"
        self._run("pg_ctl", "-D", "data", "-w", "-o", options, "-l", "log", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder)

    def connect(self, database: str = OWNER) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.folder), port=self.port, user=OWNER, dbname=database, autocommit=True)

    def execute(self, database: str, *statements: str) -> list[tuple[Any, ...]]:
        """Runs statements; the rows of the last."""
        with self.connect(database) as connection:
            for statement in statements:
                cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def new_database(self, *statements: str, options: str = "") -> str:
        """A new database, filled by the statements; its name."""
        self.database_count += 1
        name = f"office_{self.database_count}"
        self.execute(OWNER, f"create database {name} {options}")
        if statements:
            self.execute(name, *statements)
        return name

    def address(self, database: str, *, user: str = OWNER, password: str = "", port: int = 0) -> str:
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{port or self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [BINARIES[-1] / program, *arguments], cwd=self.folder, user=self.user, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip


class Wire:
    """A proxy before the server that cuts each connection after so many bytes of answers, while it has cuts left."""

    def __init__(self, port: int, *cut_after_bytes: int) -> None:
        self.target, self.cuts = port, list(cut_after_bytes)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._carry, args=(near, far, None), daemon=True).start()
                left = self.cuts.pop(0) if self.cuts else None
                threading.Thread(target=self._carry, args=(far, near, left), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, left: int | None) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece if left is None else piece[:left])
                left = None if left is None else left - len(piece)
                if left is not None and left <= 0:
                    break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def served() -> Iterator[Server]:
    """A server for the session; skipped where PostgreSQL is not installed."""
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    server = Server()
    try:
        yield server
    finally:
        server.remove()
