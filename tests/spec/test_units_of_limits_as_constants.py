"""The unit of a column of lengths may be known from elsewhere, from a regulation or the heading: it is a constant."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.layouts.layout_files import parsed_layout, with_constants

HEAD = 'format = "csv"\ntime_zone = "Asia/Shanghai"\ncalendar = "CN"\n'
ONE_FILE = (
    HEAD + '[event]\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
    '[case]\npromised_length = "days"\nstatutory_limit = "law"\n'
)
CARRIED = (
    HEAD + '[table.events]\nfile = "steps.csv"\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
    '[table.events.case]\npromised_length = "days"\n'
)
TWO_FILES = (
    HEAD + '[table.events]\nfile = "steps.csv"\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
    '[table.cases]\nfile = "cases.csv"\ncase_id = "case"\npromised_length = "days"\n'
)
STEPS = (
    "case,step,done,days,law\nA,decide,2024-03-08,5,10个工作日\nB,decide,2024-03-08,7个工作日,\nC,decide,2024-03-08,,\n"
)
CASES = "case,days\nA,5\nB,7个工作日\nC,\n"
FILES = {
    "steps.csv": STEPS, "cases.csv": CASES, "more.csv": "case,channel\nD,window\n",
    "items.csv": "item,law,days\nI,30,5\nJ,,7\n",
}  # fmt: skip
UNIT = 'promised_unit = "working_days"\n'


def taken(folder: Path, layout: str, **given: str) -> Delivery:
    """What a layout takes in of the steps, and of the cases and items where it names their files."""
    export = folder / "in"
    export.mkdir()
    for name, text in FILES.items():
        if name == "steps.csv" or f'"{name}"' in layout:
            (export / name).write_text(text, encoding="utf-8")
    (folder / "own.toml").write_text(layout, encoding="utf-8")
    return ingest(folder / "lake", [export], str(folder / "own.toml"), constants=given)


def limits(delivery: Delivery) -> list[tuple[object, ...]]:
    """Case, promised length and unit of what was accepted."""
    cases = pl.read_parquet(delivery.folder / "cases.parquet").sort("case_id")
    return cases.select("case_id", "promised_length", "promised_unit").rows()


AS_PROMISED = [("A", 5, "working_days"), ("B", 7, "working_days"), ("C", None, None)]


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(ONE_FILE + "[constants]\n" + UNIT, id="on the rows of steps"),
        pytest.param(CARRIED + "[constants]\n" + UNIT, id="carried by a table of steps"),
        pytest.param(TWO_FILES + "[constants]\n" + UNIT, id="in a table of cases"),
        pytest.param(TWO_FILES + "[table.cases.constants]\n" + UNIT, id="said of the table alone"),
    ],
)
def test_each_length_has_the_unit_and_a_case_without_a_length_has_no_limit(tmp_path: Path, layout: str) -> None:
    assert limits(taken(tmp_path, layout)) == AS_PROMISED


def test_the_unit_can_be_given_with_the_command(tmp_path: Path) -> None:
    assert limits(taken(tmp_path, TWO_FILES, promised_unit="working_days")) == AS_PROMISED


def test_a_length_that_says_another_unit_is_refused(tmp_path: Path) -> None:
    """Seven working days are no seven calendar days."""
    delivery = taken(tmp_path, TWO_FILES + '[constants]\npromised_unit = "calendar_days"\n')
    assert delivery.rows["cases"]["refused_by_rule"] == {"limit_not_readable": 1}
    assert limits(delivery) == [("A", 5, "calendar_days"), ("C", None, None)]


def test_without_the_constant_a_bare_number_is_refused(tmp_path: Path) -> None:
    delivery = taken(tmp_path, TWO_FILES)
    assert delivery.rows["cases"]["refused_by_rule"] == {"limit_not_readable": 1}
    assert limits(delivery) == AS_PROMISED[1:]


def test_items_have_it_too(tmp_path: Path) -> None:
    layout = (
        TWO_FILES + "[table.cases.constants]\n" + UNIT
        + '[table.items]\nfile = "items.csv"\nitem = "item"\nstatutory_length = "law"\npromised_length = "days"\n'
        + '[table.items.constants]\npromised_unit = "working_days"\nstatutory_unit = "calendar_days"\n'
    )  # fmt: skip
    items = pl.read_parquet(taken(tmp_path, layout).folder / "items.parquet").sort("item")
    columns = ("item", "statutory_length", "statutory_unit", "promised_length", "promised_unit")
    assert items.select(columns).rows() == [
        ("I", 30, "calendar_days", 5, "working_days"),
        ("J", None, None, 7, "working_days"),
    ]


def test_of_a_table_in_two_parts_the_one_without_lengths_has_no_limits(tmp_path: Path) -> None:
    """Of case D the export says where it was filed, and no days."""
    parts = '[[table.cases]]\nfile = "more.csv"\ncase_id = "case"\nchannel = "channel"\n[constants]\n' + UNIT
    layout = TWO_FILES.replace("[table.cases]", "[[table.cases]]") + parts
    assert limits(taken(tmp_path, layout)) == [*AS_PROMISED, ("D", None, None)]


NO_LENGTHS = HEAD + '[event]\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        (NO_LENGTHS + "[constants]\n" + UNIT, "promised_unit is constant, and no column gives promised_length"),
        (
            TWO_FILES.replace("promised_length", "promised_limit") + "[table.cases.constants]\n" + UNIT,
            "promised_unit is constant, and no column gives promised_length",
        ),
        (
            TWO_FILES + 'promised_unit = "unit"\n[constants]\n' + UNIT,
            "promised_unit is a column and a constant: which one holds is not said",
        ),
        (ONE_FILE + '[constants]\npromised_unit = "weeks"\n', "'weeks' is not the unit of a promised limit"),
        (
            TWO_FILES + '[table.cases.constants]\nstatutory_limit = "20"\n',
            "'20' is not a statutory limit",
        ),
    ],
)
def test_a_constant_that_is_no_limit_is_told_before_a_row_is_read(layout: str, problem: str) -> None:
    with pytest.raises(LayoutError) as fault:
        parsed_layout(layout, "own")
    assert problem in fault.value.problem
    assert "_limit = " in fault.value.hint


def test_a_whole_limit_still_replaces_what_the_export_says(tmp_path: Path) -> None:
    whole = [(case, 20, "calendar_days") for case in "ABC"]
    assert limits(taken(tmp_path, ONE_FILE, promised_limit="20 calendar_days")) == whole
    with pytest.raises(LayoutError, match="'weeks' is not the unit"):
        with_constants(parsed_layout(ONE_FILE, "own"), {"promised_unit": "weeks"})
