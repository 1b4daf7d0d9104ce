"""A pull from MySQL or MariaDB brings what changed since the last one, no more and no less, and every value whole."""

import threading
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.drawn_database import Wire
from support.drawn_mariadb import FILLED, STEPS_LAYOUT, STEPS_TABLE, MariaServer, layout_of_steps
from support.drawn_pulls import pull, rows_in

from efficacy_analytics.errors import EfficacyError, InputRefusedError
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.settings import settings

pytestmark = pytest.mark.usefixtures("quick_pulls")

SOFT = 'deleted = "is_deleted"\noverlap = "10 seconds"'
HARD = 'deletions = "by_key"\noverlap = "10 seconds"'
CHANGE = "update steps set activity = '补正', updated_at = default where event_id % {every} = 0"
SOFT_DELETE = "update steps set is_deleted = true, updated_at = default where event_id <= 19 and event_id % 2 = 1"
HARD_DELETE = "delete from steps where event_id <= 19 and event_id % 2 = 1"


def whole_table(mariadb: MariaServer, office: str) -> list[tuple[Any, ...]]:
    return mariadb.execute(office, "select cast(event_id as char), activity from steps order by steps.event_id")


def told_in(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return sorted(rows.select("event_id", "activity").rows(), key=lambda row: int(row[0]))


@pytest.mark.parametrize(
    ("more", "deletion", "gone", "yes"),
    [
        pytest.param(SOFT, SOFT_DELETE, "is_deleted", "1", id="soft"),
        pytest.param(HARD, HARD_DELETE, "_is_deleted", "true", id="hard"),
    ],
)
def test_after_a_cut_the_second_pull_brings_exactly_the_difference(
    mariadb: MariaServer, tmp_path: Path, more: str, deletion: str, gone: str, yes: str
) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=4000))
    wire = Wire(mariadb.port, 170_000, 120_000)  # a row takes some 85 bytes: cut twice on the way
    lake, layout, told = tmp_path / "lake", layout_of_steps(more), []
    address = mariadb.address(office, port=wire.port)
    first = pull(lake, address, layout, on_progress=lambda message, *_: told.append(message))
    assert sum("trying again" in message for message in told) == 2
    assert told_in(first) == whole_table(mariadb, office)

    mariadb.execute(office, CHANGE.format(every=40), deletion)
    wire.cuts.append(8000)
    second = pull(lake, address, layout)
    deleted = second.filter(pl.col(gone) == yes)
    assert (second.height, deleted.height) == (110, 10)
    assert sorted(map(int, deleted["event_id"])) == list(range(1, 20, 2))
    assert set(second.filter(pl.col(gone) != yes)["activity"]) == {"补正"}
    assert pull(lake, address, layout).is_empty()
    wire.close()
    assert wire.cuts == []


def test_a_pull_that_was_cut_gives_the_same_files_as_one_that_was_not(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=4000))
    wire, layout, files = Wire(mariadb.port, 120_000, 170_000), layout_of_steps(), {}
    for name, port in (("undisturbed", mariadb.port), ("cut", wire.port)):
        folder = tmp_path / name
        folder.mkdir()
        address = address_of(mariadb.address(office, port=port))
        files[name] = {
            file.name: file.read_bytes() for file in pulled(tmp_path, folder, address, layout, in_force=settings())
        }
    wire.close()
    assert wire.cuts == []
    assert len(files["cut"]) == 4
    assert files["cut"] == files["undisturbed"]


def test_all_tables_are_read_in_one_snapshot(mariadb: MariaServer, tmp_path: Path) -> None:
    cases = "create table cases (case_id varchar(20) primary key, updated_at datetime not null default now())"
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=20), cases, "insert into cases (case_id) values (0)")
    layout = layout_of_steps(
        end='[table.cases]\nquery = "select case_id as `Case`, updated_at from cases;"\nkey = "Case"\n'
        'watermark = "updated_at"\ncase_id = "Case"\n'
    )
    folder = tmp_path / "folder"
    folder.mkdir()

    def told(message: str, *_: int) -> None:
        if message == "rows of events":
            mariadb.execute(office, "insert ignore into cases (case_id) values (1)")

    address = address_of(mariadb.address(office))
    files = pulled(tmp_path, folder, address, layout, on_progress=told, in_force=settings())
    assert rows_in(files, "cases")["Case"].to_list() == ["0"]


