"""Small files that unpack without end, and databases that compute: one clear error, soon, in bounded memory.

After CVE-2024-24680 and the zip-bomb notes of D. Fifield (2019); Arrow #38575 (dictionaries), calamine #413 (repeats).
"""

import gzip
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from support.intake import ingest

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.intake.files import within_bounds
from efficacy_analytics.system.bounds import bounded

HEAD = ("c", "a", "t")
ROW = ("A", "review", "2024-03-29 10:00")
LAYOUT = 'format = "{}"\ntime_zone = "Asia/Shanghai"\n[{}]\n{}case_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
LAYOUTS = {
    "parquet": LAYOUT.format("parquet", "event", ""),
    "duckdb": LAYOUT.format("database", "table.events", 'table = "s"\n'),
    "xlsx": LAYOUT.format("excel", "event", ""),
    "ods": LAYOUT.format("excel", "event", ""),
}
MOST_SECONDS, MOST_KB = 20.0, 1_000_000


def repeated(value: str, count: int) -> pa.DictionaryArray:
    """A column in which a value stands once, and is named by every row."""
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), pa.array([value]))


def lists(lengths: list[int]) -> pa.ListArray:
    """A column of lists of zeros, so long."""
    return pa.ListArray.from_arrays([0, *accumulate(lengths)], pa.repeat(pa.scalar(0), sum(lengths)))


def parquet(file: Path, activity: pa.Array) -> None:
    count = len(activity)
    columns = [repeated(ROW[0], count), activity, repeated(ROW[2], count)]
    pq.write_table(pa.table(columns, names=list(HEAD)), file, compression="zstd", store_schema=False)


def database(file: Path, *statements: str) -> None:
    with duckdb.connect(file) as connection:
        for one in statements:
            connection.execute(one)


def shared_text(file: Path) -> None:
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(20_000):
            sheet.write_row(row, 0, (ROW[0], "x" * 32_000, ROW[2]) if row else HEAD)


def sheet_xml(file: Path, rows: str) -> None:
    """A workbook whose sheet is these rows, its texts inline."""
    with xlsxwriter.Workbook(file) as workbook:
        workbook.add_worksheet()
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"<sheetData/>", f"<sheetData>{rows}</sheetData>".encode())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in parts.items():
            packed.writestr(part, content)


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def opendocument(file: Path, row: str) -> None:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in names)
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in HEAD
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        packed.writestr("META-INF/manifest.xml", f"<manifest:manifest {space}/>")
        packed.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='S'>"
            f"<table:table-row>{cells}</table:table-row>{row}"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )


VALUED = (
    '<table:table-cell table:number-columns-repeated="{}" office:value-type="string">'
    "<text:p>A</text:p></table:table-cell>"
)
BOMBS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a value that every row names": (
        "parquet", lambda file: parquet(file, repeated("x" * 1_000_000, 60_000)), "unpacks to more"),
    "rows without end": ("parquet", lambda file: parquet(file, repeated("r", 4_000_000)), "unpacks to more"),
    "values that pack well": (
        "parquet",
        lambda file: parquet(file, pa.array([f"{n}{'y' * 1_000_000}" for n in range(100)])), "unpacks to more"),
    "lists": (
        "parquet", lambda file: parquet(file, lists([50_000] * 500 + [1] * 1_000)), "unpacks to more"),
    "a view": ("duckdb", lambda file: database(
        file, "create view s as select i c, i a, '2024-03-29' t from range(1000000000) r(i) order by hash(i)"),
        "is a view"),
    "a column that is computed": ("duckdb", lambda file: database(
        file, "create table s (c varchar, t varchar, a varchar generated always as (repeat(c, 1000)) virtual)",
        "insert into s select 'A', '2024-03-29' from range(10)"), "has no column 'a'"),
    "values of a database": ("duckdb", lambda file: database(
        file, "create table s as select 'A' as c, repeat('x', 100000000) as a, '2024-03-29' as t from range(3)"),
        "needs more memory than a lake gives it|more than a lake takes"),
    "a text that every cell names": ("xlsx", shared_text, "unpacks to more"),
    "a cell in the last corner": (
        "xlsx", lambda file: sheet_xml(file, f'<row r="1048576">{inline("AT1048576", "A")}</row>'), "unpacks to more"),
    "a cell of a book": (
        "xlsx", lambda file: sheet_xml(file, f'<row r="1">{inline("A1", "x" * 1_000_000)}</row>'), "a cell of more"),
    "rows that repeat": (
        "ods", lambda file: opendocument(
            file, f'<table:table-row table:number-rows-repeated="1000000">{VALUED.format(16_000)}</table:table-row>'),
        "unpacks to more"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_soon_in_bounded_memory_with_its_cause(tmp_path: Path, bomb: str) -> None:
    form, make, said = BOMBS[bomb]
    file = tmp_path / f"bomb.{form}"
    make(file)
    assert file.stat().st_size < 1_000_000
    (tmp_path / "own.toml").write_text(LAYOUTS[form])
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputRefusedError, match=said) as fault:
        ingest(tmp_path / "lake", [file], str(tmp_path / "own.toml"))
    assert time.process_time() - begun < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KB
    assert "space" not in str(fault.value)
    assert not (tmp_path / "lake" / "accepted").exists()


