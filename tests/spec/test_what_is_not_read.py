"""Columns, sheets and files that no table is made of are told; an archive or no text at all is named for what it is."""

import zipfile
from pathlib import Path

import polars as pl
import pytest
from support.door import STEPS, layout_of, taken_in, written

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.guessing.guess import guessed_layout

CODES = ("columns_not_placed", "sheets_not_read", "files_not_read")
STEP_ROWS = {"case": ["A", "A"], "step": ["receive", "decide"], "done": ["2024-03-04 09:00:00", "2024-03-06 09:00:00"]}
CASE_ROWS = {"case": ["A"], "state": ["done"], "colour": ["red"]}
LAYOUT = {"events": STEPS, "cases": {"case_id": "case", "status": "state"}}


def told(delivery: Delivery) -> list[tuple[str, str, int, str]]:
    return [
        (one["code"], one["subject"], one["count"], one["names"]) for one in delivery.notices if one["code"] in CODES
    ]


@pytest.mark.parametrize("form", ["csv", "parquet", "database", "excel"])
def test_columns_that_no_table_is_made_of_are_told_in_every_format(tmp_path: Path, form: str) -> None:
    tables = {"events": pl.DataFrame({**STEP_ROWS, "phone": ["1", "2"]}), "cases": pl.DataFrame(CASE_ROWS)}
    delivery = taken_in(tmp_path, written(tmp_path / "in", form, tables), layout_of(form, LAYOUT))
    assert told(delivery) == [
        ("columns_not_placed", "events", 1, "phone"),
        ("columns_not_placed", "cases", 1, "colour"),
    ]


LOG = """<log xes.version="1.0"><trace><string key="concept:name" value="A"/><string key="colour" value="red"/>
<event><string key="concept:name" value="receive"/><date key="time:timestamp" value="2024-03-04T09:00:00+08:00"/>
<string key="phone" value="1"/><string key="lifecycle:transition" value="complete"/></event>
<event><string key="concept:name" value="decide"/><date key="time:timestamp" value="2024-03-06T09:00:00+08:00"/>
<list key="notes"><string key="within" value="2"/></list></event></trace></log>"""


def test_attributes_of_a_log_that_nothing_is_made_of_are_told_wherever_they_first_occur(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hall.xes").write_text(LOG)
    layout = """format = "xes"
[case]
case_id = "concept:name"
[event]
activity = "concept:name"
completed_at = "time:timestamp"
"""
    assert told(taken_in(tmp_path, tmp_path / "in" / "hall.xes", layout)) == [
        ("columns_not_placed", "cases", 1, "colour"),
        ("columns_not_placed", "events", 2, "phone, notes"),
    ]


def test_a_layout_that_places_all_columns_has_nothing_to_tell(tmp_path: Path) -> None:
    tables = {"events": pl.DataFrame(STEP_ROWS)}
    export = written(tmp_path / "in", "csv", tables)
    assert told(taken_in(tmp_path, export, layout_of("csv", {"events": STEPS}))) == []


def test_a_column_that_two_tables_of_one_file_read_is_placed_by_either(tmp_path: Path) -> None:
    of_cases = '\n[table.cases]\nfile = "events.csv"\ncase_id = "case"\nstatus = "phone"\n'
    layout = layout_of("csv", {"events": STEPS}) + of_cases
    export = written(tmp_path / "in", "csv", {"events": pl.DataFrame({**STEP_ROWS, "phone": ["1", "2"]}).head(1)})
    assert told(taken_in(tmp_path, export, layout)) == []


def test_sheets_and_files_that_are_not_read_are_told_by_name(tmp_path: Path) -> None:
    book = written(tmp_path / "in", "excel", {"events": pl.DataFrame(STEP_ROWS), "notes": pl.DataFrame({"a": ["b"]})})
    delivery = taken_in(tmp_path, book, layout_of("excel", {"events": STEPS}))
    assert told(delivery) == [("sheets_not_read", "hall.xlsx", 1, "notes")]
    export = written(tmp_path / "csv", "csv", {"events": pl.DataFrame(STEP_ROWS)})
    (export / "summary.pdf").write_bytes(b"%PDF")
    (export / ".hidden").write_bytes(b"")
    delivery = taken_in(tmp_path, export, layout_of("csv", {"events": STEPS}), is_other_source=True)
    assert told(delivery) == [("files_not_read", "", 1, "summary.pdf")]


def archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("log.csv", "case,step,done\nA,receive,2024-03-04 09:00:00\n")
    return path


@pytest.mark.parametrize("name", ["log.zip", "log.csv", "log.xlsx"])
def test_an_archive_is_named_for_what_it_is_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    one_table = "\n".join(["", "[event]", *(f'{ours} = "{theirs}"' for ours, theirs in STEPS.items())])
    with pytest.raises(InputRefusedError, match=r"is an archive of 1 file, such as 'log\.csv'"):
        guessed_layout(archive(tmp_path / name))
    with pytest.raises(InputRefusedError, match="is an archive"):
        taken_in(tmp_path, tmp_path / name, layout_of("csv", {}) + one_table)


def test_bytes_that_are_no_text_are_no_export(tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x01\x02,\x03\x04\n\x05,\x06\n")
    with pytest.raises(InputRefusedError, match="is no text"):
        guessed_layout(tmp_path / "photo.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("办件编号,环节\n甲,受理\n".encode("gb18030") + "乙,办结\n".encode(), "two encodings"),
        ("辦件編號,環節,時間\n甲號,受理,2024-03-04\n乙號,辦結歸檔確認,2024-03-05\n".encode("big5") * 20, "Big5"),
    ],
)
def test_the_guess_proposes_no_encoding_of_the_west_for_what_is_none(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "log.csv").write_bytes(content)
    with pytest.raises(InputRefusedError, match=words):
        guessed_layout(tmp_path / "log.csv")


def test_a_workbook_packed_by_a_version_that_nobody_knows_is_refused_as_broken(tmp_path: Path) -> None:
    book = written(tmp_path / "in", "excel", {"events": pl.DataFrame(STEP_ROWS)})
    content = bytearray(book.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 255  # the version needed to unpack the first part
    book.write_bytes(content)
    with pytest.raises(InputRefusedError, match="broken"):
        taken_in(tmp_path, book, layout_of("excel", {"events": STEPS}))