INSERT = "insert into steps (event_id, case_id, activity, updated_at) values ({key}, 'C', 'late', {at})"


@pytest.mark.parametrize("kind", ["timestamp(6)", "datetime"])
@pytest.mark.parametrize("grant", ["", "grant process on *.* to watcher"])
def test_a_user_who_may_see_other_transactions_misses_no_row_that_is_committed_late(
    mariadb: MariaServer, tmp_path: Path, grant: str, kind: str
) -> None:
    """The stamp of the late row is the moment its transaction began; stamps of DATETIME are in the layout's zone."""
    table = STEPS_TABLE.replace("updated_at timestamp(6) not null default current_timestamp(6)", f"updated_at {kind}")
    office = mariadb.new_database(
        table, "create or replace user watcher", "grant select on steps to watcher", *([grant] if grant else [])
    )
    layout, address = layout_of_steps('overlap = "0 seconds"'), mariadb.address(office, user="watcher")
    with mariadb.connect(office) as late, late.cursor() as cursor:
        cursor.execute("set time_zone = '+08:00'")
        cursor.execute("begin")
        cursor.execute(INSERT.format(key=1, at="now(6)"))
        late_by_a_second = INSERT.format(key=2, at="now(6) + interval 1 second")
        mariadb.execute(office, "set time_zone = '+08:00'", late_by_a_second)
        assert pull(tmp_path, address, layout)["event_id"].to_list() == ["2"]
        cursor.execute("commit")
    found = pull(tmp_path, address, layout)
    assert (found["event_id"].to_list() if found.height else []) == (["1"] if grant else [])
    mariadb.execute(office, "drop user watcher")


def test_a_row_is_not_lost_whose_statement_began_before_its_transaction(mariadb: MariaServer, tmp_path: Path) -> None:
    """Its stamp is from the beginning of the statement; the list of transactions has it only from the first row on."""
    office = mariadb.new_database(STEPS_TABLE)
    layout, address = layout_of_steps('overlap = "0 seconds"'), mariadb.address(office)
    slow = (
        "insert into steps (event_id, case_id, activity, updated_at) select 1, 'C', 'late', now(6) where sleep(2) = 0"
    )
    late = threading.Thread(target=mariadb.execute, args=(office, slow))
    late.start()
    while not mariadb.execute(office, "select 1 from information_schema.processlist where info like 'insert%sleep%'"):
        time.sleep(0.01)
    mariadb.execute(office, INSERT.format(key=2, at="now(6)"))
    assert pull(tmp_path, address, layout)["event_id"].to_list() == ["2"]
    late.join()
    assert pull(tmp_path, address, layout)["event_id"].to_list() == ["1"]


def test_the_overlap_covers_transactions_that_cannot_be_seen(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(STEPS_TABLE, INSERT.format(key=1, at="now(6)"))
    address = mariadb.address(office)
    for overlap, found in (("0 seconds", []), ("10 minutes", ["2"])):
        lake, layout = tmp_path / overlap, layout_of_steps(f'overlap = "{overlap}"')
        assert pull(lake, address, layout)["event_id"].to_list() == ["1"]
        mariadb.execute(office, INSERT.format(key=2, at="now(6) - interval 5 minute"))
        rows = pull(lake, address, layout)
        assert (rows["event_id"].to_list() if rows.height else []) == found
        if not found:
            assert pull(lake, address, layout, reads_whole=True)["event_id"].to_list() == ["2"]
        mariadb.execute(office, "delete from steps where event_id = 2")


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        pytest.param("bigint unsigned", ("6", "6", "18446744073709551615"), id="a number"),
        pytest.param("int(8) zerofill", ("6", "6", "7"), id="a number with zeros before it", marks=pytest.mark.deep),
        pytest.param("decimal(40, 3)", ("6.5", "6.5", "9007199254740993000000000.001"), id="decimals"),
        pytest.param("date", ("'2025-01-05'", "'2025-01-05'", "'2025-01-06'"), id="a day"),
        pytest.param("datetime(6)", ("'2025-01-05'", "'2025-01-05 00:00:00.000001'", "now()"), id="a time"),
        pytest.param("timestamp(6)", ("'1970-01-01 00:00:01'", "'2025-01-05'", "now()"), id="an instant"),
        pytest.param("datetime", ("'0000-00-00'", "'0000-00-00'", "'0000-01-01'"), id="no day at all"),
    ],
)
def test_rows_of_the_same_watermark_as_the_last_are_not_lost(
    mariadb: MariaServer, tmp_path: Path, kind: str, steps: tuple[str, ...]
) -> None:
    table = STEPS_TABLE.replace("updated_at timestamp(6) not null default current_timestamp(6)", f"updated_at {kind}")
    office = mariadb.new_database(table)
    for key, at in enumerate(steps, start=1):
        mariadb.execute(office, "set sql_mode = ''", INSERT.format(key=key, at=at))
        assert pull(tmp_path, mariadb.address(office), layout_of_steps(""))["event_id"].to_list() == [str(key)]


