"""What was not used or was assumed is told by every command: at intake, at publishing, in status and in documents."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from support.drawn_clock import REFERENCE
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.event_log.notices import told_once
from efficacy_analytics.lake.notices import NOTICES, Notice, noticed
from efficacy_analytics.workflows.status import status_lines
from efficacy_analytics.workflows.steps import kept_notices

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "case"
activity = "step"
completed_at = "done"
[case]
applied_at = "applied"
status = "state"
department = "office"
[constants]
promised_limit = "20 working_days"
"""
ROWS = """case,step,done,applied,state,office
A ,receive,2024-03-04,2024-03-04,shelved,甲局
A,decide,2024-03-06,2024-03-04,shelved,甲局
B,receive,2024-03-04,2024-03-04,不予受理,甲局
C,receive,2024-03-04,2024-03-04,申请人撤回,甲局
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    shutil.copytree(REFERENCE, tmp_path / "lake" / "reference")
    closed = tmp_path / "lake" / "reference" / "calendar" / "departments" / "closed_days.csv"
    closed.write_text("calendar,department,day,why,source\nCN,乙局,2024-03-05,holiday,invented\n")
    (tmp_path / "hall.toml").write_text(LAYOUT)
    (tmp_path / "log.csv").write_text(ROWS)
    ingest(tmp_path / "lake", [tmp_path / "log.csv"], str(tmp_path / "hall.toml"))
    publish(tmp_path / "lake", as_on=dt.date(2024, 5, 31))
    return tmp_path / "lake"


def test_a_snapshot_keeps_what_was_taken_otherwise_assumed_or_not_known(lake: Path) -> None:
    assert [(notice["code"], notice["subject"], notice["count"]) for notice in kept_notices(lake)] == [
        ("texts_tidied", "case", 1),
        ("accepted_by_application", "", 3),
        ("completed_by_last_step", "", 3),
        ("status_unknown", "shelved", 1),
        ("closed_days_unused", "CN/乙局", 1),
    ]


def test_words_for_withdrawn_and_not_accepted_are_known(lake: Path) -> None:
    with open_log(lake) as log:
        found = log.connection.sql("select case_id, status, is_open, is_late from cases order by case_id").fetchall()
    assert found == [
        ("A", "shelved", False, False),
        ("B", "not_accepted", False, None),
        ("C", "withdrawn", False, False),
    ]


def test_status_tells_what_of_a_delivery_was_taken_otherwise(lake: Path) -> None:
    assert "    column 'case': blanks or invisible characters were taken away from 1 value" in status_lines(lake)


def test_status_tells_what_the_snapshot_takes_otherwise_once_beside_what_its_delivery_was_told(lake: Path) -> None:
    lines = status_lines(lake)
    words = [notice.words() for notice in noticed(kept_notices(lake))]
    assert any("the last step counts as it" in one for one in words)
    assert [sum(one in line for line in lines) for one in words] == [1] * len(words)


@pytest.mark.parametrize("code", NOTICES)
def test_one_is_told_in_the_singular_and_more_in_the_plural(code: str) -> None:
    one, more = (Notice(code, "x", count, cases=count).words() for count in (1, 2_000))
    assert not re.search(r"\b1 (accepted |clock |closed )?\w+s\b|\b(are|they|have|them|their)\b", one)
    assert "2,000" in more
    assert not re.search(r"2,000 (accepted |clock |closed )?\w+(?<!s) (is|has|stands|stays)\b", more)


def test_the_words_of_a_count_are_those_of_its_number() -> None:
    texts = ["1 case has no day at all and belongs to no period", "2 cases have no day at all and belong to no period"]
    assert [Notice("undated_cases", "", count).words() for count in (1, 2)] == texts


def test_the_verb_is_that_of_the_steps_and_not_of_their_cases() -> None:
    assert "2 accepted steps of 1 case are no longer used" in Notice("steps_superseded", "x", 2, cases=1).words()
    assert "1 accepted step of 1 case is no longer used" in Notice("steps_superseded", "x", 1, cases=1).words()


def test_what_every_delivery_of_a_source_tells_again_stands_once_and_its_rows_are_added_up() -> None:
    """Three months of one layout: the columns are the same, whatever the order in which a file has them."""
    told = told_once(
        [
            Notice("columns_not_placed", "events", 2, names="fee, note"),
            Notice("steps_alike", "", 19),
            Notice("columns_not_placed", "events", 2, names="note, fee"),
            Notice("steps_alike", "", 65),
            Notice("columns_not_placed", "events", 1, names="note"),
            Notice("texts_tidied", "case", 3),
        ]
    )
    assert [(one.code, one.count, one.names) for one in told] == [
        ("columns_not_placed", 2, "fee, note"),
        ("steps_alike", 84, ""),
        ("columns_not_placed", 1, "note"),
        ("texts_tidied", 3, ""),
    ]


def test_departments_that_number_their_cases_alike_are_told_with_the_way_out(tmp_path: Path) -> None:
    rows = [
        f"{number},{step},2024-03-0{day},2024-03-0{day},,{office}"
        for office in ("甲局", "乙局")
        for number in range(5)
        for day, step in ((4, "receive"), (6, "decide"))
    ]
    (tmp_path / "hall.toml").write_text(LAYOUT.replace('applied_at = "applied"\n', ""))
    (tmp_path / "log.csv").write_text("\n".join(["case,step,done,applied,state,office", *rows]))
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.csv"], str(tmp_path / "hall.toml"))
    (told,) = [one for one in noticed(delivery.notices) if one.code == "numbers_shared"]
    assert (told.count, told.of) == (10, 20)
    both = (tmp_path / "hall.toml").read_text().replace('"case"', '["office", "case"]')
    (tmp_path / "both.toml").write_text(both)
    delivery = ingest(tmp_path / "other", [tmp_path / "log.csv"], str(tmp_path / "both.toml"))
    assert delivery.rows["events"]["refused"] == 0
    assert not [one for one in noticed(delivery.notices) if one.code == "numbers_shared"]
