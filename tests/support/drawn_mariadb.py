"""A MariaDB server of the test's own, databases on it, and a table of steps as `drawn_pulls` has it of PostgreSQL."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from support.drawn_pulls import STEPS
from support.ports import free_port

SERVER, TABLES = Path("/usr/sbin/mariadbd"), Path("/usr/share/mysql")
SYSTEM = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
OWNER, SERVICE = "root", "mysql"
SMALL = {
    "innodb-buffer-pool-size": "32M",
    "innodb-log-file-size": "4M",
    "innodb-data-file-path": "ibdata1:4M:autoextend",
    "innodb-temp-data-file-path": "ibtmp1:4M:autoextend",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "innodb-flush-method": "nosync",
    "performance-schema": "off",
    "bind-address": "127.0.0.1",
}
ABROAD = {"TZ": "Asia/Shanghai"}
"""The server's own zone is none of ours."""

STEPS_TABLE = """
create table steps (
    event_id bigint primary key, case_id varchar(20), activity varchar(40), completed_at timestamp null,
    is_deleted boolean, updated_at timestamp(6) not null default current_timestamp(6), unread text
) default character set utf8mb4
"""
FILLED = """
insert into steps
select
    seq, concat('C', floor(seq / 8)), elt(1 + seq % 4, '受理', '审查', '决定', '办结'),
    timestamp'2023-12-31 16:00:00' + interval seq * 37 second, false,
    timestamp'2024-12-31 16:00:00' + interval seq * 1000 microsecond, 'never read'
from seq_1_to_{rows}
"""
STEPS_LAYOUT = STEPS.replace("public.steps", "steps")


def layout_of_steps(more: str = 'deleted = "is_deleted"', *, top: str = "", end: str = "") -> Layout:
    """A layout over the table `steps`, with further lines of it, and others above and below."""
    return parsed_layout(top + STEPS_LAYOUT.format(more=more) + end, "steps")


class MariaServer:
    """A server in a folder under /tmp, on a free port of 127.0.0.1 and a socket in its folder.

    Args:
        options: of the server, beside those of every server here.
    """

    def __init__(self, *options: str) -> None:
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="efficacy-mariadb-", dir="/tmp"))
        self.user = SERVICE if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(SERVICE).pw_uid, -1)
        self.socket, self.port, self.database_count = self.folder / "socket", free_port(), 0
        tables = "".join((TABLES / name).read_text(encoding="utf-8") for name in SYSTEM)
        (self.folder / "data").mkdir()
        if self.user:
            os.chown(self.folder / "data", pwd.getpwnam(SERVICE).pw_uid, -1)
        subprocess.run(
            [*self._command(), "--bootstrap"], input=f"create database mysql;\nuse mysql;\n{tables}", text=True,
            check=True, user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*self._command(), f"--socket={self.socket}", f"--port={self.port}", *self.options],
                user=self.user, stdout=log, stderr=log, env={**os.environ, **ABROAD},
            )  # fmt: skip
        for _ in range(600):
            if self.socket.exists():
                with contextlib.suppress(Exception):
                    return self.connect("mysql").close()
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def connect(self, database: str) -> Any:
        import pymysql

        return pymysql.connect(
            unix_socket=str(self.socket), user=OWNER, database=database, autocommit=True,
            init_command="set time_zone = '+00:00'", ssl_disabled=True,
        )  # fmt: skip

    def execute(self, database: str, *statements: str) -> list[tuple[Any, ...]]:
        """Runs statements; the rows of the last."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def new_database(self, *statements: str) -> str:
        """A new database, filled by the statements; its name."""
        self.database_count += 1
        name = f"office_{self.database_count}"
        self.execute("mysql", f"create database {name} character set utf8mb4")
        if statements:
            self.execute(name, *statements)
        return name

    def address(
        self, database: str, *, user: str = OWNER, password: str = "", port: int = 0, options: str = "ssl-mode=DISABLED"
    ) -> str:
        """An address of the server; in clear unless said, for what the machine trusts takes 30 ms to be read."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"mysql://{user}{secret}@127.0.0.1:{port or self.port}/{database}" + (options and f"?{options}")

    def _command(self) -> list[str]:
        options = [f"--{name}={value}" for name, value in SMALL.items()]
        return [str(SERVER), "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-name-resolve", *options]


def mariadb_served() -> Iterator[MariaServer]:
    """A server for the session; skipped where MariaDB is not installed."""
    if not SERVER.exists():
        pytest.skip("MariaDB is not installed (apt-get install mariadb-server)")
    server = MariaServer()
    try:
        yield server
    finally:
        server.remove()