@pytest.mark.parametrize("unique", ["primary key (code)", "key (code)"])
@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        pytest.param("varchar(9) character set utf8mb4", ("许", "许可", "ü", "\U0001f600"), id="letters"),
        pytest.param("varchar(9) character set gbk", ("许", "a'b", "a\\b"), id="of another set"),
        pytest.param("varchar(9) character set latin1 collate latin1_german1_ci", ("ä", "b"), id="of Latin ones"),
        pytest.param("varchar(9) character set utf16", ("许", "b"), id="of a set that the server converts"),
        pytest.param("bigint unsigned", (9, 18446744073709551615), id="numbers"),
        pytest.param("decimal(30,5)", ("9.5", "12345678901234567890.12345"), id="decimals", marks=pytest.mark.deep),
        pytest.param("varbinary(9)", ("9", "许"), id="bytes"),
        pytest.param(
            "uuid", ("0fbf84dd-0000-11f1-988f-02fc00000001", "157bf4bd-ebe3-11f0-988f-02fc00000001"), id="uuid"
        ),
        pytest.param("enum('z', 'b', 'a')", ("z", "b", "a"), id="words in an order of their own"),
        pytest.param("datetime(3)", ("2024-01-01", "2024-01-01 00:00:00.001"), id="times", marks=pytest.mark.deep),
        pytest.param("float", (0.1, 3.14159274), id="numbers of few digits"),
    ],
)
def test_whatever_the_key_is_every_row_comes_once_though_each_try_reads_one_part(
    mariadb: MariaServer, tmp_path: Path, kind: str, codes: tuple[Any, ...], unique: str
) -> None:
    """Cut behind each row: whatever the order of the keys is, the next try goes on in it."""
    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1\n")
    settings.cache_clear()
    office = mariadb.new_database(
        f"create table steps (code {kind} not null, activity varchar(9), at datetime not null, {unique})"
    )
    with mariadb.connect(office) as connection, connection.cursor() as cursor:
        cursor.executemany("insert into steps values (%s, 'a', '2024-01-01')", [(code,) for code in codes])
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\nkey = "code"\n'
        'watermark = "at"\ncase_id = "code"\nactivity = "activity"\ncompleted_at = "at"',
        "steps",
    )
    read, folder = 0, tmp_path / "folder"
    folder.mkdir()

    def kill(message: str, *counts: int) -> None:
        nonlocal read
        if counts and counts[0] > read:
            read = counts[0]
            raise ConnectionResetError

    while read < len(codes):
        with pytest.raises(ConnectionResetError):
            pulled(tmp_path, folder, address_of(mariadb.address(office)), layout, on_progress=kill, in_force=settings())
    files = pulled(tmp_path, folder, address_of(mariadb.address(office)), layout, in_force=settings())
    rows = rows_in(files)["code"].to_list()
    assert len(rows) == len(set(rows)) == len(codes)


def test_keys_that_differ_in_capitals_or_accents_alone_are_keys_of_their_own(
    mariadb: MariaServer, tmp_path: Path
) -> None:
    """To the server 'a', 'A' and 'á' may be equal; it is asked for them byte by byte unless it forbids that."""
    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1\n")
    settings.cache_clear()
    office = mariadb.new_database(
        "create table steps (code varchar(9) not null, at datetime not null) default character set utf8mb4",
        "insert into steps values ('a', now()), ('A', now()), ('á', now())",
        "update steps set at = '2024-01-01'",
    )
    layout = layout_of_codes()
    wire = Wire(mariadb.port, *[3000 + 20 * number for number in range(8)])
    rows = pull(tmp_path / "lake", mariadb.address(office, port=wire.port), layout)
    wire.close()
    assert sorted(rows["code"]) == sorted(["a", "A", "á"])
    mariadb.execute(office, "delete from steps where binary code = 'A'")
    gone = pull(tmp_path / "lake", mariadb.address(office), layout)
    assert gone.select("code", "_is_deleted").rows() == [("A", "true")]


