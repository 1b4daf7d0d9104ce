"""Small valid workbooks, Parquet and DuckDB files to be damaged, and layouts to be misspelt."""

import io
import random
import tempfile
import zipfile
from pathlib import Path

import duckdb
import polars as pl
import xlsxwriter

from support.fuzzed import PERSON, happens, mutated

ROWS = {
    "c": ["A", "A", PERSON, None],
    "a": ["受理", "review", "", "=cmd"],
    "t": ["2024-03-29 10:00", "2024-03-29 11:00:01", "never", "45380.5"],
}
COLUMNS = 'case_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
LAYOUTS = {
    "xlsx": f'format = "excel"\ntime_zone = "Asia/Shanghai"\n[event]\n{COLUMNS}',
    "parquet": f'format = "parquet"\ntime_zone = "Asia/Shanghai"\n[event]\n{COLUMNS}',
    "duckdb": f'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "rows"\n{COLUMNS}',
}
ODD_VALUES = (
    *("1", "-1", "true", "[]", "{}", '""', '"\\u0000"', "1979-05-27", "nan", "inf", '["c"]', '{ c = "c" }', "[[]]"),
    *('"c"', '"../x"', '"%Y-%q"', '"%"', '"Asia/Shanghai"', '"Mars/Base"', '["c", "c"]', '"，"', '"\\t"', "9" * 30),
    *('["utf-16", "hex"]', '"\\ufeff"', '"\\u202e"', '"xes"', '"csv"', '"database"', '{ name = "c", optional = true }'),
    *('["case_id"]', '["activity"]', '"20 working_days"', '"select 1"', '["%H", ""]', '"' + "长" * 5_000 + '"'),
)  # fmt: skip
ODD_LINES = (
    *("[event]", "[case]", "[constants]", "[case_extra]", "[table]", "[table.events]", "[[table.events]]", "[values]"),
    *(
        "[office_hours]",
        "[values.kind]",
        "[table.cases]",
        "[[table.clock_stops]]",
        "x = 1",
        "= 1",
        "[",
        "\x00",
        "a.b.c = 1",
    ),
)
KEYS = (
    *("format", "time_zone", "calendar", "encoding", "delimiter", "header_line", "sheet", "time_format", "verdict_by"),
    *(
        "personal",
        "event",
        "case",
        "constants",
        "table",
        "values",
        "office_hours",
        "activity_labels",
        "case_id",
        "activity",
    ),
    *(
        "completed_at",
        "started_at",
        "file",
        "item",
        "department",
        "statutory_limit",
        "row_key",
        "is_deleted",
        "where_given",
    ),
    *("not_completed_where", "optional", "key", "watermark", "query", "overlap", "case_extra", "due_on", "monday"),
)


def sound_file(form: str) -> bytes:
    """A small file of the format that is taken in."""
    match form:
        case "xlsx":
            return _workbook()
        case "parquet":
            file = io.BytesIO()
            pl.DataFrame(ROWS).with_columns(n=pl.lit(1.5), at=pl.lit(0).cast(pl.Datetime("ns"))).write_parquet(
                file, compression="uncompressed"
            )
            return file.getvalue()
        case _:
            return _database()


def with_part_changed(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook in whose first sheet a text is another one."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(file, "w") as changed:
        for part in book.namelist():
            whole = book.read(part)
            changed.writestr(part, whole.replace(old, new) if part.endswith("sheet1.xml") else whole)
    return file.getvalue()


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed: at its end, where formats keep what they rely on; of a workbook in a part."""
    if content.startswith(b"PK") and happens(chance, 0.7):
        return _with_a_damaged_part(content, chance)
    if happens(chance, 0.4):
        cut = chance.choice((64, 512))
        return content[:-cut] + mutated(content[-cut:], chance)
    return mutated(content, chance)


def odd_layout(text: str, chance: random.Random) -> str:
    """A layout with lines changed, added, doubled or left out."""
    lines = text.splitlines()
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(lines) + 1)
        match chance.randrange(6):
            case 0:
                del lines[at : at + 1]
            case 1:
                lines.insert(at, chance.choice(ODD_LINES))
            case 2:
                lines[at : at + 1] = [
                    line.partition("=")[0] + f"= {chance.choice(ODD_VALUES)}" for line in lines[at:][:1]
                ]
            case 3:
                lines.insert(at, "".join(chance.choices("\n".join(lines) + "=", k=8)) if happens(chance, 0.2) else "#")
            case _:
                lines.insert(at, f"{chance.choice(KEYS)} = {chance.choice(ODD_VALUES)}")
    return "\n".join(lines) + "\n"


def _with_a_damaged_part(content: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        parts = old.namelist()
        chosen = "xl/worksheets/sheet1.xml" if happens(chance, 0.5) else chance.choice(parts)
        for part in parts:
            whole = old.read(part)
            new.writestr(part, _changed_part(whole, chance) if part == chosen else whole)
    return file.getvalue()


def _changed_part(whole: bytes, chance: random.Random) -> bytes:
    if happens(chance, 0.5):
        return mutated(whole, chance)
    old = chance.choice((b'r="1"', b'r="A2"', b't="s"', b"<v>1</v>", b"A1:", b"<row", b"</row>", b"sheet1"))
    return whole.replace(
        old, chance.choice((b'r="1048577"', b'r="XFD1048576"', b't="e"', b"<v>-1</v>", b"<v>1e999</v>", b""))
    )


def _workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, (name, values) in enumerate(ROWS.items()):
            sheet.write_column(0, place, [name, *values])
    return file.getvalue()


def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.duckdb"
        with duckdb.connect(path) as connection:
            connection.execute("create table rows (c varchar, a varchar, t varchar)")
            connection.executemany("insert into rows values (?, ?, ?)", list(zip(*ROWS.values(), strict=True)))
        return path.read_bytes()
