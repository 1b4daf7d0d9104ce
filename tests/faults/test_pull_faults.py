"""Whatever happens to a pull: one clear error without a secret, the lake as it was, and the next one goes on."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.drawn_database import Server, Wire
from support.drawn_pulls import FILLED, STEPS, STEPS_TABLE, layout_of_steps, pull, refused, rows_in
from support.intake import ingest_from
from support.ports import free_port

from efficacy_analytics.errors import InputRefusedError, LakeBusyError, SourceUnreachableError
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.database.pull_state import PullState
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import settings

pytestmark = pytest.mark.usefixtures("quick_pulls")

SECRET = "Geheim-77%25"  # a password with a % in it, as a URL writes it
GUARDED = "create role guarded login password 'Geheim-77%'"


@pytest.fixture(scope="module")
def office(postgres: Server) -> str:
    return postgres.new_database(STEPS_TABLE, FILLED.format(rows=9000), GUARDED, "create sequence numbers")


@pytest.fixture
def layout_file(tmp_path: Path) -> str:
    (tmp_path / "steps.toml").write_text(STEPS.format(more=""))
    return str(tmp_path / "steps.toml")


@pytest.mark.parametrize(
    ("user", "password", "database", "said"),
    [
        pytest.param("guarded", "Geheim-wrong", "", "password authentication failed", id="a wrong password"),
        pytest.param("guarded", "", "", "no password supplied", id="no password"),
        pytest.param("guarded", SECRET, "", "does not allow reading", id="no permission to read"),
        pytest.param("nobody", "", "", 'role "nobody" does not exist', id="no such user"),
        pytest.param("postgres", "", "nowhere", 'database "nowhere" does not exist', id="no such database"),
    ],
)
def test_who_may_not_read_is_told_at_once(
    postgres: Server, office: str, tmp_path: Path, layout_file: str, user: str, password: str, database: str, said: str
) -> None:
    address = postgres.address(database or office, user=user, password=password)
    fault = refused(tmp_path / "lake", address, layout_file)
    assert said in fault.problem
    assert (type(fault), fault.exit_code) == (InputRefusedError, 3)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://u:Geheim@no-such-host.invalid/office", "failed to resolve host 'no-such-host.invalid'"),
        ("postgresql://u:Geheim@127.0.0.1:PORT/office", "Connection refused"),
        ("postgresql:///office?host=/nowhere&password=Geheim", "No such file or directory"),
    ],
)
def test_a_server_that_is_not_there_is_told(tmp_path: Path, layout_file: str, address: str, said: str) -> None:
    fault = refused(tmp_path / "lake", address.replace("PORT", str(free_port())), layout_file)
    assert said in fault.problem
    assert (type(fault), fault.exit_code) == (SourceUnreachableError, 3)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("select * from nowhere", "has no such table", id="no such table"),
        pytest.param("select * from nowhere.steps", "has no such table", id="no such schema"),
        pytest.param("select nowhere from steps", "has no such column", id="no such column"),
        pytest.param("select 1; delete from steps", "cannot read the SQL", id="two statements"),
        pytest.param("commit; delete from steps", "cannot read the SQL", id="a way out of the transaction"),
        pytest.param("select 1) as x; delete from steps; --", "cannot read the SQL", id="a way out of the parentheses"),
        pytest.param("delete from steps returning *", "cannot read the SQL", id="a statement that writes"),
        pytest.param("with gone as (delete from steps returning *) select * from gone", "", id="a part that writes"),
        pytest.param(
            "select *, nextval('numbers') from steps", "does not let a pull write", id="a function that writes"
        ),
    ],
)
def test_a_query_only_reads(
    postgres: Server, office: str, tmp_path: Path, layout_file: str, query: str, said: str
) -> None:
    Path(layout_file).write_text(STEPS.format(more="").replace('table = "public.steps"', f'query = "{query}"'))
    fault = refused(tmp_path / "lake", postgres.address(office), layout_file)
    assert said in fault.problem
    assert postgres.execute(office, "select count(*) from steps") == [(9000,)]


def test_no_message_repeats_a_value_of_the_database(
    postgres: Server, office: str, tmp_path: Path, layout_file: str
) -> None:
    query = "select event_id, ('Wang Wu ' || activity)::int as case_id, activity, completed_at, updated_at from steps"
    Path(layout_file).write_text(STEPS.format(more="").replace('table = "public.steps"', f'query = "{query}"'))
    fault = refused(tmp_path / "lake", postgres.address(office), layout_file)
    assert "InvalidTextRepresentation, 22P02" in fault.problem
    assert "Wang" not in str(fault)


def test_a_connection_that_is_cut_for_good_keeps_what_was_read(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=60_000))
    folder, layout, address = tmp_path / "folder", layout_of_steps(), address_of(postgres.address(office))
    folder.mkdir()

    def cut(message: str, *counts: int) -> None:
        if counts and counts[0] == 3000:  # no way back, and then cut
            postgres.execute("postgres", f"alter database {office} allow_connections false", CUT.format(office=office))

    with pytest.raises(SourceUnreachableError, match="not currently accepting connections") as fault:
        pulled(tmp_path, folder, address, layout, on_progress=cut, in_force=settings())
    assert fault.value.exit_code == 3
    kept = len(list((folder / "events").glob("part-*.parquet")))
    assert 3 <= kept < 60
    postgres.execute("postgres", f"alter database {office} allow_connections true")
    begun: list[int] = []
    files = pulled(
        tmp_path, folder, address, layout, on_progress=lambda _, *counts: begun.extend(counts[:1]), in_force=settings()
    )
    assert begun[0] == kept * 1000
    assert rows_in(files)["event_id"].n_unique() == rows_in(files).height == 60_000


CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{office}'"


@pytest.mark.parametrize("step", [90, pytest.param(7, marks=pytest.mark.deep)])
def test_a_connection_may_be_cut_at_any_byte(postgres: Server, tmp_path: Path, step: int) -> None:
    """While it logs in, sets its session, begins, reads (3 rows: some 3,100 bytes of answers) and ends."""
    (tmp_path / "settings.toml").write_text("[database]\nmost_tries = 1\n")
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=3))
    folder, wire, cut_count = tmp_path / "folder", Wire(postgres.port), 0
    folder.mkdir()
    address = address_of(postgres.address(office, port=wire.port))
    for cut_after_bytes in range(1, 3300, step):
        wire.cuts[:] = [cut_after_bytes]
        try:
            pulled(tmp_path, folder, address, layout_of_steps('deletions = "by_key"'), in_force=settings())
        except SourceUnreachableError:
            cut_count += 1
        PullState(folder).clear()
    wire.close()
    assert 0.9 < cut_count * step / 3300 < 1


def test_a_server_that_restarts_is_waited_for(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=60_000))
    told: list[str] = []

    def restart(message: str, *counts: int) -> None:
        told.append(message)
        if counts and counts[0] == 2000 and not any("trying again" in one for one in told):
            postgres.stop()
            threading.Thread(target=lambda: (time.sleep(0.2), postgres.start())).start()

    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1000\nfirst_wait_seconds = 0.2\nmost_tries = 8\n")
    rows = pull(tmp_path / "lake", postgres.address(office), layout_of_steps(), on_progress=restart)
    assert any("trying again" in message for message in told)
    assert rows["event_id"].n_unique() == rows.height == 60_000


def test_a_statement_that_takes_too_long_is_told(
    postgres: Server, office: str, tmp_path: Path, layout_file: str
) -> None:
    (tmp_path / "settings.toml").write_text("[database]\nstatement_seconds = 1\n")
    slow = "select *, pg_sleep(0.01) from steps"
    Path(layout_file).write_text(STEPS.format(more="").replace('table = "public.steps"', f'query = "{slow}"'))
    fault = refused(tmp_path / "lake", postgres.address(office), layout_file)
    assert "took longer" in fault.problem
    assert "statement_seconds" in fault.hint


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.drawn_pulls import layout_of_steps
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.settings import settings
def told(message, rows=0, expected=0):
    if rows == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
folder = Path(sys.argv[2])
pulled(folder.parent, folder, address_of(sys.argv[3]), layout_of_steps(), on_progress=told, in_force=settings())
"""


