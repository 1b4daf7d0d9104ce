"""Whatever happens to a pull from MySQL: one clear error without a secret or a value, and the next one goes on."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drawn_database import Wire
from support.drawn_mariadb import FILLED, SERVER, STEPS_LAYOUT, STEPS_TABLE, MariaServer, layout_of_steps
from support.drawn_pulls import pull, refused, rows_in
from support.intake import ingest_from
from support.ports import free_port

from efficacy_analytics.errors import InputRefusedError, SourceUnreachableError
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.database.pull_state import PullState
from efficacy_analytics.settings import settings

pytestmark = pytest.mark.usefixtures("quick_pulls")

SECRET = "Geheim-77%密"  # no password is only Latin
GUARDED = f"create or replace user guarded identified by '{SECRET}'"
MEAN = """
create or replace function mean() returns int modifies sql data
begin
    insert into steps (event_id) values (-1);
    return 1;
end
"""


@pytest.fixture(scope="module")
def office(mariadb: MariaServer) -> str:
    return mariadb.new_database(
        STEPS_TABLE, FILLED.format(rows=3000), "create table secret (a int)", GUARDED,
        "grant select on steps to guarded", "create or replace sequence numbers", MEAN,
    )  # fmt: skip


@pytest.fixture
def layout_file(tmp_path: Path) -> str:
    (tmp_path / "steps.toml").write_text(STEPS_LAYOUT.format(more=""))
    return str(tmp_path / "steps.toml")


@pytest.fixture(autouse=True)
def no_option_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MYSQL_PWD", raising=False)


@pytest.mark.parametrize(
    ("user", "password", "database", "table", "said"),
    [
        pytest.param("guarded", "Geheim-wrong", "", "steps", "Access denied for user", id="a wrong password"),
        pytest.param("guarded", "", "", "steps", "Access denied for user", id="no password"),
        pytest.param("nobody", "", "", "steps", "Access denied for user", id="no such user"),
        pytest.param("guarded", SECRET, "mysql", "steps", "Access denied for user", id="a database it may not see"),
        pytest.param(
            "guarded", SECRET, "", "secret", "does not allow reading [table.events]", id="no permission to read"
        ),
        pytest.param("root", "", "nowhere", "steps", "Unknown database 'nowhere'", id="no such database"),
        pytest.param("root", "", "", "nowhere", "has no such table: [table.events]", id="no such table"),
        pytest.param("root", "", "", "nowhere.steps", "has no such table: [table.events]", id="no such schema"),
        pytest.param("root", "", "", "a.b.c", "is not the name of a table", id="no name of a table"),
    ],
)
def test_who_may_not_read_is_told_at_once(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str,
    user: str, password: str, database: str, table: str, said: str,
) -> None:  # fmt: skip
    Path(layout_file).write_text(STEPS_LAYOUT.format(more="").replace('"steps"', f'"{table}"'))
    fault = refused(tmp_path / "lake", mariadb.address(database or office, user=user, password=password), layout_file)
    assert said in fault.problem
    assert (type(fault), fault.exit_code) == (InputRefusedError, 3)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://u:Geheim@no-such-host.invalid/office", "failed to resolve host 'no-such-host.invalid'"),
        ("mysql://u:Geheim@127.0.0.1:PORT/office", "Connection refused"),
        ("mysql:///office?socket=/nowhere&user=u&password=Geheim", "No such file or directory"),
    ],
)
def test_a_server_that_is_not_there_is_told(tmp_path: Path, layout_file: str, address: str, said: str) -> None:
    fault = refused(tmp_path / "lake", address.replace("PORT", str(free_port())), layout_file)
    assert said in fault.problem
    assert (type(fault), fault.exit_code) == (SourceUnreachableError, 3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("ssl-mode=REQUIRED", "SSL is required but the server doesn't support it"),
        ("ssl-ca=/etc/hostname", "certificates of ssl-ca cannot be read"),
        ("ssl-mode=VERIFY_CA&ssl-ca=/nowhere", "certificates of ssl-ca cannot be read"),
    ],
)
def test_a_connection_that_must_be_encrypted_is_never_made_in_clear(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str, options: str, said: str
) -> None:
    fault = refused(tmp_path / "lake", mariadb.address(office, options=options), layout_file)
    assert said in fault.problem


@pytest.mark.parametrize("port", ["many", "99999"])
def test_a_port_that_is_none_is_told(tmp_path: Path, layout_file: str, port: str) -> None:
    (tmp_path / ".my.cnf").write_text(f"[client]\nport={port}\n")
    for address in ("mysql://127.0.0.1/office", f"mysql://127.0.0.1/office?port={port}"):
        assert "is not a number of a port" in refused(tmp_path / "lake", address, layout_file).problem


@pytest.fixture(scope="module")
def certificates() -> Iterator[Path]:
    """A folder with two authorities, `own` and `other`, each vouching for this machine by its number alone."""
    openssl = shutil.which("openssl")
    if openssl is None or not SERVER.exists():
        pytest.skip("openssl or MariaDB is not installed")
    folder = Path(tempfile.mkdtemp(prefix="efficacy-certificates-", dir="/tmp"))  # where the server's user may read
    folder.chmod(0o755)
    made = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for name in ("own", "other"):
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        said = ["-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*made, *said, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        key.chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def test_a_connection_is_encrypted_and_the_server_known_as_the_address_asks(
    certificates: Path, tmp_path: Path, layout_file: str
) -> None:
    server = MariaServer(f"--ssl-cert={certificates / 'own.pem'}", f"--ssl-key={certificates / 'own.key'}")
    try:
        only_encrypted = "create user guarded identified by 'x' require ssl"
        office = server.new_database(STEPS_TABLE, only_encrypted, "grant select on steps to guarded")
        address = server.address(office, user="guarded", password="x", options="")
        own, other = certificates / "own.pem", certificates / "other.pem"
        for options in ("", "?ssl-mode=REQUIRED", f"?ssl-ca={own}", f"?ssl-mode=verify_identity&ssl-ca={own}"):
            assert ingest_from(tmp_path / "lake", address_of(address + options), layout_file) is None
        elsewhere = address.replace("127.0.0.1", "localhost")
        for options, said in (
            ("?ssl-mode=DISABLED", "Access denied"),
            (f"?ssl-ca={other}", "certificate verify failed"),
            ("?ssl-mode=VERIFY_CA", "certificate verify failed"),
        ):
            with pytest.raises(InputRefusedError, match=said):
                ingest_from(tmp_path / "lake", address_of(address + options), layout_file)
        assert ingest_from(tmp_path / "lake", address_of(f"{elsewhere}?ssl-ca={own}"), layout_file) is None
        known = address_of(f"{elsewhere}?ssl-mode=VERIFY_IDENTITY&ssl-ca={own}")
        with pytest.raises(SourceUnreachableError, match="localhost"):
            ingest_from(tmp_path / "lake", known, layout_file)
    finally:
        server.remove()


def test_the_options_of_a_file_and_a_password_of_the_environment_are_used(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(layout_file).write_text(STEPS_LAYOUT.format(more="").replace('"steps"', '"secret"'))
    named = address_of(f"mysql:///{office}?user=guarded&ssl-mode=disabled")
    monkeypatch.setenv("MYSQL_PWD", SECRET)
    (tmp_path / ".my.cnf").write_text(f"[client]\nport = {mariadb.port}\nhost=127.0.0.1\npassword=wrong\n")
    with pytest.raises(InputRefusedError, match="does not allow reading"):
        ingest_from(tmp_path / "lake", named, layout_file)
    monkeypatch.delenv("MYSQL_PWD")
    with pytest.raises(InputRefusedError, match="Access denied"):
        ingest_from(tmp_path / "lake", named, layout_file)
    (tmp_path / ".my.cnf").write_text(f"[client]\nsocket=/nowhere\npassword={SECRET}\n")
    with pytest.raises(InputRefusedError, match="does not allow reading"):
        ingest_from(tmp_path / "lake", address_of(mariadb.address(office, user="guarded")), layout_file)
    (tmp_path / ".my.cnf").write_text(f'[client]\nsocket={mariadb.socket}\npassword="{SECRET}"\n')
    with pytest.raises(InputRefusedError, match="does not allow reading"):
        ingest_from(tmp_path / "lake", named, layout_file)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("select * from nowhere", "has no such table", id="no such table"),
        pytest.param("select nowhere from steps", "has no such column", id="no such column"),
        pytest.param("select 1; delete from steps", "cannot read the SQL", id="two statements"),
        pytest.param("commit; delete from steps", "cannot read the SQL", id="a way out of the transaction"),
        pytest.param("commit", "cannot read the SQL", id="an end of the transaction"),
        pytest.param(
            "select 1) as x; delete from steps; -- ", "cannot read the SQL", id="a way out of the parentheses"
        ),
        pytest.param("select 1) as x, (select 2", "cannot read the SQL", id="a way out of the parentheses and back"),
        pytest.param("select 1 /* and", "cannot read the SQL", id="a comment without an end"),
        pytest.param("select 1 as a, ? as b", "cannot read the SQL", id="a place left open"),
        pytest.param("delete from steps", "does not let a pull write", id="a statement that writes"),
        pytest.param(
            "delete from steps returning *", "does not let a pull write", id="a statement that writes and gives"
        ),
        pytest.param("select event_id into @a from steps", "cannot read the SQL", id="into a variable"),
        pytest.param("select * from steps into outfile '/tmp/stolen'", "cannot read the SQL", id="into a file"),
        pytest.param("select *, mean() as m from steps", "does not let a pull write", id="a function that writes"),
        pytest.param("select *, nextval(numbers) as n from steps", "does not let a pull write", id="a sequence"),
    ],
)
def test_a_query_only_reads(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str, query: str, said: str
) -> None:
    Path(layout_file).write_text(STEPS_LAYOUT.format(more="resource = 'm'" if "as m" in query else "").replace(
        'table = "steps"', f'query = "{query}"'
    ))  # fmt: skip
    fault = refused(tmp_path / "lake", mariadb.address(office), layout_file)
    assert said in fault.problem
    assert mariadb.execute(office, "select count(*), min(event_id) from steps") == [(3000, 1)]


def test_no_message_repeats_a_value_of_the_database(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str
) -> None:
    query = "select *, exp(length(concat('Wang Wu ', activity)) * 999) as e from steps"
    Path(layout_file).write_text(
        STEPS_LAYOUT.format(more='resource = "e"').replace('table = "steps"', f'query = "{query}"')
    )
    fault = refused(tmp_path / "lake", mariadb.address(office), layout_file)
    assert "1690" in fault.problem
    assert "Wang" not in str(fault)


def test_a_statement_that_takes_too_long_is_told(
    mariadb: MariaServer, office: str, tmp_path: Path, layout_file: str
) -> None:
    (tmp_path / "settings.toml").write_text("[database]\nstatement_seconds = 1\n")
    query = "select *, sleep(0.01) as s from steps"
    Path(layout_file).write_text(
        STEPS_LAYOUT.format(more='resource = "s"').replace('table = "steps"', f'query = "{query}"')
    )
    fault = refused(tmp_path / "lake", mariadb.address(office), layout_file)
    assert "took longer" in fault.problem
    assert "statement_seconds" in fault.hint


def test_a_connection_that_is_cut_for_good_keeps_what_was_read(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=8000))
    wire, folder, layout = Wire(mariadb.port, *[300_000] + [2] * 4), tmp_path / "folder", layout_of_steps()
    folder.mkdir()
    with pytest.raises(SourceUnreachableError) as fault:
        pulled(tmp_path, folder, address_of(mariadb.address(office, port=wire.port)), layout, in_force=settings())
    wire.close()
    assert fault.value.exit_code == 3
    kept = len(list((folder / "events").glob("part-*.parquet")))
    assert 2 <= kept < 8
    begun: list[int] = []
    files = pulled(
        tmp_path, folder, address_of(mariadb.address(office)), layout,
        on_progress=lambda _, *counts: begun.extend(counts[:1]), in_force=settings(),
    )  # fmt: skip
    assert begun[0] == kept * 1000
    assert rows_in(files)["event_id"].n_unique() == rows_in(files).height == 8000


@pytest.mark.parametrize("step", [180, pytest.param(7, marks=pytest.mark.deep)])
def test_a_connection_may_be_cut_at_any_byte(mariadb: MariaServer, tmp_path: Path, step: int) -> None:
    """While it logs in, sets its session, begins, reads (3 rows) and ends."""
    (tmp_path / "settings.toml").write_text("[database]\nmost_tries = 1\n")
    settings.cache_clear()
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=3))
    folder, wire, outcomes = tmp_path / "folder", Wire(mariadb.port), []
    folder.mkdir()
    address = address_of(mariadb.address(office, port=wire.port))
    for cut_after_bytes in range(1, 3600, step):
        wire.cuts[:] = [cut_after_bytes]
        try:
            pulled(tmp_path, folder, address, layout_of_steps('deletions = "by_key"'), in_force=settings())
            outcomes.append("done")
        except SourceUnreachableError:
            outcomes.append("cut")
        PullState(folder).clear()
    wire.close()
    done = outcomes.index("done")
    assert 1500 < done * step < 3500
    assert set(outcomes[:done]) == {"cut"}
    assert set(outcomes[done:]) == {"done"}


def test_a_server_that_restarts_is_waited_for(
    mariadb: MariaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=8000))
    told: list[str] = []

    def restart(message: str, *counts: int) -> None:
        told.append(message)
        if counts and counts[0] == 2000 and not any("trying again" in one for one in told):
            mariadb.stop()
            threading.Thread(target=lambda: (time.sleep(0.2), mariadb.start())).start()

    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1000\nfirst_wait_seconds = 0.5\nmost_tries = 8\n")
    settings.cache_clear()
    rows = pull(tmp_path / "lake", mariadb.address(office), layout_of_steps(), on_progress=restart)
    assert any("trying again" in message for message in told)
    assert rows["event_id"].n_unique() == rows.height == 8000


ENVIRONMENT = {"PATH", "PYTHONPATH", "EFFICACY_SETTINGS", "HOME", "LANG"}


@pytest.mark.deep
def test_a_password_is_nowhere_to_be_seen(mariadb: MariaServer, tmp_path: Path, layout_file: str) -> None:
    """Neither in the list of processes, nor in messages, nor in any file of the lake, while the pull waits."""
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=50), GUARDED, "grant select on steps to guarded")
    lake = tmp_path / "lake"
    address = mariadb.address(office, user="guarded", password=SECRET)
    call = [sys.executable, "-m", "efficacy_analytics", "ingest", address, "--layout", layout_file, "--lake", str(lake)]
    kept = {name: value for name, value in os.environ.items() if name in ENVIRONMENT}
    with (
        mariadb.connect(office) as holder,
        holder.cursor() as cursor,
        subprocess.Popen(call, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
    ):
        cursor.execute("lock table steps write")
        waiting = "select count(*) from information_schema.processlist where user = 'guarded' and state like 'Waiting%'"
        for _ in range(200):
            if mariadb.execute(office, waiting) == [(1,)]:
                break
            time.sleep(0.05)
        title = Path(f"/proc/{process.pid}/cmdline").read_text()
        written = [path.read_bytes() for path in lake.rglob("*") if path.is_file()]
        cursor.execute("unlock tables")
        out, err = process.communicate(timeout=60)
    assert "guarded" in title
    assert "efficacy_analytics" in title
    for text in (title, out, err, *map(str, written)):
        assert not re.search("Geheim", text)
    assert "rows of events" in err


def packet(number: int, content: bytes) -> bytes:
    return len(content).to_bytes(3, "little") + bytes([number]) + content


def greeting(method: bytes) -> bytes:
    """The first words of a server of MySQL 8 without TLS, by its protocol."""
    capabilities = 0x0008_8200 | 0x000F_0000  # protocol 4.1, secure connection, ways to log in by name
    low, high = capabilities & 0xFFFF, capabilities >> 16
    head = b"\x0a8.4.0\x00" + (1).to_bytes(4, "little") + b"12345678\x00" + low.to_bytes(2, "little")
    return (
        head
        + b"\xff\x02\x00"
        + high.to_bytes(2, "little")
        + b"\x15"
        + bytes(10)
        + b"123456789012\x00"
        + method
        + b"\x00"
    )


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says the words it is given, one after each answer; its port, and what it was told."""
    words, told = request.param, []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            for number, word in enumerate(words):
                client.sendall(packet(2 * number, word))
                told.append(client.recv(4096))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], told
    listener.close()
    thread.join(5)


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        pytest.param(
            [greeting(b"caching_sha2_password"), b"\x01\x04", b"\x01-----BEGIN PUBLIC KEY-----"],
            "takes this user's password only over TLS, or encrypted by the package cryptography",
            id="encrypted, as MySQL 8 does",
        ),
        pytest.param(
            [greeting(b"mysql_native_password"), b"\xfemysql_clear_password\x00"],
            "asks for the password in clear",
            id="in clear",
        ),
        pytest.param(
            [greeting(b"mysql_native_password"), b"\xfedialog\x00\x04Password: "],
            "asks for the password in clear",
            id="by a dialogue",
        ),
    ],
    indirect=["answering"],
)  # fmt: skip
def test_a_server_that_wants_the_password_otherwise_does_not_get_it(
    answering: tuple[int, list[bytes]], tmp_path: Path, layout_file: str, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    from pymysql import _auth

    monkeypatch.setattr(_auth, "_have_cryptography", False)
    port, told = answering
    fault = refused(tmp_path / "lake", f"mysql://guarded:Geheim@127.0.0.1:{port}/office", layout_file)
    assert said in fault.problem
    assert type(fault) is InputRefusedError
    assert not any(b"Geheim" in word for word in told)