def layout_of_codes() -> Layout:
    """A layout over a table of codes and the times at which they changed."""
    return parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\nkey = "code"\n'
        'watermark = "at"\ndeletions = "by_key"\ncase_id = "code"\nactivity = "code"\ncompleted_at = "at"',
        "steps",
    )


@pytest.mark.parametrize("later", ["b ", "b\t", "ｂ１"])
def test_keys_that_the_lake_would_keep_as_one_are_refused_in_the_pull_that_brings_them(
    mariadb: MariaServer, tmp_path: Path, later: str
) -> None:
    """Of 'a' and 'a ' the lake kept one; when the other was deleted there, it lost that too."""
    office = mariadb.new_database(
        "create table steps (code varchar(9) not null, at datetime not null) default character set utf8mb4",
        "insert into steps values ('a', '2024-01-01'), ('b', '2024-01-01'), ('b1', '2024-01-01'), (' c', '2024-01-01')",
    )
    assert pull(tmp_path / "lake", mariadb.address(office), layout_of_codes()).height == 4  # ' c' has no like
    mariadb.execute(office, f"insert into steps values ('{later}', '2024-01-02')")
    with pytest.raises(InputRefusedError, match="1 key differs in events from another one only by blanks"):
        pull(tmp_path / "lake", mariadb.address(office), layout_of_codes())


def test_a_stamp_of_no_day_is_none_and_has_no_offset(mariadb: MariaServer, tmp_path: Path) -> None:
    """Old tables fill in `0000-00-00` where nothing is known; with an offset it was no time, and refused its row."""
    office = mariadb.new_database(
        "set session sql_mode = ''",
        "create table steps (code varchar(9) primary key, at timestamp not null default '0000-00-00 00:00:00')",
        "insert into steps (code) values ('a')",
        "insert into steps values ('b', '2024-01-01 00:00:00')",
    )
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\nkey = "code"\n'
        'case_id = "code"\nactivity = "code"\ncompleted_at = "at"',
        "steps",
    )
    rows = pull(tmp_path / "lake", mariadb.address(office), layout)
    stamps = dict(rows.select("code", "at").iter_rows())
    assert stamps["a"] == "0000-00-00 00:00:00"
    assert stamps["b"].endswith("+00:00")


