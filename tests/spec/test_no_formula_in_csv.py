"""What is written as CSV is opened in spreadsheets: no text of an export may run there, and every number stays one."""

import csv
import io
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy_analytics.system.tabulate import FORMULA, csv_text, drawn, write_table

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1", "\r=1+1", "\n=1+1", "=HYPERLINK(\"http://example.org\",\"click\")", "＝1+1", "＠SUM(1)", "'=1+1", "''-x",
)  # fmt: skip
NUMBERS = ("-5", "+5", "-1.5e3", "-12,5", "0", "1.0")
PLAIN = ("review", "审批决定", "a=b", "3-4", "'quoted'", "'", "", "e-mail", "’=")


def written(table: pl.DataFrame, tmp_path: Path) -> list[list[str]]:
    write_table(table, "csv", tmp_path / "table.csv")
    return list(csv.reader(io.StringIO((tmp_path / "table.csv").read_bytes().decode(), newline="")))[1:]


def undone(cell: str) -> str:
    """The rule of the documentation, read the other way."""
    return cell[1:] if re.match(f"'+[{FORMULA}]", cell) else cell


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    cell = written(pl.DataFrame({"activity": [text]}), tmp_path)[0][0]
    assert cell == f"'{text}"
    assert undone(cell) == text


@pytest.mark.parametrize("text", [*NUMBERS, *PLAIN])
def test_numbers_and_other_texts_stay_as_they_are(tmp_path: Path, text: str) -> None:
    cells = written(pl.DataFrame({"text": [text], "count": [1]}), tmp_path)[0]
    assert cells == [text, "1"]
    assert undone(text) == text


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pl.DataFrame({"remaining_days": [-3, None], "share": [-0.25, 1.0]})
    assert written(table, tmp_path) == [["-3", "-0.25"], ["", "1.0"]]


def test_every_column_of_text_is_looked_at(tmp_path: Path) -> None:
    table = pl.DataFrame({"activity": ["=1", None], "count": [-1, 2], "item": ["a", "@b"]})
    assert written(table, tmp_path) == [["'=1", "-1", "a"], ["", "2", "'@b"]]


def test_a_list_of_activities_begins_with_its_bracket(tmp_path: Path) -> None:
    assert written(pl.DataFrame({"activities": [["=1+1", "review"]]}), tmp_path) == [['["=1+1", "review"]']]


@given(st.text(alphabet=st.sampled_from("='+-@\t\r\n＝12.e a")))
def test_every_text_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("csv")
    cell = written(pl.DataFrame({"count": [1], "text": [text]}), folder)[0][1]
    assert undone(cell) == text
    assert not re.match(f"[{FORMULA}]", cell) or re.fullmatch(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", cell)


def test_json_and_parquet_keep_the_text_itself(tmp_path: Path) -> None:
    table = pl.DataFrame({"activity": list(FORMULAS)})
    write_table(table, "parquet", tmp_path / "table.parquet")
    write_table(table, "json", tmp_path / "table.json")
    assert pl.read_parquet(tmp_path / "table.parquet").equals(table)
    assert pl.read_json(tmp_path / "table.json").equals(table)


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(pl.DataFrame({"activity": ["\x1b[2Jgone\x07\nnext", "审批"], "list": [["\x9bA"], []]}), "table", None)
    told = capsys.readouterr().out
    assert told.count("\n") == 3
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told)
    assert "审批" in told


def test_a_table_without_rows_says_so_where_people_read_it() -> None:
    empty = pl.DataFrame(schema={"activity": pl.String, "case_count": pl.Int64})
    assert drawn(empty) == "activity  case_count\n(no rows)\n"
    assert csv_text(empty) == "activity,case_count\n"