def test_a_sound_sheet_with_its_thousand_empty_columns_and_million_empty_rows_is_read(tmp_path: Path) -> None:
    """What LibreOffice writes below and beside the cells of every sheet."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in ROW
    )
    empty = '<table:table-cell table:number-columns-repeated="16381"/>'
    opendocument(
        tmp_path / "sound.ods",
        f"<table:table-row>{cells}{empty}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>',
    )
    (tmp_path / "own.toml").write_text(LAYOUTS["ods"])
    delivery = ingest(tmp_path / "lake", [tmp_path / "sound.ods"], str(tmp_path / "own.toml"))
    assert delivery.rows["events"]["accepted"] == 1


def test_no_macro_of_a_delivered_database_stands_for_a_function_of_the_engine(tmp_path: Path) -> None:
    macros = [f"create macro {name}(x) as repeat('x', 100000000)" for name in ("strlen", "lower", "max", "trim")]
    database(
        tmp_path / "own.duckdb", *macros, "create macro duckdb_tables() as table select 1 as nothing",
        "create table s as select 'A' as c, 'review' as a, '2024-03-29 10:00' as t",
    )  # fmt: skip
    (tmp_path / "own.toml").write_text(LAYOUTS["duckdb"])
    delivery = ingest(tmp_path / "lake", [tmp_path / "own.duckdb"], str(tmp_path / "own.toml"))
    assert delivery.rows["events"]["accepted"] == 1


def test_texts_that_stand_in_many_rows_are_read_as_they_are(tmp_path: Path) -> None:
    activities = [("review " + "x" * 5_000) if n % 3 else "done" for n in range(3_000)]
    cases = [f"A{n:05}" for n in range(3_000)]
    table = pa.table({"c": cases, "a": activities, "t": [ROW[2]] * 3_000})
    pq.write_table(table, tmp_path / "log.parquet", compression="none")
    (tmp_path / "own.toml").write_text(LAYOUTS["parquet"])
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.parquet"], str(tmp_path / "own.toml"))
    assert delivery.rows["events"]["accepted"] == 3_000
    with duckdb.connect() as engine:
        found = engine.execute(
            "select case_id, activity from read_parquet(?) order by case_id", [str(delivery.folder / "events.parquet")]
        ).fetchall()
    assert found == list(zip(cases, activities, strict=True))


@pytest.mark.parametrize(("most", "seconds", "said"), [(150_000_000, 60.0, "memory"), (10_000_000_000, 0.3, "time")])
def test_what_no_check_foresaw_is_ended_by_its_bound(most: int, seconds: float, said: str) -> None:
    faults = {kind: InputRefusedError(f"too much {kind}.") for kind in ("memory", "time")}
    with pytest.raises(InputRefusedError, match=f"too much {said}"), bounded(most, seconds, faults):
        _filled(5_000_000 if said == "memory" else 0)


def _filled(size: int) -> None:
    kept: list[bytes] = []
    while True:
        kept.append(b"x" * size)
        time.sleep(0.01)


def test_the_bounds_of_a_delivery_grow_with_its_files_each_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, float]] = []
    monkeypatch.setattr("efficacy_analytics.lake.intake.files.bounded", lambda *bounds: asked.append(bounds[:2]))
    for size in (1_000, 100_000_000):
        with (tmp_path / "log.csv").open("wb") as file:
            file.truncate(size)
        within_bounds({"events": [tmp_path / "log.csv"], "cases": [tmp_path / "log.csv"]})
    assert [memory for memory, _ in asked] == [1_500_000_000, 6_400_000_000]  # 1.5 GB, or 64 bytes a byte
    assert [seconds for _, seconds in asked] == pytest.approx([45.01, 1045.0])  # 45 s, and ten for each megabyte


def test_a_packed_file_has_the_bounds_of_what_it_holds_and_no_more_than_twenty_times_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, float]] = []
    monkeypatch.setattr("efficacy_analytics.lake.intake.files.bounded", lambda *bounds: asked.append(bounds[:2]))
    rows = "".join(f"A{n:06},review,D{n % 20:02},2024-03-{1 + n % 28:02} 10:{n % 60:02}\n" for n in range(20_000))
    plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    plain.write_text(rows)
    packed.write_bytes(gzip.compress(rows.encode()))
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"0" * 20_000_000))
    for file in (plain, packed, bomb):
        within_bounds({"events": [file]})
    of_plain, of_packed, of_bomb = (seconds for _, seconds in asked)
    assert of_packed >= of_plain
    assert of_bomb < 45 + 10 * 20 * bomb.stat().st_size / 1e6 + 1


UNHEARD = """
import duckdb
from efficacy_analytics.cli.faults import ended
from efficacy_analytics.system.bounds import bounded
from efficacy_analytics.system.stopping import Stops, leave
from efficacy_analytics.errors import InputRefusedError
stops = Stops()
stops.heed()
duckdb.sql("set threads = 1")
fault = InputRefusedError("too long.")
print("begun", flush=True)
try:
    with bounded(2**40, {seconds}, {{"memory": fault, "time": fault}}):
        duckdb.sql("select sum(hash(a.range) % (b.range + 1)) from range(100000000) a, range(100000) b").fetchall()
except BaseException as met:
    way = ended(stops.stopped or met)
    leave(way.code)
"""


@pytest.mark.parametrize(
    ("seconds", "code", "said"), [(60, 128 + signal.SIGTERM, "Stopped by SIGTERM"), (0.5, 3, "too long")]
)
def test_an_engine_that_hears_nothing_is_ended_within_five_seconds(seconds: float, code: int, said: str) -> None:
    program = [sys.executable, "-c", UNHEARD.format(seconds=seconds)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.5)
        begun = time.monotonic()
        if code > 3:
            process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
        assert time.monotonic() - begun < 5
    assert process.returncode == code
    assert said in told