def test_a_view_is_read_by_who_may_read_it_and_nothing_beneath(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(
        STEPS_TABLE.replace("table steps", "table hidden"),
        FILLED.format(rows=20).replace("into steps", "into hidden"),
        "create view steps as select * from hidden",
    )
    viewer = "viewer@'127.0.0.1'"
    mariadb.execute(office, f"create or replace user {viewer}", f"grant select on {office}.steps to {viewer}")
    assert pull(tmp_path / "lake", mariadb.address(office, user="viewer"), layout_of_steps()).height == 20


TYPES = """
create table steps (
    event_id uuid primary key, updated_at timestamp(6) not null, case_id char(6), activity varchar(99),
    completed_at datetime, day date, amount decimal(40, 20), is_deleted boolean, ratio float, exact double,
    document json, mood enum('glad', 'Sad''s'), parts set('a', 'b'), bytes varbinary(9), flags bit(9), length time(2)
) default character set utf8mb4
"""
NASTY = 'a,"b"\n\r\nc\t\\N \\. \u2028\'; drop table steps; -- 行政\U0001f600\x01 =cmd|x '


def test_every_value_comes_as_the_database_writes_it(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(TYPES)
    values = (
        "(%s, '2024-03-29 02:00:00.000001', 'C1 ', %s, '2024-03-29 10:00', '2024-02-29', "
        "12345678901234567890.12345678901234567890, true, 3.1415927, 0.1, '{\"a\": 1}', 'Sad''s', 'a,b', "
        "x'00ff', b'101', '-10:11:12.5')"
    )
    with mariadb.connect(office) as connection, connection.cursor() as cursor:
        for number, text in ((1, NASTY), (2, "")):
            cursor.execute(f"insert into steps values {values}", (f"00000000-0000-0000-0000-00000000000{number}", text))
        cursor.execute("insert into steps (event_id, updated_at) values (uuid(), '2025-01-01')")
    more = "\n".join(
        f'{name} = "{name}"'
        for name in ("day", "amount", "ratio", "exact", "document", "mood", "parts", "bytes", "flags", "length")
    )
    rows = pull(tmp_path, mariadb.address(office), layout_of_steps(end=f"[case_extra]\n{more}\n"))
    assert dict(zip(rows.columns, rows.row(0), strict=True)) == {
        "case_id": "C1",
        "activity": NASTY,
        "completed_at": "2024-03-29 10:00:00",
        "day": "2024-02-29",
        "amount": "12345678901234567890.12345678901234567890",
        "ratio": "3.1415927410125732",
        "exact": "0.1",
        "document": '{"a": 1}',
        "mood": "Sad's",
        "parts": "a,b",
        "bytes": "0x00FF",
        "flags": "5",
        "length": "-10:11:12.50",
        "event_id": "00000000-0000-0000-0000-000000000001",
        "updated_at": "2024-03-29 02:00:00.000001+00:00",
        "is_deleted": "1",
    }
    assert rows["activity"].to_list()[1:] == ["", None]


@pytest.mark.parametrize(
    ("declared", "stored", "encoding", "read"),
    [
        pytest.param("utf8mb4", "'许可'", "", "许可", id="what it says"),
        pytest.param("gbk", "'许可'", "", "许可", id="a set of its own, GBK"),
        pytest.param("big5", "'許可'", "", "許可", id="a set of its own, Big5"),
        pytest.param("utf16", "'许可'", "", "许可", id="a set that the server converts", marks=pytest.mark.deep),
        pytest.param(
            "utf8mb4 collate uca1400_ai_ci", "'许可'", "", "许可", id="a collation that the client does not know"
        ),
        pytest.param("latin1", "_latin1 x'D0EDBFC9'", "gb18030", "许可", id="GBK in Latin"),
        pytest.param("latin1", "_latin1 x'E8AEB8E58FAF'", "utf-8", "许可", id="UTF-8 in Latin"),
        pytest.param("ascii", "_ascii x'D0EDBFC9'", "gb18030", "许可", id="GBK in ASCII"),
        pytest.param("latin1", "'café €'", "", "café €", id="Latin in Latin"),
        pytest.param("gbk", "'许可'", "utf-8", "许可", id="an encoding named for others"),
    ],
)
def test_chinese_text_is_read_from_every_character_set(
    mariadb: MariaServer, tmp_path: Path, declared: str, stored: str, encoding: str, read: str
) -> None:
    """What is cut after the first row goes on behind it too: the key is such a text."""
    office = mariadb.new_database(
        STEPS_TABLE.replace("event_id bigint", f"event_id varchar(20) character set {declared}").replace(
            "activity varchar(40)", f"activity varchar(40) character set {declared}"
        ),
        f"insert into steps values ({stored}, 'C', {stored}, now(), false, '2024-01-01', ''),"
        f"(concat({stored}, 'b'), 'C', {stored}, now(), false, '2024-01-01', '')",
    )
    layout = layout_of_steps(top=f'encoding = "{encoding}"\n' if encoding else "")
    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1\n")
    settings.cache_clear()
    folder = tmp_path / "folder"
    folder.mkdir()

    def kill(message: str, *counts: int) -> None:
        if counts and counts[0] == 1:
            raise ConnectionResetError

    address = address_of(mariadb.address(office))
    with pytest.raises(ConnectionResetError):
        pulled(tmp_path, folder, address, layout, on_progress=kill, in_force=settings())
    rows = rows_in(pulled(tmp_path, folder, address, layout, in_force=settings()))
    assert rows.select("event_id", "activity").rows() == [(read, read), (f"{read}b", read)]


@pytest.mark.parametrize(
    ("declared", "stored", "encoding", "said"),
    [
        pytest.param("latin1", "E8AEB8E58FAF", "", "not in cp1252", id="UTF-8 in Latin"),
        pytest.param("latin1", "81FF", "gb18030", "not in gb18030", id="no GBK in Latin"),
        pytest.param("latin1", "FF41", "utf-8", "not in utf-8", id="no UTF-8 in Latin"),
    ],
)
def test_text_in_another_encoding_is_refused_not_maimed(
    mariadb: MariaServer, tmp_path: Path, declared: str, stored: str, encoding: str, said: str
) -> None:
    table = STEPS_TABLE.replace("activity varchar(40)", f"activity varchar(40) character set {declared}")
    insert = f"insert into steps (event_id, case_id, activity) values (1, 'C', _{declared} x'{stored}')"
    office = mariadb.new_database(table, insert)
    layout = layout_of_steps(top=f'encoding = "{encoding}"\n' if encoding else "")
    with pytest.raises(InputRefusedError, match=said):
        pull(tmp_path, mariadb.address(office), layout)


def test_what_was_read_in_the_wrong_encoding_is_read_again(mariadb: MariaServer, tmp_path: Path) -> None:
    """GBK in a column of Latin letters passes for Latin until a byte comes that these do not have."""
    table = STEPS_TABLE.replace("activity varchar(40)", "activity varchar(40) character set latin1")
    insert = (
        "insert into steps (event_id, case_id, activity, updated_at) values ({key}, 'C', _latin1 x'{stored}', {at})"
    )
    office = mariadb.new_database(table, insert.format(key=1, stored="D0EDBFC9", at="'2024-01-01'"))
    address, named = mariadb.address(office), layout_of_steps(top='encoding = "gb18030"\n')
    assert pull(tmp_path, address, layout_of_steps())["activity"].to_list() == ["Ðí¿É"]
    with pytest.raises(InputRefusedError, match="is read in an other encoding since the last pull"):
        pull(tmp_path, address, named)
    assert pull(tmp_path, address, named, reads_whole=True)["activity"].to_list() == ["许可"]

    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1\n")
    settings.cache_clear()
    mariadb.execute(office, insert.format(key=2, stored="8140", at="'2024-01-02'"))
    with pytest.raises(InputRefusedError, match="not in cp1252"):
        pull(tmp_path / "other", address, layout_of_steps())
    assert pull(tmp_path / "other", address, named)["activity"].to_list() == ["许可", "丂"]


def test_habits_of_the_server_change_nothing(mariadb: MariaServer, tmp_path: Path) -> None:
    habits = {
        "sql_mode": "'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES'",
        "sql_select_limit": "1",
        "group_concat_max_len": "4",
        "time_zone": "'-03:00'",
        "tx_isolation": "'READ-UNCOMMITTED'",
    }
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=3))
    query = """select event_id, group_concat(\\"it\\'s\\", repeat('x', 9)) as case_id, """
    query += "cast(activity as char(9)) as activity, completed_at, updated_at from steps group by event_id"
    layout = parsed_layout(
        STEPS_LAYOUT.format(more="").replace('table = "steps"', f'query = "{query}"').replace("\\'", "\\\\'"), "steps"
    )
    mariadb.execute(office, *(f"set global {name} = {value}" for name, value in habits.items()))
    try:
        rows = pull(tmp_path, mariadb.address(office), layout)
    finally:
        mariadb.execute(office, *(f"set global {name} = default" for name in habits))
    assert rows["case_id"].to_list() == ["it's" + 9 * "x"] * 3
    assert rows["completed_at"][0] == "2023-12-31 16:00:37+00:00"


