"""Where a table may stand: several files with several names for a column, sheets, databases; what each refuses."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter
from support.intake import ingest

from efficacy_analytics.errors import CallError, InputRefusedError, LayoutError
from efficacy_analytics.lake.intake.ingest import Delivery, refused_rows
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.lake.readers import workbook_safety as workbooks

SEVERAL = """
format = "csv"
time_zone = "UTC"
calendar = "weekdays"
time_format = ["%d-%b-%y", "%Y-%m-%d"]
[[table.events]]
file = "*-decisions.csv"
case_id = { any = ["ref", "reference"] }
completed_at = { any = ["decided"] }
resource = { any = ["by"], optional = true }
constants = { activity = "decision" }
case = { status = "outcome" }
[table.events.values]
status = { P = "permitted" }
[[table.events]]
file = "*-appeals.csv"
optional = true
where_given = "lodged"
case_id = "ref"
started_at = "lodged"
completed_at = "determined"
not_completed_where = { state = ["pending"] }
constants = { activity = "appeal" }
"""
ONE = """
format = "csv"
time_zone = "UTC"
calendar = "weekdays"
[event]
case_id = "case"
activity = "activity"
completed_at = "on"
"""
STEPS = [("case", "activity", "on"), ("A", "review", "2024-03-29"), ("B", "review", "never")]


def taken(folder: Path, layout: str, **files: str) -> Delivery:
    export = folder / "export"
    export.mkdir()
    for name, text in files.items():
        (export / name.replace("_", "-")).with_suffix(".csv").write_text(text)
    (folder / "own.toml").write_text(layout)
    return ingest(folder / "lake", [export], str(folder / "own.toml"))


def accepted(delivery: Delivery, table: str, *columns: str) -> list[tuple[object, ...]]:
    return pl.read_parquet(delivery.folder / f"{table}.parquet").select(columns).rows()


def balance(delivery: Delivery, table: str = "events") -> tuple[object, ...]:
    rows = delivery.rows[table]
    return rows["received"], rows["accepted"], rows["refused"]


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("环节")
    sheet.write(0, 0, "办件统计")
    for number, row in enumerate(STEPS, start=2):
        sheet.write_row(number, 1, row)
    book.add_worksheet("办件").write_row(0, 0, ["case"])
    book.worksheets()[1].write_column(1, 0, ["A", "B"])
    book.close()
    return path


def test_one_layout_reads_files_that_call_a_column_by_different_names(tmp_path: Path) -> None:
    delivery = taken(
        tmp_path,
        SEVERAL,
        y1_decisions="Decisions of 2019,,,\nref,decided,by,outcome\nA,01-Mar-19,head,P\n",
        y2_decisions="outcome;reference;decided\nR;B;2020-03-02\n",
        y1_appeals="ref,lodged,determined,state\nA,02-Mar-19,05-Mar-19,closed\nB,,,\nB,03-Mar-19,03-Mar-19,pending\n",
    )
    assert balance(delivery) == (4, 4, 0)  # the appeal that was never lodged is no row of the table
    assert accepted(delivery, "cases", "case_id", "status") == [("A", "permitted"), ("B", "R")]
    assert accepted(delivery, "events", "case_id", "activity", "resource") == [
        ("A", "decision", "head"),
        ("A", "appeal", None),
        ("B", "decision", None),
    ]
    assert accepted(delivery, "steps_under_way", "case_id") == [("B",)]


def test_a_source_that_every_delivery_must_have_is_missed(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"no file '\*-decisions.csv'"):
        taken(tmp_path, SEVERAL, y1_appeals="ref,lodged,determined,state\n")


def test_a_column_under_none_of_its_names_is_told_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="no column 'ref' or 'reference'"):
        taken(tmp_path, SEVERAL, y1_decisions="number,decided,outcome\nA,01-Mar-19,P\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[table.events]]\nfile = "a"\ncase_id = {all = ["x"]}', "unknown key 'all'"),
        ('[[table.events]]\nfile = "a"\ncase_id = "x"\nwhere = "y"', "unknown key 'where'"),
        ('[[table.events]]\nfile = "a"\ncase_id = "x"\ncase = {case_id = "y"}', "'case_id' in [table.events.case]"),
        ('[[table.events]]\nfile = "a"\ncase_id = "x"\nheader_line = 0\nactivity = "a"', "number of a line"),
        ('[[table.events]]\nfile = "a"\ncase_id = "x"\nconstants = {activity = "s"}', "column for 'completed_at'"),
        ('delimiter = "::"\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"', "not one character"),
        (
            'personal = ["name"]\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"',
            "'name' cannot be personal",
        ),
        ('[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n[values]\nage = {a = "b"}', "unknown key 'age'"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(LayoutError) as refusal:
        parsed_layout('format = "csv"\n' + text, "own")
    assert said in refusal.value.problem


def test_titles_above_the_header_and_a_header_on_a_named_line(tmp_path: Path) -> None:
    rows = "case,activity,on\nsome,title,here\ncase,activity,on\nA,review,2024-03-29\n"
    assert balance(taken(tmp_path / "", ONE, rows=rows)) == (3, 1, 2)  # the first line that names the columns
    other = tmp_path / "other"
    other.mkdir()
    assert balance(taken(other, ONE.replace("[event]", "header_line = 3\n[event]"), rows=rows)) == (1, 1, 0)


def test_sheets_of_a_workbook_are_tables_and_a_refused_row_is_kept_as_an_object(tmp_path: Path) -> None:
    layout = ONE.replace('"csv"', '"excel"').replace("[event]", '[table.events]\nsheet = "环节"')
    (tmp_path / "own.toml").write_text(layout + '[table.cases]\nsheet = "办件"\ncase_id = "case"\n')
    delivery = ingest(tmp_path / "lake", [workbook(tmp_path / "book.xlsx")], str(tmp_path / "own.toml"))
    assert (balance(delivery), balance(delivery, "cases")) == ((2, 1, 1), (2, 2, 0))
    assert [file["name"] for file in delivery.files] == ["book.xlsx"]
    refused = refused_rows(tmp_path / "lake", with_original=True)
    assert refused.select("source_file", "source_line", "original").rows() == [
        ("book.xlsx#环节", 5, '{"case": "B", "activity": "review", "on": "never"}')
    ]


def test_a_formula_in_a_cell_is_a_text_and_nothing_is_computed(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "book.xlsx", {"strings_to_formulas": False})
    sheet = book.add_worksheet("steps")
    sheet.write_row(0, 0, ["case", "activity", "on"])
    sheet.write_row(1, 0, ["A", "=cmd|'/c calc'!A0", "2024-03-29"])
    sheet.write_formula(2, 0, '="A"&"B"', value="AB")
    sheet.write_row(2, 1, ["<b>review</b>'; drop table cases; --", "2024-03-29"])
    book.close()
    (tmp_path / "own.toml").write_text(ONE.replace('"csv"', '"excel"'))
    delivery = ingest(tmp_path / "lake", [tmp_path / "book.xlsx"], str(tmp_path / "own.toml"))
    assert accepted(delivery, "events", "case_id", "activity") == [
        ("A", "=cmd|'/c calc'!A0"),
        ("AB", "<b>review</b>'; drop table cases; --"),
    ]


def bomb(path: Path) -> None:
    """A workbook with a part of 64 MB of spaces, which says of itself that it has none."""
    with zipfile.ZipFile(workbook(path), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b" " * 2**26)
        archive.filelist[-1].file_size = 0


def far_cell(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("环节")
    sheet.write_row(0, 0, STEPS[0])
    sheet.write(1_048_575, 16_383, "far")
    book.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(far_cell, "unpacks to more than a lake takes", id="a cell in the last corner"),
        pytest.param(lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 99), "no workbook", id="no archive"),
        pytest.param(lambda path: path.write_bytes(workbook(path).read_bytes()[:-200]), "workbook", id="cut off"),
        pytest.param(lambda path: path.write_bytes(b""), "is empty", id="empty"),
        pytest.param(bomb, "unpacks to more than a lake takes", id="a bomb"),
    ],
)
def test_a_workbook_that_cannot_or_should_not_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], said: str
) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED_BYTES", 2**25)
    make(tmp_path / "book.xlsx")
    (tmp_path / "own.toml").write_text(ONE.replace('"csv"', '"excel"'))
    with pytest.raises(InputRefusedError, match=said):
        ingest(tmp_path / "lake", [tmp_path / "book.xlsx"], str(tmp_path / "own.toml"))


DATABASE = """
format = "database"
time_zone = "UTC"
calendar = "weekdays"
[table.events]
table = "审批.steps"
case_id = "case"
activity = "activity"
completed_at = "on"
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with a table, and a view that would read another file."""
    (tmp_path / "secret.csv").write_text("case,activity,on\nX,secret,2024-03-29\n")
    with duckdb.connect(tmp_path / "office.duckdb") as connection:
        connection.sql("create schema 审批")
        connection.sql('create table 审批.steps ("case" varchar, activity varchar, "on" varchar)')
        connection.executemany("insert into 审批.steps values (?, ?, ?)", STEPS[1:])
        connection.sql(f"create view 审批.outside as from read_csv('{tmp_path / 'secret.csv'}')")
    return tmp_path / "office.duckdb"


def test_a_table_of_a_duckdb_file_is_read_as_it_is(tmp_path: Path, database: Path) -> None:
    (tmp_path / "own.toml").write_text(DATABASE)
    delivery = ingest(tmp_path / "lake", [database], str(tmp_path / "own.toml"))
    assert balance(delivery) == (2, 1, 1)
    refused = refused_rows(tmp_path / "lake", with_original=True)
    assert refused.select("source_file", "original").rows() == [
        ("office.duckdb#审批.steps", '{"case": "B", "activity": "review", "on": "never"}')
    ]


@pytest.mark.parametrize(("table", "said"), [("审批.outside", "is a view"), ("steps", "no table 'steps'")])
def test_a_database_is_cut_off_from_all_else(tmp_path: Path, database: Path, table: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(DATABASE.replace("审批.steps", table))
    with pytest.raises(InputRefusedError, match=said):
        ingest(tmp_path / "lake", [database], str(tmp_path / "own.toml"))


def test_a_database_that_another_process_writes_is_told_as_such(tmp_path: Path, database: Path) -> None:
    (tmp_path / "own.toml").write_text(DATABASE)
    holder = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(database)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(InputRefusedError, match="held by another process"):
            ingest(tmp_path / "lake", [database], str(tmp_path / "own.toml"))
        process.kill()


def test_a_database_that_was_not_closed_is_refused(tmp_path: Path, database: Path) -> None:
    (tmp_path / "own.toml").write_text(DATABASE)
    (tmp_path / "office.duckdb.wal").write_bytes(b"rest")
    with pytest.raises(InputRefusedError, match="was not closed"):
        ingest(tmp_path / "lake", [database], str(tmp_path / "own.toml"))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.duckdb"])
def test_a_broken_file_is_told_as_such(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PAR1 and nothing more")
    parquet = ONE.replace('"csv"', '"parquet"')
    (tmp_path / "own.toml").write_text(parquet if name.endswith("parquet") else DATABASE)
    with pytest.raises(InputRefusedError, match="is broken"):
        ingest(tmp_path / "lake", [tmp_path / name], str(tmp_path / "own.toml"))


def test_a_file_that_no_source_names_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("ref\n")
    (tmp_path / "own.toml").write_text(SEVERAL)
    with pytest.raises(CallError, match=r"no table for the file 'other.csv'"):
        ingest(tmp_path / "lake", [tmp_path / "other.csv"], str(tmp_path / "own.toml"))
