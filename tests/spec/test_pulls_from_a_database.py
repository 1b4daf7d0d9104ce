"""A pull brings what changed in a database since the last one, no more and no less."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.drawn_database import Server, Wire
from support.drawn_pulls import FILLED, STEPS_TABLE, layout_of_steps, pull, rows_in, take_in

from efficacy_analytics.errors import EfficacyError, InputRefusedError, LayoutError
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


def whole_table(postgres: Server, office: str) -> list[tuple[Any, ...]]:
    return postgres.execute(office, "select event_id::text, activity from steps order by steps.event_id")


def told_in(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return sorted(rows.select("event_id", "activity").rows(), key=lambda row: int(row[0]))


@pytest.mark.parametrize(
    ("more", "deletion", "gone"),
    [
        pytest.param(SOFT, SOFT_DELETE, "is_deleted", id="soft"),
        pytest.param(HARD, HARD_DELETE, "_is_deleted", id="hard"),
    ],
)
@pytest.mark.parametrize(
    "row_count",
    [pytest.param(50_000, id="50,000"), pytest.param(1_000_000, id="a million", marks=pytest.mark.deep)],
)
def test_after_a_cut_the_second_pull_brings_exactly_the_difference(
    postgres: Server, tmp_path: Path, more: str, deletion: str, gone: str, row_count: int
) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=row_count), "analyze steps")
    wire = Wire(postgres.port, row_count * 40, row_count * 30)  # a row takes some 90 bytes: cut twice on the way
    lake, layout, told = tmp_path / "lake", layout_of_steps(more), []
    address = postgres.address(office, port=wire.port)
    first = pull(lake, address, layout, on_progress=lambda message, *_: told.append(message))
    assert sum("trying again" in message for message in told) == 2
    assert told_in(first) == whole_table(postgres, office)

    postgres.execute(office, CHANGE.format(every=row_count // 1000), deletion)
    wire.cuts.append(8000)
    second = pull(lake, address, layout)
    deleted = second.filter(pl.col(gone) == "true")
    assert (second.height, deleted.height) == (1010, 10)
    assert sorted(map(int, deleted["event_id"])) == list(range(1, 20, 2))
    assert set(second.filter(pl.col(gone) != "true")["activity"]) == {"补正"}
    assert pull(lake, address, layout).is_empty()
    wire.close()


def test_a_pull_that_was_cut_gives_the_same_files_as_one_that_was_not(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=20_000))
    wire, layout = Wire(postgres.port, 300_000, 700_000), layout_of_steps()
    files = {}
    for name, port in (("undisturbed", postgres.port), ("cut", wire.port)):
        folder = tmp_path / name
        folder.mkdir()
        address = address_of(postgres.address(office, port=port))
        files[name] = {
            file.name: file.read_bytes() for file in pulled(tmp_path, folder, address, layout, in_force=settings())
        }
    wire.close()
    assert wire.cuts == []
    assert len(files["cut"]) == 20
    assert files["cut"] == files["undisturbed"]


def test_a_row_that_changes_while_the_connection_is_cut_comes_once_as_it_is_now(
    postgres: Server, tmp_path: Path
) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=5000))
    layout, wire = layout_of_steps(HARD), Wire(postgres.port, 300_000)

    def told(message: str, *_: int) -> None:
        if "trying again" in message:
            postgres.execute(office, CHANGE.format(every=2), HARD_DELETE)

    rows = pull(tmp_path / "lake", postgres.address(office, port=wire.port), layout, on_progress=told)
    wire.close()
    assert wire.cuts == []
    assert rows["_is_deleted"].unique().to_list() == ["false"]
    assert told_in(rows) == whole_table(postgres, office)


def test_all_tables_are_read_in_one_snapshot(postgres: Server, tmp_path: Path) -> None:
    cases = "create table cases (case_id text primary key, updated_at timestamptz not null default now())"
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=3000), cases, "insert into cases values ('C0')")
    layout = parsed_layout(
        """
        format = "database"
        time_zone = "Asia/Shanghai"
        [table.events]
        table = "steps"
        key = "event_id"
        watermark = "updated_at"
        case_id = "case_id"
        activity = "activity"
        completed_at = "completed_at"
        [table.cases]
        query = "select case_id as \\"Case\\", updated_at from cases"
        key = "Case"
        watermark = "updated_at"
        case_id = "Case"
        """,
        "two",
    )
    folder = tmp_path / "folder"
    folder.mkdir()

    def told(message: str, *_: int) -> None:
        if message == "rows of events":
            postgres.execute(office, "insert into cases values ('C1') on conflict do nothing")

    files = pulled(
        tmp_path, folder, address_of(postgres.address(office)), layout, on_progress=told, in_force=settings()
    )
    assert rows_in(files, "cases")["Case"].to_list() == ["C0"]
    take_in(tmp_path, layout, files)
    (folder / "state.json").unlink()
    files = pulled(tmp_path, folder, address_of(postgres.address(office)), layout, in_force=settings())
    assert rows_in(files, "cases")["Case"].to_list() == ["C1"]
    assert rows_in(files, "events").is_empty()


INSERT = (
    "insert into steps (event_id, case_id, activity, completed_at, updated_at) values ({key}, 'C', 'late', now(), {at})"
)


def test_a_row_committed_late_is_not_lost_though_its_watermark_is_old(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE)
    layout, address = layout_of_steps('overlap = "0 seconds"'), postgres.address(office)
    with postgres.connect(office) as late:
        late.execute("begin")
        late.execute(INSERT.format(key=1, at="now()"))
        postgres.execute(office, INSERT.format(key=2, at="clock_timestamp()"))
        assert pull(tmp_path, address, layout)["event_id"].to_list() == ["2"]
        late.execute("commit")
    assert pull(tmp_path, address, layout)["event_id"].to_list() == ["1"]


@pytest.mark.parametrize("grant", ["", "grant pg_read_all_stats to watcher"])
def test_a_user_who_may_see_other_transactions_misses_no_row_of_theirs(
    postgres: Server, tmp_path: Path, grant: str
) -> None:
    office = postgres.new_database(STEPS_TABLE, "create role watcher login", "grant select on steps to watcher")
    layout, address = layout_of_steps('overlap = "0 seconds"'), postgres.address(office, user="watcher")
    with postgres.connect(office) as late:
        late.execute("begin")
        late.execute(INSERT.format(key=1, at="now()"))
        postgres.execute(office, INSERT.format(key=2, at="clock_timestamp()"), *([grant] if grant else []))
        assert pull(tmp_path, address, layout)["event_id"].to_list() == ["2"]
        late.execute("commit")
    assert pull(tmp_path, address, layout).height == (1 if grant else 0)
    postgres.execute(office, "drop owned by watcher", "drop role watcher")


def test_the_overlap_covers_transactions_that_cannot_be_seen(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, INSERT.format(key=1, at="now()"))
    address, five_minutes_ago = postgres.address(office), "now() - interval '5 minutes'"
    for overlap, found in (("0 seconds", []), ("10 minutes", ["2"])):
        lake, layout = tmp_path / overlap, layout_of_steps(f'overlap = "{overlap}"')
        assert pull(lake, address, layout)["event_id"].to_list() == ["1"]
        postgres.execute(office, INSERT.format(key=2, at=five_minutes_ago))
        rows = pull(lake, address, layout)
        assert (rows["event_id"].to_list() if rows.height else []) == found
        if not found:
            assert pull(lake, address, layout, reads_whole=True)["event_id"].to_list() == ["2"]
        postgres.execute(office, "delete from steps where event_id = 2")


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        pytest.param("bigint", (5, 6, 6), id="a number"),
        pytest.param("numeric(12, 3)", (5, "6.5", "6.5"), id="a number with decimals"),
        pytest.param("date", ("'2025-01-05'", "'2025-01-05'", "'2025-01-06'"), id="a day"),
        pytest.param("timestamp", ("'2025-01-05 10:00'", "'2025-01-05 10:00:00.000001'", "'2099-01-01'"), id="a time"),
    ],
)
def test_rows_of_the_same_watermark_as_the_last_are_not_lost(
    postgres: Server, tmp_path: Path, kind: str, steps: tuple[Any, ...]
) -> None:
    table = (
        f"create table steps (event_id text, case_id text, activity text, completed_at timestamp, updated_at {kind})"
    )
    row = "insert into steps values ('{key}', 'C', 'a', now(), {at})"
    office = postgres.new_database(table)
    for key, at in zip("abc", steps, strict=True):
        postgres.execute(office, row.format(key=key, at=at))
        assert pull(tmp_path, postgres.address(office), layout_of_steps(""))["event_id"].to_list() == [key]


TYPES = """
create type mood as enum ('glad', 'Sad''s');
create table steps (
    event_id uuid primary key, updated_at timestamptz not null, case_id char(6), activity text,
    completed_at timestamp, day date, amount numeric, is_deleted boolean,
    document json, mood mood, parts text[], bytes bytea
)
"""
NASTY = 'a,"b"\n\r\nc\t\\N \\. \u2028\'; drop table steps; -- 行政\U0001f600\x01 =cmd|x '
VALUES = """
insert into steps values (
    '00000000-0000-0000-0000-00000000000{n}', '2024-03-29 10:00:00.000001+08', 'C1', {text}, '2024-03-29 10:00',
    '2024-02-29', 12345678901234567890.12345678901234567890, true, '{{"a": 1}}', 'Sad''s', '{{a,NULL,"b c"}}', '\\x00ff'
)
"""


def test_every_value_comes_as_the_database_writes_it(postgres: Server, tmp_path: Path) -> None:
    literal = "E'" + NASTY.replace("\\", "\\\\").replace("'", "''") + "'"
    office = postgres.new_database(TYPES, VALUES.format(n=1, text=literal), VALUES.format(n=2, text="''"))
    postgres.execute(office, "insert into steps values (gen_random_uuid(), '2025-01-01')")
    more = "\n".join(f'{name} = "{name}"' for name in ("day", "amount", "document", "mood", "parts", "bytes"))
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\nkey = "event_id"\n'
        'watermark = "updated_at"\ndeleted = "is_deleted"\ncase_id = "case_id"\nactivity = "activity"\n'
        f'completed_at = "completed_at"\n[case_extra]\n{more}\n',
        "steps",
    )
    rows = pull(tmp_path, postgres.address(office), layout)
    assert dict(zip(rows.columns, rows.row(0), strict=True)) == {
        "case_id": "C1",
        "activity": NASTY,
        "completed_at": "2024-03-29 10:00:00",
        "day": "2024-02-29",
        "amount": "12345678901234567890.12345678901234567890",
        "document": '{"a": 1}',
        "mood": "Sad's",
        "parts": '{a,NULL,"b c"}',
        "bytes": "\\x00ff",
        "event_id": "00000000-0000-0000-0000-000000000001",
        "updated_at": "2024-03-29 02:00:00.000001+00",
        "is_deleted": "true",
    }
    assert rows["activity"].to_list()[1:] == ["", None]


@pytest.mark.parametrize(
    ("options", "encoding", "stored"),
    [
        pytest.param("encoding 'EUC_CN'", "", "'许可'", id="a server in EUC_CN"),
        pytest.param("", "", "'许可'", id="a client encoding of GB18030 by default"),
        pytest.param("encoding 'SQL_ASCII'", 'encoding = "gb18030"', r"E'\xd0\xed\xbf\xc9'", id="no encoding, GB18030"),
    ],
)
def test_chinese_text_is_read_from_every_encoding(
    postgres: Server, tmp_path: Path, options: str, encoding: str, stored: str
) -> None:
    chosen = f"{options} lc_collate 'C' lc_ctype 'C' template template0" if options else ""
    office = postgres.new_database(STEPS_TABLE, options=chosen)
    insert = f"insert into steps (event_id, case_id, activity) values (1, 'C', {stored})"
    postgres.execute(office, insert)
    if not options:
        postgres.execute(office, f"alter database {office} set client_encoding = 'GB18030'")
    text = (
        'format = "database"\ntime_zone = "Asia/Shanghai"\n{more}\n[table.events]\ntable = "steps"\nkey = "event_id"\n'
    )
    columns = 'watermark = "updated_at"\ncase_id = "case_id"\nactivity = "activity"\ncompleted_at = "completed_at"\n'
    layout = parsed_layout(text.format(more=encoding) + columns, "steps")
    assert pull(tmp_path / "lake", postgres.address(office), layout)["activity"].to_list() == ["许可"]
    if encoding:
        undeclared = parsed_layout(text.format(more="") + columns, "steps")
        with pytest.raises(InputRefusedError, match="not in utf8"):
            pull(tmp_path / "other", postgres.address(office), undeclared)


def test_names_that_need_quotes_are_found_as_they_are_written(postgres: Server, tmp_path: Path) -> None:
    columns = '"事件 ID" int primary key, "Case" text, "a""b" text, "at" timestamptz'
    table = f'create table "审批 Data"."Step ""A"".1" ({columns})'
    office = postgres.new_database('create schema "审批 Data"', table)
    postgres.execute(office, """insert into "审批 Data"."Step ""A"".1" values (1, 'C', 'x', '2024-01-01+08')""")
    layout = parsed_layout(
        """
        format = "database"
        time_zone = "Asia/Shanghai"
        [table.events]
        table = '"审批 Data"."Step ""A"".1"'
        key = "事件 ID"
        watermark = "at"
        case_id = "Case"
        activity = 'a"b'
        completed_at = "at"
        """,
        "quoted",
    )
    rows = pull(tmp_path, postgres.address(office), layout)
    assert rows.select("事件 ID", "Case", 'a"b').rows() == [("1", "C", "x")]
    postgres.execute(office, """update "审批 Data"."Step ""A"".1" set "a""b" = 'y', "at" = now()""")
    assert pull(tmp_path, postgres.address(office), layout)['a"b'].to_list() == ["y"]


def test_only_the_columns_the_layout_names_leave_the_database(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=10))
    rows = pull(tmp_path, postgres.address(office), layout_of_steps())
    assert "unread" not in rows.columns


def test_a_table_without_a_watermark_is_read_whole_and_told_apart_by_its_key(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=2500))
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\n'
        'query = "select * from steps where activity is distinct from $$ {50%s} $$;"\n'
        'key = "event_id"\ndeletions = "by_key"\n'
        'case_id = "case_id"\nactivity = "activity"\ncompleted_at = "completed_at"',
        "steps",
    )
    address = postgres.address(office)
    assert pull(tmp_path, address, layout).height == 2500
    postgres.execute(
        office, "update steps set activity = 'x' where event_id = 7", "delete from steps where event_id = 9"
    )
    assert pull(tmp_path, address, layout).select("event_id", "_is_deleted").rows() == [("7", "false"), ("9", "true")]
    postgres.execute(office, "insert into steps (event_id, case_id, activity) values (9, 'C1', 'back')")
    assert pull(tmp_path, address, layout).select("event_id", "_is_deleted").rows() == [("9", "false")]
    postgres.execute(office, "delete from steps")
    assert pull(tmp_path, address, layout).height == 2500


def test_a_table_without_a_key_comes_whole_when_anything_in_it_changed(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=30))
    layout = parsed_layout(
        'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "steps"\n'
        'case_id = "case_id"\nactivity = "activity"\ncompleted_at = "completed_at"',
        "steps",
    )
    assert pull(tmp_path, postgres.address(office), layout).height == 30
    assert pull(tmp_path, postgres.address(office), layout).is_empty()
    postgres.execute(office, "update steps set activity = 'x' where event_id = 7")
    assert pull(tmp_path, postgres.address(office), layout).height == 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            "alter table steps alter completed_at type timestamp",
            "changed its column 'completed_at' from timestamp with time zone to timestamp without time zone",
            id="a type",
        ),
        pytest.param(
            "alter table steps drop activity", "has no column 'activity', which layout 'steps' names", id="a column"
        ),
        pytest.param("alter table steps rename to stages", "no table 'public.steps'", id="the name"),
    ],
)
def test_a_table_that_changed_between_two_pulls_is_told(
    postgres: Server, tmp_path: Path, change: str, said: str
) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=30))
    pull(tmp_path, postgres.address(office), layout_of_steps())
    postgres.execute(office, change)
    with pytest.raises(InputRefusedError, match=said):
        pull(tmp_path, postgres.address(office), layout_of_steps())
    if "type" in change:  # compared as a whole, every text of it differs
        assert pull(tmp_path, postgres.address(office), layout_of_steps(), reads_whole=True).height == 30


def test_a_layout_that_reads_other_columns_or_another_database_is_told(postgres: Server, tmp_path: Path) -> None:
    office, other = (postgres.new_database(STEPS_TABLE, FILLED.format(rows=30)) for _ in range(2))
    pull(tmp_path, postgres.address(office), layout_of_steps())
    wider = layout_of_steps('deleted = "is_deleted"\nresource = "unread"')
    with pytest.raises(InputRefusedError, match=r"read with other columns \('unread'\)"):
        pull(tmp_path, postgres.address(office), wider)
    with pytest.raises(InputRefusedError, match=f"is in the database '{other}', no longer in '{office}'"):
        pull(tmp_path, postgres.address(other), layout_of_steps())
    assert pull(tmp_path, postgres.address(office), wider, reads_whole=True)["unread"].unique().to_list() == [
        "never read"
    ]


def with_lines(*replaced: str) -> Layout:
    return layout_of_steps("\n".join(replaced))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            "alter table steps drop constraint steps_pkey; update steps set event_id = 7 where event_id < 10",
            "has 8 rows whose key 'event_id' an other row has too",
            id="a key that is not unique",
        ),
        pytest.param(
            "alter table steps drop constraint steps_pkey, alter event_id drop not null;"
            "update steps set event_id = null where event_id < 10",
            "has 9 rows without 'event_id'",
            id="a key that is empty",
        ),
        pytest.param(
            "alter table steps alter updated_at drop not null; update steps set updated_at = null where event_id < 10",
            "has 9 rows without 'updated_at'",
            id="a watermark that is empty",
        ),
    ],
)
def test_key_and_watermark_are_checked(postgres: Server, tmp_path: Path, change: str, said: str) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=30), change)
    with pytest.raises(InputRefusedError, match=said) as fault:
        pull(tmp_path, postgres.address(office), layout_of_steps())
    assert fault.value.exit_code == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('table = "public.steps"', "", "names no table"),
        ('key = "event_id"', "", "has watermark without key"),
        ("{more}", 'deletions = "by_hand"', "cannot tell deletions like this"),
        ("{more}", 'deletions = "by_key"\ndeleted = "is_deleted"', "cannot tell deletions like this"),
        ("{more}", 'overlap = "soon"', "overlap 'soon' is not a length"),
    ],
)
def test_a_layout_of_a_database_is_checked_before_anything_is_read(old: str, new: str, said: str) -> None:
    from support.drawn_pulls import STEPS

    with pytest.raises(LayoutError, match=said):
        parsed_layout(STEPS.replace(old, new).replace("{more}", ""), "steps")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('overlap = "5"',), "overlap '5' does not fit a watermark of type timestamp with time zone"),
        (('resource = "nowhere"',), "has no column 'nowhere'"),
    ],
)
def test_a_layout_that_does_not_fit_the_table_is_told(
    postgres: Server, tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    office = postgres.new_database(STEPS_TABLE)
    with pytest.raises(EfficacyError, match=said):
        pull(tmp_path, postgres.address(office), with_lines(*lines))