def test_names_that_need_quotes_are_found_as_they_are_written(mariadb: MariaServer, tmp_path: Path) -> None:
    columns = '`事件 ID` int primary key, `Case` varchar(9), `a``b"c` varchar(9), `at` datetime'
    office = mariadb.new_database(f"create table `Step ``A``.1` ({columns})")
    mariadb.execute(office, "insert into `Step ``A``.1` values (1, 'C', 'x', '2024-01-01')")
    for name in ("`Step ``A``.1`", f"{office}.`Step ``A``.1`", '"Step `A`.1"'):
        layout = parsed_layout(
            f"""
            format = "database"
            time_zone = "Asia/Shanghai"
            [table.events]
            table = '{name}'
            key = "事件 ID"
            watermark = "at"
            case_id = "Case"
            activity = 'a`b"c'
            completed_at = "at"
            """,
            "quoted",
        )
        rows = pull(tmp_path / name.replace("/", ""), mariadb.address(office), layout)
        assert rows.select("事件 ID", "Case", 'a`b"c').rows() == [("1", "C", "x")]


def test_a_table_without_a_watermark_is_read_whole_and_told_apart_by_its_key(
    mariadb: MariaServer, tmp_path: Path
) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=250))
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\n'
        "query = \"select * from steps where activity <> '{50%s}' or activity is null -- all of them;\"\n"
        'key = "event_id"\ndeletions = "by_key"\n'
        'case_id = "case_id"\nactivity = "activity"\ncompleted_at = "completed_at"',
        "steps",
    )
    address = mariadb.address(office)
    assert pull(tmp_path, address, layout).height == 250
    mariadb.execute(
        office, "update steps set activity = 'x' where event_id = 7", "delete from steps where event_id = 9"
    )
    assert pull(tmp_path, address, layout).select("event_id", "_is_deleted").rows() == [("7", "false"), ("9", "true")]