def test_a_pull_that_is_killed_goes_on_to_the_same_files(postgres: Server, office: str, tmp_path: Path) -> None:
    address = postgres.address(office)
    folders = [tmp_path / name for name in ("undisturbed", "killed")]
    for folder in folders:
        folder.mkdir()
    for rows in (1000, 4000, 9000):
        tests = str(Path(__file__).resolve().parent.parent)
        call = [sys.executable, "-c", KILLED, tests, str(folders[1]), address, str(rows)]
        assert subprocess.run(call, env=os.environ, check=False).returncode == -signal.SIGKILL
    (folders[1] / "events" / "part-99999.parquet").write_bytes(b"half written")
    (folders[1] / ".state.json").write_text("{half")
    files = [
        pulled(tmp_path, folder, address_of(address), layout_of_steps(), in_force=settings()) for folder in folders
    ]
    read = [{file.name: file.read_bytes() for file in some} for some in files]
    assert len(read[0]) == 9
    assert read[0] == read[1]


def test_two_pulls_of_one_source_do_not_meet(postgres: Server, office: str, tmp_path: Path, layout_file: str) -> None:
    with only_writer(tmp_path / "lake" / ".pull-steps"), pytest.raises(LakeBusyError) as fault:
        ingest_from(tmp_path / "lake", address_of(postgres.address(office)), layout_file)
    assert fault.value.exit_code == 6


