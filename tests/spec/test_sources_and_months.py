"""What makes a delivery the same, and what of an earlier one a later one leaves.

After SEED-platform/seed #2405, barcradio/ultra-tracker #325 (the same file by a renamed layout),
JPCERTCC/LogonTracer #11 and bupaverse/bupaR #62 (a month that follows).
"""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.delivery import Delivery, deliveries
from efficacy_analytics.lake.superseded import superseded

LAYOUT = 'format = "csv"\ntime_zone = "Asia/Shanghai"\n'
COLUMNS = '[event]\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
MARCH = """case,step,done
Z1,receive,2024-03-25 09:00
Z1,check,2024-03-28 09:00
Z2,receive,2024-03-04 09:00
Z2,decide,2024-03-06 09:00
"""
APRIL = """case,step,done
Z1,decide,2024-04-10 09:00
Z3,receive,2024-04-08 09:00
Z3,decide,2024-04-09 09:00
"""


def taken(folder: Path, text: str, *, layout: str = "hall", words: str = "", day: int = 1, **more: bool) -> Delivery:
    """A month's export taken in on a day of May."""
    (folder / f"{layout}.toml").write_text(LAYOUT + words + COLUMNS)
    (folder / "log.csv").write_text(text)
    on = dt.date(2024, 5, day)
    return ingest(folder / "lake", [folder / "log.csv"], str(folder / f"{layout}.toml"), delivered_on=on, **more)


def cases(folder: Path) -> list[tuple[str, int, int]]:
    """Case, number of steps, and seconds from the first to the last."""
    publish(folder / "lake")
    with open_log(folder / "lake") as log:
        columns = "case_id, event_count, throughput_elapsed_seconds"
        return log.connection.sql(f"select {columns} from cases order by case_id").fetchall()


def told(folder: Path) -> list[tuple[str, str, int, int, str]]:
    found = superseded(deliveries(folder / "lake"))
    return [(one.code, one.subject, one.count, one.cases, one.names) for one in found]


@pytest.mark.parametrize("words", ["", 'delimiter = ","\n'])
def test_the_same_file_by_a_renamed_layout_is_refused_with_the_way_out(tmp_path: Path, words: str) -> None:
    taken(tmp_path, MARCH)
    with pytest.raises(CallError, match=r"log\.csv came in before, as delivery hall-") as refused:
        taken(tmp_path, MARCH, layout="hall_v2", words=words)
    assert 'source = "hall"' in str(refused.value.hint)
    assert len(deliveries(tmp_path / "lake")) == 1


def test_a_layout_that_names_its_source_may_be_called_anything(tmp_path: Path) -> None:
    taken(tmp_path, MARCH)
    taken(tmp_path, MARCH, layout="hall_v2", words='source = "hall"\n', day=2)
    assert cases(tmp_path) == [("Z1", 2, 3 * 86400), ("Z2", 2, 2 * 86400)]


def test_one_file_may_be_two_sources_if_that_is_said(tmp_path: Path) -> None:
    taken(tmp_path, MARCH)
    taken(tmp_path, MARCH, layout="tower", is_other_source=True)
    assert len(cases(tmp_path)) == 4


def test_a_later_delivery_that_gives_a_case_without_its_steps_is_told(tmp_path: Path) -> None:
    taken(tmp_path, MARCH)
    taken(tmp_path, APRIL, day=2)
    assert told(tmp_path) == [("steps_superseded", "hall", 2, 1, "Z1")]
    assert cases(tmp_path)[0] == ("Z1", 1, 0)


def test_a_later_delivery_with_as_many_other_steps_is_told_too(tmp_path: Path) -> None:
    taken(tmp_path, MARCH)
    taken(tmp_path, APRIL + "Z1,sign,2024-04-11 09:00\nZ1,send,2024-04-12 09:00\n", day=2)
    assert told(tmp_path) == [("steps_superseded", "hall", 2, 1, "Z1")]


def test_exports_that_add_keep_what_was_there_before(tmp_path: Path) -> None:
    taken(tmp_path, MARCH, words="adds = true\n")
    taken(tmp_path, APRIL, words="adds = true\n", day=2)
    assert told(tmp_path) == []
    # 2024-03-25 09:00 to 2024-04-10 09:00 is 16 days.
    assert cases(tmp_path) == [("Z1", 3, 16 * 86400), ("Z2", 2, 2 * 86400), ("Z3", 2, 86400)]


def test_exports_that_add_and_overlap_count_a_step_once(tmp_path: Path) -> None:
    taken(tmp_path, MARCH, words="adds = true\n")
    taken(tmp_path, MARCH + APRIL.partition("\n")[2], words="adds = true\n", day=2)
    assert [case[1] for case in cases(tmp_path)] == [3, 2, 2]


def test_a_whole_case_given_again_leaves_nothing_unused(tmp_path: Path) -> None:
    taken(tmp_path, MARCH)
    taken(
        tmp_path,
        "case,step,done\nZ1,receive,2024-03-25 09:00\nZ1,check,2024-03-28 09:00\nZ1,decide,2024-04-10 09:00\n",
        day=2,
    )
    assert told(tmp_path) == []
    assert cases(tmp_path)[0] == ("Z1", 3, 16 * 86400)


def test_an_older_export_taken_in_late_says_that_it_is_not_used(tmp_path: Path) -> None:
    whole = MARCH + APRIL.partition("\n")[2]
    taken(tmp_path, whole, day=2)
    older = taken(tmp_path, MARCH, day=1)
    assert told(tmp_path) == [("delivery_lost", older.delivery, 2, 0, "")]


def test_a_month_that_corrects_rows_by_their_key_loses_none(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text(LAYOUT + COLUMNS + 'key = "n"\n')
    for day, rows in ((1, ["1,Z1,receive,2024-03-25"]), (2, ["2,Z1,decide,2024-04-10"])):
        (tmp_path / "log.csv").write_text("\n".join(["n,case,step,done", *rows, ""]))
        ingest(
            tmp_path / "lake", [tmp_path / "log.csv"], str(tmp_path / "hall.toml"), delivered_on=dt.date(2024, 5, day)
        )
    assert told(tmp_path) == []
    assert pl.read_parquet(deliveries(tmp_path / "lake")[-1].folder / "events.parquet").height == 2