def test_a_table_without_a_key_comes_whole_when_anything_in_it_changed(mariadb: MariaServer, tmp_path: Path) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=30))
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\n'
        'case_id = "case_id"\nactivity = "activity"\ncompleted_at = "completed_at"',
        "steps",
    )
    assert pull(tmp_path, mariadb.address(office), layout).height == 30
    assert pull(tmp_path, mariadb.address(office), layout).is_empty()
    mariadb.execute(office, "update steps set activity = 'X' where event_id = 7")
    assert pull(tmp_path, mariadb.address(office), layout).height == 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            "alter table steps modify completed_at datetime",
            "changed its column 'completed_at' from timestamp to datetime",
            id="a type",
        ),
        pytest.param(
            "alter table steps drop activity", "has no column 'activity', which layout 'steps' names", id="a column"
        ),
        pytest.param("alter table steps rename to stages", "has no such table", id="the name"),
    ],
)
def test_a_table_that_changed_between_two_pulls_is_told(
    mariadb: MariaServer, tmp_path: Path, change: str, said: str
) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=30))
    pull(tmp_path, mariadb.address(office), layout_of_steps())
    mariadb.execute(office, change)
    with pytest.raises(InputRefusedError, match=said):
        pull(tmp_path, mariadb.address(office), layout_of_steps())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            ["alter table steps drop primary key", "update steps set event_id = 7 where event_id < 10"],
            "has 8 rows whose key 'event_id' an other row has too",
            id="a key that is not unique",
        ),
        pytest.param(
            ["alter table steps drop primary key, modify event_id bigint",
             "update steps set event_id = null where event_id < 10"],
            "has 9 rows without 'event_id'",
            id="a key that is empty",
        ),
        pytest.param(
            ["alter table steps modify updated_at timestamp null",
             "update steps set updated_at = null where event_id < 10"],
            "has 9 rows without 'updated_at'",
            id="a watermark that is empty",
        ),
        pytest.param(
            ["alter table steps drop primary key, add primary key (event_id, case_id)",
             "update steps set event_id = 16 where event_id = 1"],
            "has 1 rows whose key 'event_id' an other row has too",
            id="a key that is unique only with another column",
        ),
    ],
)  # fmt: skip
def test_key_and_watermark_are_checked(mariadb: MariaServer, tmp_path: Path, changes: list[str], said: str) -> None:
    office = mariadb.new_database(STEPS_TABLE, FILLED.format(rows=30), *changes)
    with pytest.raises(InputRefusedError, match=said) as fault:
        pull(tmp_path, mariadb.address(office), layout_of_steps())
    assert fault.value.exit_code == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('overlap = "5"', "overlap '5' does not fit a watermark of type timestamp"),
        ('resource = "nowhere"', "has no column 'nowhere'"),
    ],
)
def test_a_layout_that_does_not_fit_the_table_is_told(
    mariadb: MariaServer, tmp_path: Path, lines: str, said: str
) -> None:
    office = mariadb.new_database(STEPS_TABLE)
    with pytest.raises(EfficacyError, match=said):
        pull(tmp_path, mariadb.address(office), layout_of_steps(lines))
