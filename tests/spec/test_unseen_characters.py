"""What nobody sees makes no other name, reaches no picture, and what reads alike is told of.

After vega/vega-lite #5732 and altair #3106 (names that a picture compiles), Unicode TR 36 and 39 (what looks alike).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.hostile_lake import CASE_COUNT, TIDIED, unruly_lake
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.charts.style.scripts import drawable
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.documents.pages.catalogue import picture
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.lake.contract.key_texts import read_alike
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.privacy.key import Key
from efficacy_analytics.lake.privacy.pseudonyms import pseudonym
from efficacy_analytics.workflows import steps as pipeline

LAYOUT = """time_zone = "Asia/Shanghai"
[event]
case_id = "号"
activity = "环节"
completed_at = "完成"
resource = "人"
[case]
department = "部门"
"""
HEAD = ["号", "环节", "完成", "人", "部门"]
UNSEEN = (
    "\x00",
    "\x07",
    "\x1b",
    "\x7f",
    "\x9b",
    "\u061c",
    "\u200d",
    "\u202e",
    "\u2066",
    "\u206a",
    "\ufe0f",
    "\U000e0041",
)
BROKEN = ("\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b")


def taken(folder: Path, form: str, rows: list[list[str]]) -> Delivery:
    """The delivery of rows written as a form of file."""
    (folder / "layout.toml").write_text(f'format = "{form}"\n{LAYOUT}')
    file = folder / f"steps.{form}"
    frame = pl.DataFrame(rows, schema=HEAD, orient="row")
    if form == "parquet":
        frame.write_parquet(file)
    else:
        frame.write_csv(file, quote_style="always")
    return ingest(folder / "lake", [file], str(folder / "layout.toml"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_characters_that_nobody_sees_are_taken_from_keys_names_and_persons_and_counted(
    tmp_path: Path, form: str
) -> None:
    rows = [[f"A{mark}1", f"受{mark}理", "2024-03-04 09:00", f"张{mark}三", f"甲局{mark}"] for mark in UNSEEN]
    rows += [["A1", f"现场{mark}勘查", "2024-03-05 09:00", f"张{mark}三", f"甲{mark}局"] for mark in BROKEN]
    delivery = taken(tmp_path, form, rows)
    cases = pl.read_parquet(delivery.folder / "cases.parquet").select("case_id", "department")
    events = pl.read_parquet(delivery.folder / "events.parquet")
    assert cases.rows() == [("A1", "甲局")]
    assert sorted(events["activity"].unique()) == ["受理", "现场勘查"]
    assert events["resource"].unique().to_list() == ["张三"]
    told = {notice["subject"]: notice["count"] for notice in delivery.notices if notice["code"] == "texts_tidied"}
    both = len(UNSEEN) + len(BROKEN)
    assert told == {"号": len(UNSEEN), "环节": both, "人": both, "部门": both}


def test_a_person_with_and_without_a_blank_is_one_and_a_department_is_two(tmp_path: Path) -> None:
    rows = [["A", "受理", "2024-03-04 09:00", "张 三", "甲 局"], ["B", "受理", "2024-03-04 09:00", "张三", "甲局"]]
    rows += [["C", "受理", "2024-03-04 09:00", "Li Si", "乙局"]]
    delivery = taken(tmp_path, "csv", rows)
    assert sorted(pl.read_parquet(delivery.folder / "events.parquet")["resource"].unique()) == ["Li Si", "张三"]
    assert pl.read_parquet(delivery.folder / "cases.parquet")["department"].n_unique() == 3
    assert {notice["subject"] for notice in delivery.notices} == {"人"}


@pytest.mark.parametrize("written", ["张 三", "张\u3000三", "张\u200b三", "\u202e张三", "张\x00三", " 张三\n"])
def test_a_person_has_one_pseudonym_however_the_name_is_set(written: str) -> None:
    key = Key(b"x" * 32)
    assert pseudonym(written, key) == pseudonym("张三", key)
    assert pseudonym("Li Si", key) != pseudonym("LiSi", key)


def test_departments_that_read_alike_are_told_with_the_snapshot(tmp_path: Path) -> None:
    names = ["甲 局", "甲局", "Office A", "Оffice A", "乙局"]  # the second begins with a Cyrillic letter
    taken(tmp_path, "csv", [[f"{at}", "受理", "2024-03-04 09:00", "", name] for at, name in enumerate(names)])
    pipeline.publish(tmp_path / "lake")
    with open_log(tmp_path / "lake") as log:
        told = [
            one for one in json.loads(log.sql("select notices from snapshot").item()) if one["code"] == "names_alike"
        ]
    assert [(one["subject"], one["count"]) for one in told] == [("department", 4)]
    assert told[0]["names"] == "'Office A' = 'Оffice A', '甲 局' = '甲局'"


def test_names_of_other_words_do_not_read_alike() -> None:
    assert read_alike(["甲局", "乙局", "A1", "A2", "---", "***", "房产局", "房屋局"]) == []
    assert read_alike(["WANG", "Wang", "ＷＡＮＧ"]) == [["WANG", "Wang", "ＷＡＮＧ"]]


def test_rows_of_a_picture_have_a_label_of_their_own() -> None:
    long = [shortened("市住房和城乡建设局行政审批服务" + end, 20) for end in ("一处", "二处", "三处")]
    assert len(set(long)) == 1
    assert apart([*long, "甲", f"{long[0]} (2)"]) == [
        long[0], f"{long[0]} (3)", f"{long[0]} (4)", "甲", f"{long[0]} (2)",
    ]  # fmt: skip


def test_a_control_character_never_reaches_a_drawing_library() -> None:
    spec = {"data": {"values": [{"a\x00": "b\x00\u2028c"}]}, "title": ["x\x1b"], "width": 3}
    assert drawable(spec) == {"data": {"values": [{"a�": "b��c"}]}, "title": ["x�"], "width": 3}


def test_names_reach_the_tables_as_they_read() -> None:
    with open_log(unruly_lake()) as log:
        for column in ("department", "item", "channel"):
            found = log.sql(f"select {column}::varchar as name, count(*) as n from cases group by all")
            assert set(found["name"]) == set(TIDIED)
            assert found["n"].sum() == CASE_COUNT


DRAWN = ["map", "difference", "variants", "dotted", "months", "honesty", "causes", "spectrum"]


@pytest.mark.parametrize("name", sample(DRAWN, ["difference", "variants", "honesty"]))
def test_no_name_is_part_of_what_a_picture_compiles(tmp_path: Path, name: str) -> None:
    cohorts = [Cohort(department=TIDIED[place]) for place in (2, 3)] if name == "difference" else [Cohort()]
    file = tmp_path / f"{name}.html"
    pipeline.draw(
        unruly_lake(), picture(name), file, language="en", cohort=cohorts[0], other=cohorts[-1] if cohorts[1:] else None
    )
    text = file.read_text(encoding="utf-8")
    specs = re.findall(r'<script type="application/json" id="[^"]*-(?:specification|views)">(.*?)</script>', text, re.S)
    assert specs
    told = [words for spec in specs for words in compiled(json.loads(spec))]
    assert told
    for words in told:
        assert not [
            hostile for hostile in TIDIED if hostile not in ("upload", "review", "case_count") and hostile in words
        ]


COMPILED = ("expr", "labelExpr", "filter", "calculate", "test", "sort", "tooltip", "signal", "field", "groupby")


def compiled(value: Any, *, within: bool = False) -> Iterator[str]:
    """The texts of a specification that the library makes an expression of."""
    if isinstance(value, str) and within:
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("datasets", "values"):
                yield from compiled(part, within=within or key in COMPILED)
    elif isinstance(value, list):
        for part in value:
            yield from compiled(part, within=within)
