"""What is no key is refused, and what nobody sees in a key makes no other key.

After ask.csdn.net/questions/9101371, nctoro.com/a480680 (rounded numbers) and okfn/opendatasurvey #774,
dfe-analytical-services/explore-education-statistics PR #942 (blanks).
"""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from support.intake import ingest

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake.ingest import refused_rows

LAYOUT = """time_zone = "Asia/Shanghai"
[event]
case_id = "号"
activity = "环节"
completed_at = "完成"
[case]
department = "部门"
"""
HEAD = ["号", "环节", "完成", "部门"]
FIRST, SECOND = 360102202400001001, 360102202400001002  # both are the double 360102202400001024


def rows(*numbers: object) -> list[list[object]]:
    """A row for each number, with its step and day."""
    return [[number, f"s{place}", f"2024-03-0{place + 1} 09:00", "甲局"] for place, number in enumerate(numbers)]


def taken(folder: Path, form: str, given: list[list[object]]) -> Delivery:
    """The delivery of rows written as a form of file."""
    (folder / "layout.toml").write_text(f'format = "{form}"\n{LAYOUT}')
    file = folder / f"steps.{'xlsx' if form == 'excel' else form}"
    if form == "excel":
        with xlsxwriter.Workbook(file) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate([HEAD, *given]):
                sheet.write_row(number, 0, row)
    elif form == "parquet":
        pl.DataFrame(given, schema=HEAD, orient="row").write_parquet(file)
    else:
        file.write_text("\n".join(",".join(map(str, row)) for row in [HEAD, *given]) + "\n")
    return ingest(folder / "lake", [file], str(folder / "layout.toml"))


def cases(delivery: Delivery) -> list[str]:
    return sorted(pl.read_parquet(delivery.folder / "cases.parquet")["case_id"])


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        pytest.param("excel", [FIRST, FIRST, SECOND], id="numbers of a workbook"),
        pytest.param("excel", [1.5e20, 1.5e20], id="numbers longer than any a workbook writes out"),
        pytest.param("csv", ["3.60102E+17", "3.60102E+17"], id="as a spreadsheet shows them"),
        pytest.param("csv", ['"3,60102E+17"', "3E+17"], id="as a German spreadsheet shows them"),
        pytest.param("csv", ["360102202400001000", "360102202400002000"], id="fifteen digits and noughts"),
        pytest.param("csv", [int(float(FIRST)), int(float(FIRST + 90))], id="doubles written out"),
        pytest.param("parquet", [float(FIRST), float(SECOND)], id="a column of floating point"),
    ],
)
def test_a_number_that_a_spreadsheet_has_rounded_is_no_key(tmp_path: Path, form: str, numbers: list[object]) -> None:
    with pytest.raises(InputRefusedError, match=f"{len(numbers)} case_id_rounded") as refused:
        taken(tmp_path, form, rows(*numbers))
    assert "'号'" in str(refused.value.hint)
    assert "as text" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("excel", [str(FIRST), str(SECOND)]),
        ("excel", [20240001, "A-7"]),
        ("csv", [FIRST, SECOND]),
        ("csv", ["360102202400001000", FIRST]),
        ("csv", ["2E10", "5e8"]),
        ("parquet", [str(FIRST), str(SECOND)]),
        ("parquet", [FIRST, SECOND]),
        ("parquet", [20240001.0, 20240002.0]),
    ],
)
def test_a_long_number_kept_as_text_is_a_key(tmp_path: Path, form: str, numbers: list[object]) -> None:
    kept = sorted(str(int(number)) if isinstance(number, float) else str(number) for number in numbers)
    assert cases(taken(tmp_path, form, rows(*numbers))) == kept


def test_a_row_with_a_rounded_number_is_refused_beside_those_without(tmp_path: Path) -> None:
    delivery = taken(tmp_path, "excel", rows(str(FIRST), SECOND))
    assert cases(delivery) == [str(FIRST)]
    assert refused_rows(tmp_path / "lake").select("source_line", "rule").rows() == [(3, "case_id_rounded")]


@pytest.mark.parametrize("form", ["csv", "excel", "parquet"])
def test_blanks_and_invisible_characters_make_no_other_case_department_or_activity(tmp_path: Path, form: str) -> None:
    given = [
        ["\t2024001", "受理", "2024-03-04 09:00", "甲局"],
        ["2024001", "办结", "2024-03-05 09:00", "甲局 "],
        ["2024002", "受理", "\u200b2024-03-04 09:00", "甲局\u3000"],
        ["2024002 ", "办结", "2024-03-06 09:00\u00a0", "甲局"],
        ["2024\ufeff003", "受理", "2024-03-04 09:00", "甲\u00a0局"],
        ["2024003", "办结\u200b", "2024-03-07 09:00", "甲局"],
    ]
    delivery = taken(tmp_path, form, given)
    assert delivery.rows["events"]["accepted"] == 6
    assert cases(delivery) == ["2024001", "2024002", "2024003"]
    assert pl.read_parquet(delivery.folder / "cases.parquet")["department"].unique().to_list() == ["甲局"]
    assert sorted(pl.read_parquet(delivery.folder / "events.parquet")["activity"].unique()) == ["办结", "受理"]
    told = {notice["subject"]: notice["count"] for notice in delivery.notices}
    assert told == {"号": 3, "环节": 1, "完成": 2, "部门": 3}


def test_a_no_break_blank_between_words_is_a_plain_one(tmp_path: Path) -> None:
    given = [["A", "site\u00a0visit", "2024-03-04 09:00", "x"], ["A", "site visit", "2024-03-05 09:00", "x"]]
    delivery = taken(tmp_path, "csv", given)
    assert pl.read_parquet(delivery.folder / "events.parquet")["activity"].to_list() == ["site visit"] * 2


def test_of_a_log_the_names_of_traces_and_events_are_tidied(tmp_path: Path) -> None:
    def trace(case: str, activity: str) -> str:
        named = f'<string key="concept:name" value="{activity}"/><date key="time:timestamp" value="2024-03-04T09:00Z"/>'
        return f'<trace><string key="concept:name" value="{case}"/><event>{named}</event></trace>'

    (tmp_path / "layout.toml").write_text('format = "xes"\ntime_zone = "Asia/Shanghai"\n')
    (tmp_path / "log.xes").write_text(f"<log>{trace('A ', 'review')}{trace('B', 'review&#xA0;')}</log>")
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "layout.toml"))
    assert cases(delivery) == ["A", "B"]
    assert pl.read_parquet(delivery.folder / "events.parquet")["activity"].to_list() == ["review", "review"]


@pytest.mark.parametrize("word", ["NULL", "NaN", "None", "N/A", "-", "无"])
def test_rows_whose_number_is_a_word_for_nothing_are_no_case_of_that_name(tmp_path: Path, word: str) -> None:
    delivery = taken(tmp_path, "csv", rows("A", word, word))
    assert delivery.rows["events"]["refused_by_rule"] == {"case_id_missing": 2}


@pytest.mark.parametrize("form", ["csv", "parquet", "excel"])
def test_letters_in_parts_and_full_width_letters_make_no_other_case(tmp_path: Path, form: str) -> None:
    delivery = taken(tmp_path, form, rows("Ü1", "U\u03081", "Ａ２", "A2"))
    assert delivery.written["cases"] == 2
    assert [(one["subject"], one["count"]) for one in delivery.notices if one["code"] == "texts_tidied"] == [("号", 2)]
