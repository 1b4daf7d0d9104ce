"""Any table, written in any form an office may choose, is read back as it was written."""

import csv
import datetime as dt
import io
import itertools
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers import csv_lines as readers_csv_lines
from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.csv import csv_originals, read_csv
from efficacy_analytics.lake.readers.csv_lines import CsvForm
from efficacy_analytics.lake.readers.duckdb import read_duckdb
from efficacy_analytics.lake.readers.excel import read_excel
from efficacy_analytics.lake.readers.parquet import read_parquet
from efficacy_analytics.lake.readers.received import Received

TRIES = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LETTERS = st.text(alphabet="ab受é ,;\t|'\"\r\n=0", max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4
)
NAMES = ["case", "activity", "ended", "note"]
WHITE = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and not "\x1c" <= sign <= "\x1f")
"""What Unicode calls white space: the four separators of information, which Python trims too, are none."""


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """A header and its rows."""
    width = draw(st.integers(1, 4))
    return NAMES[:width], draw(st.lists(st.lists(LETTERS, min_size=width, max_size=width), max_size=12))


def whole(batches: list[Received]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Values and places of all batches."""
    return pl.concat(one.values for one in batches), pl.concat(one.place for one in batches)


def as_kept(value: str | None) -> str | None:
    return value if value is not None and value.strip(WHITE) else None


def written(row: list[str], delimiter: str, *, quote_all: bool) -> str:
    needs = [quote_all or not row[0] or any(mark in value for mark in f'{delimiter}"\r\n') for value in row]
    cells = [
        '"' + value.replace('"', '""') + '"' if quoted else value for value, quoted in zip(row, needs, strict=True)
    ]
    return delimiter.join(cells)


@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quote_all=st.booleans(),
    ends=st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    titles=st.integers(0, 2),
    block=st.sampled_from([1, 9, 64, 2**22]),
)
@TRIES
def test_a_csv_file_of_any_dialect_encoding_and_line_end(
    tmp_path: Path,
    table: tuple[list[str], list[list[str]]],
    delimiter: str,
    quote_all: bool,
    ends: list[str],
    encoding: str,
    titles: int,
    block: int,
) -> None:
    header, rows = table
    end = itertools.cycle(ends)
    lines = [f"办件统计 {number}" for number in range(titles)]
    lines += [written(row, delimiter, quote_all=quote_all) for row in [header, *rows]]
    text = "".join(line + next(end) for line in lines)
    file = tmp_path / "rows.csv"
    file.write_bytes(text.encode(encoding))
    # A header of one column does not tell what would stand between two.
    form = CsvForm(("gb18030",) if encoding == "gb18030" else (), delimiter if len(header) == 1 else None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers_csv_lines, "BLOCK", block)
        patch.setattr(readers_csv_lines, "HEAD", 2**18 if titles else 1)
        values, place = whole(list(read_csv(file, [Asked(name) for name in header], form)))
    assert values.rows() == [tuple(as_kept(value) for value in row) for row in rows]
    assert place["fault"].null_count() == len(rows)


ASKEW = {"text": st.text(alphabet='ab,"\n\r', max_size=60), "block": st.sampled_from([1, 9, 2**22])}


@given(**ASKEW)
@settings(TRIES, max_examples=100)
def test_quotes_that_stand_askew_mean_what_they_mean_to_the_csv_module(tmp_path: Path, text: str, block: int) -> None:
    read_askew(tmp_path / "rows.csv", text, block)


@pytest.mark.deep
@given(**ASKEW)
@settings(TRIES, max_examples=4_000)
def test_many_quotes_that_stand_askew_mean_what_they_mean_to_the_csv_module(
    tmp_path: Path, text: str, block: int
) -> None:
    read_askew(tmp_path / "rows.csv", text, block)


def read_askew(file: Path, text: str, block: int) -> None:
    """What is read of a text below a header is what the csv module reads, its faults too."""
    text = "case,note\n" + text
    file.write_text(text, newline="")
    expected, reader = [], csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    ends_well = True
    while True:
        line = reader.line_num + 1
        try:
            row, fault = next(reader), None
        except StopIteration:
            break
        except csv.Error as error:
            ends_well = ends_well and "unexpected end" not in str(error)
            row, fault = [], "quotes_not_readable"
        if row or fault:
            fault = fault or (None if len(row) == 2 else "field_count_differs")
            expected.append((line, fault, *([None, None] if fault else map(as_kept, row))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers_csv_lines, "BLOCK", block)
        patch.setattr(readers_csv_lines, "HEAD", 1)
        asked = [Asked("case"), Asked("note")]
        if not ends_well:
            with pytest.raises(InputRefusedError, match="does not end"):
                list(read_csv(file, asked))
            return
        values, place = whole(list(read_csv(file, asked)))
        originals = list(csv_originals(file, asked, pl.Series(range(len(expected)), dtype=pl.Int64)))
    assert list(zip(place["source_line"], place["fault"], *values, strict=True)) == expected
    assert [number for number, _ in originals] == list(range(len(expected)))
    assert all(original in text for _, original in originals)


TYPED = st.fixed_dictionaries(
    {
        "text": st.none() | LETTERS,
        "at": st.none() | st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2999, 12, 31)),
        "seen_at": st.none()
        | st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2999, 12, 31), timezones=st.just(dt.UTC)),
        "on": st.none() | st.dates(dt.date(1900, 3, 1), dt.date(2999, 12, 31)),
        "count": st.none() | st.integers(-(2**31), 2**31),
        "share": st.none() | st.floats(-1e6, 1e6, allow_nan=False).map(lambda share: round(share, 3)),
        "is_open": st.none() | st.booleans(),
        "amount": st.none() | st.decimals(-(10**6), 10**6, places=2),
    }
)
SCHEMA = {
    "text": pl.String,
    "at": pl.Datetime("us"),
    "seen_at": pl.Datetime("us", "Asia/Shanghai"),
    "on": pl.Date,
    "count": pl.Int64,
    "share": pl.Float64,
    "is_open": pl.Boolean,
    "amount": pl.Decimal(18, 2),
}


def plain(value: object) -> str | None:
    """A typed value as the contract reads it, by Python's own words."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            text = value.replace(tzinfo=None).isoformat(sep=" ")
            text = text.rstrip("0") if value.microsecond else text
            return text + "Z" if value.tzinfo else text
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case str():
            return as_kept(value)
        case _:
            return str(value)


@given(rows=st.lists(TYPED, max_size=8))
@example(rows=[dict.fromkeys(SCHEMA) | {"text": "\x1f"}])
@settings(TRIES, max_examples=20)
def test_typed_columns_of_parquet_and_of_a_database(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    read_back_typed(tmp_path_factory.mktemp("typed"), rows)


@pytest.mark.deep
@given(rows=st.lists(TYPED, max_size=8))
@settings(TRIES, max_examples=600)
def test_many_typed_columns_of_parquet_and_of_a_database(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    read_back_typed(tmp_path_factory.mktemp("typed"), rows)


def read_back_typed(folder: Path, rows: list[dict[str, object]]) -> None:
    """What is written typed comes back from a Parquet file and from a database."""
    frame = pl.DataFrame(rows, schema=SCHEMA)
    frame.write_parquet(folder / "rows.parquet")
    with duckdb.connect(folder / "rows.duckdb") as connection:
        connection.sql("create schema 审批; create table 审批.steps as from frame")
    asked = [Asked(name) for name in SCHEMA]
    expected = [tuple(plain(row[name]) for name in SCHEMA) for row in rows]
    for batches in (
        list(read_parquet(folder / "rows.parquet", asked)),
        list(read_duckdb(folder / "rows.duckdb", "审批.steps", asked)),
    ):
        values, place = whole(batches)
        assert [tuple(same(cell) for cell in row) for row in values.rows()] == [
            tuple(same(cell) for cell in row) for row in expected
        ]
        assert place["source_line"].to_list() == list(range(1, len(rows) + 1))


def same(text: str | None) -> str | None:
    """A number by its value: 1e-05 and 0.00001 are one."""
    try:
        return str(float(text)) if text and not text.strip().isdigit() else text
    except ValueError:
        return text


CELLS = st.text(alphabet="ab受é,;'\"=0\n", max_size=6)


@given(
    rows=st.lists(
        st.tuples(CELLS, st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(2999, 1, 1)), st.dates(dt.date(1905, 1, 1))),
        max_size=6,
    ),
    titles=st.integers(0, 3),
    from_1904=st.booleans(),
    as_serials=st.booleans(),
)
@settings(TRIES, max_examples=60)
def test_a_sheet_with_dates_as_serials_of_either_system(
    tmp_path: Path, rows: list[tuple[str, dt.datetime, dt.date]], titles: int, from_1904: bool, as_serials: bool
) -> None:
    file = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(file, {"date_1904": from_1904, "strings_to_formulas": False})
    book.add_worksheet("说明").write(0, 0, "an empty page")
    sheet = book.add_worksheet("环节")
    form = None if as_serials else book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for number in range(titles):
        sheet.write(number, 0, "办件统计")
    sheet.write_row(titles, 0, ["case", "at", "on"])
    for number, (text, at, on) in enumerate(rows, start=titles + 1):
        sheet.write_string(number, 0, text)
        sheet.write_datetime(number, 1, at.replace(microsecond=0), form)
        sheet.write_datetime(number, 2, on, form)
    book.close()
    asked = [Asked("case"), Asked("at", is_time=True), Asked("on", is_time=True)]
    values, place = whole(list(read_excel(file, "环节", asked)))
    expected = [(as_kept(text), *(shown(moment) for moment in (at, on))) for text, at, on in rows]
    assert values.rows() == expected
    assert place["source_line"].to_list() == list(range(titles + 2, titles + 2 + len(rows)))


def shown(moment: dt.datetime | dt.date) -> str:
    if isinstance(moment, dt.datetime) and moment.time().replace(microsecond=0) != dt.time():
        return moment.replace(microsecond=0).isoformat(sep=" ")
    return moment.strftime("%Y-%m-%d")