ENVIRONMENT = {"PATH", "PYTHONPATH", "EFFICACY_SETTINGS", "HOME", "LANG"}


def test_a_password_is_nowhere_to_be_seen(postgres: Server, tmp_path: Path, layout_file: str) -> None:
    """Neither in the list of processes, nor in messages, nor in any file of the lake, while the pull waits."""
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=50), "grant select on steps to guarded")
    lake = tmp_path / "lake"
    address = postgres.address(office, user="guarded", password=SECRET)
    call = [sys.executable, "-m", "efficacy_analytics", "ingest", address, "--layout", layout_file, "--lake", str(lake)]
    kept = {name: value for name, value in os.environ.items() if name in ENVIRONMENT}
    with (
        postgres.connect(office) as holder,
        subprocess.Popen(call, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
    ):
        holder.execute("begin")
        holder.execute("lock table steps in access exclusive mode")
        waiting = "select count(*) from pg_stat_activity where usename = 'guarded' and wait_event_type = 'Lock'"
        for _ in range(200):
            if postgres.execute(office, waiting) == [(1,)]:
                break
            time.sleep(0.05)
        title = Path(f"/proc/{process.pid}/cmdline").read_text()
        written = [path.read_bytes() for path in lake.rglob("*") if path.is_file()]
        holder.execute("rollback")
        out, err = process.communicate(timeout=60)
    assert "guarded" in title
    assert "efficacy_analytics" in title
    for text in (title, out, err, *map(str, written)):
        assert not re.search("Geheim", text)
    assert "rows of events" in err


def test_a_password_of_the_environment_is_used(
    postgres: Server, office: str, tmp_path: Path, layout_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from efficacy_analytics.lake.database.address import address_named

    monkeypatch.setenv("OFFICE_DB", postgres.address(office, user="guarded", password=SECRET))
    with pytest.raises(InputRefusedError, match="does not allow reading"):
        ingest_from(tmp_path / "lake", address_named("OFFICE_DB"), layout_file)
    service = f"[office]\nhost=127.0.0.1\nport={postgres.port}\nuser=guarded\ndbname={office}\npassword=Geheim-77%\n"
    (tmp_path / "services").write_text(service)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with pytest.raises(InputRefusedError, match="service office does not allow reading"):
        ingest_from(tmp_path / "lake", address_named("office"), layout_file)
    (tmp_path / "pass").write_text(f"127.0.0.1:{postgres.port}:{office}:guarded:Geheim-77%\n")
    (tmp_path / "pass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pass"))
    with pytest.raises(InputRefusedError, match="does not allow reading"):
        ingest_from(tmp_path / "lake", address_of(postgres.address(office, user="guarded")), layout_file)
