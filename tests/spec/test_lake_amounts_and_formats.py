"""Amounts of money with points and commas, stamps in several formats, and a log in which steps are scheduled."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.cells.amounts import with_amount, with_limit
from efficacy_analytics.lake.cells.stamps import EITHER, read_stamps

AMOUNTS = [
    ("1234.50", "1234.5"),
    ("1,234.50", "1234.5"),
    ("1.234,50", "1234.5"),
    ("1234,5", "1234.5"),
    ("1,234", "1234"),  # three digits after a comma: thousands
    ("0,125", "0.125"),  # no group begins with a zero
    ("1.5", "1.5"),
    ("1.234.567", "1234567"),
    ("¥ 1,234.00", "1234"),
    ("12 元", "12"),
    ("-3", "-3"),
    ("1,23,4", None),
    ("twelve", None),
    ("1e5", None),
]


@pytest.mark.parametrize(("written", "meant"), AMOUNTS)
def test_an_amount_means_what_its_points_and_commas_say(written: str, meant: str | None) -> None:
    read = with_amount(pl.DataFrame({"amount": [written, None]}), "amount")
    assert read["amount"].to_list() == [meant and Decimal(meant), None]
    assert read["?amount"].to_list() == [meant is None, False]


def test_a_stamp_is_read_by_the_first_format_that_fits() -> None:
    stamps = read_stamps(
        pl.Series(["01-Mar-19", "2019/3/2 09:05", "soon", None]),
        zone="UTC",
        time_format=EITHER.join(["%d-%b-%y", "%Y/%m/%d %H:%M"]),
    )
    assert stamps.at.dt.strftime("%Y-%m-%d %H:%M").to_list() == ["2019-03-01 00:00", "2019-03-02 09:05", None, None]
    assert stamps.has_time.to_list()[:2] == [False, True]
    assert stamps.unreadable.to_list() == [False, False, True, False]


def test_a_stamp_in_utc_means_the_same_in_its_common_form_and_in_any_other() -> None:
    common = read_stamps(pl.Series(["2024-03-29 02:00:00Z", None]), zone="Asia/Shanghai")
    other = read_stamps(pl.Series(["2024-03-29T10:00+08:00", None]), zone="Asia/Shanghai")
    assert common.at.to_list() == other.at.to_list()
    assert common.local.to_list() == other.local.to_list()
    assert common.has_time.to_list() == other.has_time.to_list() == [True, False]


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_a_stamp_of_a_format_with_an_offset_is_the_moment_that_it_says_to_the_second(zone: str | None) -> None:
    stamps = read_stamps(
        pl.Series(["29.03.2024 10:00:07 +0800", "29.03.2024 02:00:07 +0000", "29.03.2024 10:00:07", None]),
        zone=zone,
        time_format="%d.%m.%Y %H:%M:%S %z",
    )
    moment = dt.datetime(2024, 3, 29, 2, 0, 7, tzinfo=dt.UTC)
    assert stamps.at.dt.convert_time_zone("UTC").to_list() == [moment, moment, None, None]
    assert stamps.has_time.to_list()[:2] == [True, True]
    assert stamps.unreadable.to_list() == [False, False, True, False]


def step(name: str, at: str, transition: str) -> str:
    return (
        f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="2011-10-01T{at}+02:00"/>'
        f'<string key="lifecycle:transition" value="{transition}"/></event>'
    )


def test_a_schedule_is_a_row_that_is_accepted_and_no_step(tmp_path: Path) -> None:
    steps = [
        step("A_SUBMITTED", "00:38", "COMPLETE"),
        step("W_Completeren aanvraag", "00:39", "SCHEDULE"),
        step("W_Completeren aanvraag", "11:36", "START"),
        step("W_Completeren aanvraag", "11:45", "COMPLETE"),
        step("W_Nabellen offertes", "11:46", "SCHEDULE"),  # never begun
    ]
    trace = f'<trace><string key="concept:name" value="173688"/>{"".join(steps)}</trace>'
    (tmp_path / "log.xes").write_text(f"<log>{trace}</log>")
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.xes"], "bpic12")
    assert (delivery.rows["events"]["received"], delivery.rows["events"]["accepted"]) == (5, 5)
    events = pl.read_parquet(delivery.folder / "events.parquet")
    assert events.select("activity", pl.col("started_at").dt.strftime("%H:%M")).rows() == [
        ("A_SUBMITTED", None),
        ("W_Completeren aanvraag", "09:36"),
    ]


@pytest.mark.parametrize("first", ["", "20 working_days"])
def test_files_of_which_some_have_limits_and_some_none_are_taken_in_together(tmp_path: Path, first: str) -> None:
    """Was found by chance: a file (or 50,000 rows) without any limit before one with limits ended in a fault."""
    columns = 'case_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
    layout = f'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\n{columns}[case]\nstatutory_limit = "limit"\n'
    (tmp_path / "own.toml").write_text(layout, encoding="utf-8")
    (tmp_path / "in").mkdir()
    second = "" if first else "20 working_days"
    for year, limit in ((2023, first), (2024, second)):
        text = f"case,step,done,limit\nC{year},check,{year}-03-04,{limit}\n"
        (tmp_path / "in" / f"{year}.csv").write_text(text, encoding="utf-8")
    delivery = ingest(tmp_path / "lake", [tmp_path / "in"], str(tmp_path / "own.toml"))
    cases = pl.read_parquet(
        delivery.folder / "cases.parquet", columns=["case_id", "statutory_length", "statutory_unit"]
    )
    limited = "C2023" if first else "C2024"
    assert cases.filter(pl.col("statutory_length") == 20).rows() == [(limited, 20, "working_days")]


LENGTHS = [
    ("10", "工作日", (10, "working_days")),
    ("10工作日", "工作日", (10, "working_days")),
    ("10个工作日", "", (10, "working_days")),
    ("10 working days", "working_days", (10, "working_days")),
    ("10 Arbeitstage", "", (10, "working_days")),
    ("30 kalenderdagen", "", (30, "calendar_days")),
    ("10工作日", "自然日", None),
    ("10天", "", None),
    ("10", "", None),
]


@pytest.mark.parametrize(("length", "unit", "read"), LENGTHS)
def test_a_length_may_say_its_unit_itself_and_no_other_than_the_column_of_units(
    length: str, unit: str, read: tuple[int, str] | None
) -> None:
    frame = pl.DataFrame({"promised_limit": [None], "promised_length": [length], "promised_unit": [unit or None]})
    typed = with_limit(frame.cast(pl.String), "promised")
    assert typed.rows() == [(*(read or (None, None)), read is None)]
