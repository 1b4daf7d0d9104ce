"""By what the steps of a case are ordered is said, and the order of the file can be asked for."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from support.door import taken_in
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.documents.pages.blocks import variants_blocks
from efficacy_analytics.documents.pages.maps import map_page
from efficacy_analytics.errors import LayoutError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.layouts.layout_files import layout_file
from efficacy_analytics.mining.measures import log_summary, variants

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
{order}
[event]
case_id = "case"
activity = "step"
{started}
completed_at = "done"
"""
# "visit" begins first and ends last; the file has it second.
ROWS = """case,step,begun,done
A,check,2024-03-04 10:00:00,2024-03-04 11:00:00
A,visit,2024-03-04 09:00:00,2024-03-04 15:00:00
A,decide,2024-03-04 12:00:00,2024-03-04 14:00:00
"""
BY = {
    "": ("start", ["visit", "check", "decide"]),
    'order = "start"': ("start", ["visit", "check", "decide"]),
    'order = "completion"': ("completion", ["check", "decide", "visit"]),
    'order = "file"': ("file", ["check", "visit", "decide"]),
}


def delivered_log(folder: Path, order: str, *, started: bool = True, rows: str = ROWS) -> Path:
    (folder / "log.csv").write_text(rows, encoding="utf-8")
    layout = LAYOUT.format(order=order, started='started_at = "begun"' if started else "")
    taken_in(folder, folder / "log.csv", layout)
    return folder / "lake"


def published_log(folder: Path, order: str = "", *, started: bool = True, rows: str = ROWS) -> Path:
    lake = delivered_log(folder, order, started=started, rows=rows)
    publish(lake)
    return lake


@pytest.fixture(scope="module")
def log_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The lake whose layout asks for an order, published when it is first asked for."""
    return cache(lambda order: published_log(tmp_path_factory.mktemp("ordered"), order))


@pytest.mark.parametrize("order", sample(BY, ["", 'order = "file"']))
def test_steps_are_ordered_as_the_layout_says_and_the_tables_say_how(log_by: Callable[[str], Path], order: str) -> None:
    said, activities = BY[order]
    with open_log(log_by(order)) as log:
        assert log_summary(log)["step_order"].to_list() == [said]
        assert variants(log).select("activities", "step_order").rows() == [(activities, said)]


def test_where_no_start_is_recorded_the_order_is_that_of_completion(tmp_path: Path) -> None:
    with open_log(published_log(tmp_path, started=False)) as log:
        assert log_summary(log)["step_order"].to_list() == ["completion"]
        assert "Steps are ordered by their completion." in map_page(log, language="en")


def test_the_map_and_the_picture_of_variants_say_so(log_by: Callable[[str], Path]) -> None:
    with open_log(log_by("")) as log:
        page = map_page(log, language="en")
        assert "Steps are ordered by their start." in page
        assert "环节按开始时间排序。" in page
        assert "Steps are ordered by their start." in str(variants_blocks(log, "en"))


def test_several_orders_in_one_snapshot_are_all_said(tmp_path: Path) -> None:
    lake = delivered_log(tmp_path, 'order = "file"')
    (tmp_path / "other.csv").write_text(ROWS.replace("A,", "B,"), encoding="utf-8")
    (tmp_path / "other.toml").write_text(LAYOUT.format(order="", started='started_at = "begun"'), encoding="utf-8")
    ingest(lake, [tmp_path / "other.csv"], str(tmp_path / "other.toml"))
    publish(lake)
    with open_log(lake) as log:
        assert log_summary(log)["step_order"].to_list() == ["file, start"]


def test_days_among_times_stand_in_the_order_that_is_asked_for(tmp_path: Path) -> None:
    rows = "case,step,done\nA,late,2024-03-06 09:00:00\nA,day,2024-03-05\nA,early,2024-03-04 09:00:00\n"
    expected = {
        'order = "completion"': ["early", "day", "late"],
        'order = "file"': ["late", "day", "early"],
    }
    for order, activities in expected.items():
        (folder := tmp_path / order[9:-1]).mkdir()
        with open_log(published_log(folder, order, started=False, rows=rows)) as log:
            assert variants(log)["activities"].to_list() == [activities]


def test_an_order_that_is_none_is_a_fault_of_the_layout(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="order 'alphabet' is unknown"):
        published_log(tmp_path, 'order = "alphabet"')


# What a plain reading of the file finds (91 by start, then end; see the README of the open data).
VARIANTS = {"start": 91, "completion": 92, "file": 87}


@pytest.mark.parametrize("order", sample(VARIANTS, ["completion"]))
def test_figures_of_a_log_of_two_stamps_are_reproduced_by_the_order_they_were_made_with(
    open_data: Path, tmp_path: Path, order: str
) -> None:
    export = open_data / "academic_credentials" / "AcademicCredentials.csv.gz"
    text = layout_file("academic_credentials", tmp_path).read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(f'order = "{order}"\n{text}', encoding="utf-8")
    ingest(tmp_path / "lake", [export], str(tmp_path / "own.toml"))
    publish(tmp_path / "lake")
    with open_log(tmp_path / "lake") as log:
        assert log_summary(log).select("variant_count", "step_order").row(0) == (VARIANTS[order], order)
    keys = {"start": ["start_time", "end_time"], "completion": ["end_time"], "file": []}[order]
    plain = pl.read_csv(export, infer_schema=False).with_row_index("place").sort("case_id", *keys, "place")
    sequences = plain.group_by("case_id", maintain_order=True).agg("activity")["activity"]
    assert sequences.list.join("|").n_unique() == VARIANTS[order]
