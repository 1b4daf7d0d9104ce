"""Sound exports with columns of any type and headers of any sort, and annual files: how many rows each has."""

import io
import math
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from support.fuzzed import happens, stamp, word

UNSEEN = ("\ufeff", "\u200b", "\u00a0", " ", "\u3000", "\u00ad", "\n", "")
DAY, HOUR = 86_400, 3_600
EPOCHS = (0, 1_711_677_600, -2_208_988_800, 253_402_128_000, 1_711_677_600, 1_718_000_000)
CASES = ("A", "B", "C", " A", "A\u200b", "", None, "360102202400001234", "3.6E+17")
ANNUAL = ("Case No", "Step", "Closed Date", "Office")
LAYOUT_COLUMNS = 'case_id = "c"\nactivity = "a"\ncompleted_at = "t"\nstarted_at = "s"\nresource = "r"\n'
LAYOUTS = {
    "parquet": f'format = "parquet"\ntime_zone = "Asia/Shanghai"\n[event]\n{LAYOUT_COLUMNS}',
    "xlsx": f'format = "excel"\ntime_zone = "Asia/Shanghai"\n[event]\n{LAYOUT_COLUMNS}',
    "duckdb": f'format = "database"\ntime_zone = "Asia/Shanghai"\n[table.events]\ntable = "rows"\n{LAYOUT_COLUMNS}',
}


@dataclass(frozen=True)
class Export:
    """An export and what it holds.

    Attributes:
        content: the bytes of its file.
        row_count: how many rows it has.
    """

    content: bytes
    row_count: int


def export(form: str, chance: random.Random) -> Export:
    """A sound export of a format."""
    height = chance.choice((0, 1, 2, 5, 20, 60))
    columns = {_header(name, chance): _column(name, height, chance) for name in "catsrx"}
    order = list(columns)
    chance.shuffle(order)
    table = pa.table({name: columns[name] for name in order})
    match form:
        case "parquet":
            file = io.BytesIO()
            pq.write_table(table, file, row_group_size=chance.choice((1, 7, 1000)), compression="none")
            return Export(file.getvalue(), height)
        case "duckdb":
            return Export(_database(table), height)
        case _:
            return _workbook(table, chance)


def annual_files(folder: Path, chance: random.Random) -> tuple[int, list[str]]:
    """Files of like requests in a folder, some with another header; how many rows, and which files are odd."""
    odd: list[str] = []
    count = 0
    for year in range(2015, 2015 + chance.choice((1, 2, 3, 12))):
        names = list(ANNUAL)
        if happens(chance, 0.15):
            at = chance.randrange(3)
            names[at] = chance.choice((names[at][:-1], names[at].upper(), "", f"{names[at]}\u200b", names[3 - at]))
        order = chance.sample(range(4), 4) if happens(chance, 0.1) else range(4)
        rows = [[f"{year}-{number}", "check", f"{year}-03-04", "甲局"] for number in range(chance.choice((0, 1, 5)))]
        count += len(rows)
        lines = [",".join(one[at] for at in order) for one in [names, *rows]]
        file = folder / f"requests-{year}.csv"
        file.write_text("\n".join(lines) + "\n", encoding=chance.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030")))
        plain = {name.replace("\u200b", "") for name in names}
        if not {"Case No", "Step", "Closed Date"} <= plain:
            odd.append(file.name)
    return count, odd


def _header(name: str, chance: random.Random) -> str:
    if happens(chance, 0.7):
        return name
    return f"{chance.choice(UNSEEN)}{name}{chance.choice(UNSEEN)}"


def _column(name: str, height: int, chance: random.Random) -> pa.Array:
    kinds = TIMES if name in "ts" else KEYS if name == "c" else TEXTS
    kind = chance.choice(kinds) if happens(chance, 0.8) else chance.choice((*TIMES, *KEYS, *TEXTS))
    values = [kind.value(chance) if happens(chance, 0.9) else None for _ in range(height)]
    return pa.array(values, type=kind.type, from_pandas=False)


@dataclass(frozen=True)
class Kind:
    """A type of Arrow and a value of it."""

    type: pa.DataType
    value: Callable[[random.Random], Any]


def _moment(unit: str) -> Callable[[random.Random], int]:
    factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]

    def value(chance: random.Random) -> int:
        epochs: Sequence[int] = EPOCHS if unit != "ns" else (0, 1_711_677_600)
        return (chance.choice(epochs) + chance.randrange(DAY)) * factor + chance.choice((0, 0, 1)) * (factor > 1)

    return value


TIMES = (
    Kind(pa.string(), stamp),
    Kind(pa.date32(), lambda chance: chance.choice((0, 19_800, 19_811, -25_567, 2_932_896))),
    *(Kind(pa.timestamp(unit), _moment(unit)) for unit in ("s", "ms", "us", "ns")),
    *(Kind(pa.timestamp("us", tz=zone), _moment("us")) for zone in ("UTC", "Asia/Shanghai", "America/New_York")),
    Kind(pa.int64(), lambda chance: chance.choice((20240329, 45380, 1_711_677_600))),
    Kind(pa.time64("us"), lambda chance: chance.randrange(DAY) * 10**6),
    Kind(pa.null(), lambda chance: None),
)
KEYS = (
    Kind(pa.string(), lambda chance: chance.choice(CASES)),
    Kind(pa.int64(), lambda chance: chance.choice((1, 2, 2**53, 2**62, -1))),
    Kind(pa.float64(), lambda chance: chance.choice((1.0, 2.0, 3.6e17, 1.5, float("nan"), float("inf")))),
    Kind(pa.decimal128(20, 0), lambda chance: chance.choice((1, 2, 10**18))),
    Kind(pa.dictionary(pa.int8(), pa.string()), lambda chance: chance.choice(CASES)),
)
TEXTS = (
    Kind(pa.string(), word),
    Kind(pa.large_string(), word),
    Kind(pa.binary(), lambda chance: chance.choice((b"A", b"\xff", b""))),
    Kind(pa.bool_(), lambda chance: happens(chance, 0.5)),
    Kind(pa.list_(pa.string()), lambda chance: ["A", word(chance)]),
    Kind(pa.struct([("x", pa.int8())]), lambda chance: {"x": 1}),
    Kind(pa.float32(), lambda chance: 0.1),
    Kind(pa.duration("ms"), lambda chance: HOUR),
    Kind(pa.null(), lambda chance: None),
)


def _database(table: pa.Table) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.duckdb"
        with duckdb.connect(path) as connection:
            connection.register("given", table)
            connection.execute("create table rows as from given")
        return path.read_bytes()


def _workbook(table: pa.Table, chance: random.Random) -> Export:
    """The table as a workbook: cells of days, times, numbers and texts; rows without any value are none."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"in_memory": True, "remove_timezone": True, "nan_inf_to_errors": True, "date_1904": happens(chance, 0.2)}
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": chance.choice(("yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "dd/mm/yyyy"))})
        first = chance.choice((0, 0, 2))
        for place, name in enumerate(table.column_names):
            sheet.write_string(first, place, name)
        frame = pl.DataFrame(pl.from_arrow(table.combine_chunks()))
        for number, row in enumerate(frame.rows()):
            cells = [_put(sheet, first + 1 + number, place, value, day) for place, value in enumerate(row)]
            count += any(cells)
    return Export(file.getvalue(), count)


def _put(sheet: Any, row: int, place: int, value: Any, day: Any) -> bool:
    """Writes a cell; whether anything stands there then."""
    import datetime as dt

    if isinstance(value, dt.datetime | dt.date) and value.year >= 1904:
        sheet.write_datetime(row, place, value, day)
        return True
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
        return True
    if isinstance(value, int | float):
        sheet.write_number(row, place, value)
        return math.isfinite(value)  # others are errors of a formula: a row of these and blanks alone is none
    text = "" if value is None else str(value)[:30_000]
    if text:
        sheet.write_string(row, place, text)
    return bool(text.strip())
