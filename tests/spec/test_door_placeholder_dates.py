"""An impossible date is no success: it is empty, refused or not judged, and counted; it makes no day of judgement."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.door import CASES, STEPS, layout_of, published, rows, taken_in, written
from support.samples import sample

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import EVERYTHING, choose
from efficacy_analytics.event_log.judged_day import judged_on, stray_last_days
from efficacy_analytics.event_log.snapshots import open_snapshot
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake.ingest import refused_rows
from efficacy_analytics.workflows.status import status_lines
from efficacy_analytics.workflows.steps import judged_day_lines

NONE = [
    "1900-01-01",
    "1900-01-01 00:00:00",
    "1970-01-01",
    "1970-01-01T00:00:00Z",
    "1970-01-01 08:00:00",  # the first second of Unix on the clock of Shanghai
    "1969-12-31T16:00:00Z",  # 1970-01-01 there
    "1899-12-31T15:54:17Z",  # 1900-01-01 there, by local mean time
    "1899-12-30",  # day 0 of a workbook
    "1904-01-01 00:00:00",  # and of one of a Mac
    "1753-01-01",
    "0001-01-01 00:00:00",
    "9999-12-31",
    "9999-12-31 23:59:59",
    "9999-12-30T16:00:00Z",
    "0000-00-00 00:00:00",
    *("NULL", "NaT", "nan", "N/A", "#N/A", "None", "-", "—", "无", "n.v.t.", "entfällt", "k.A."),
]
NO_TIME = ["1899-12-30 09:15:00", "1899-12-31 14:00:00", "1900-01-01 09:00:00", "1900-01-00", "1024-03-04 10:00:00"]
A_DAY = ["1970-01-02", "1970-01-01 13:45:00", "1900-01-03", "2024-02-29 00:00:00", "2099-12-31"]


@pytest.mark.parametrize("text", NONE)
def test_what_systems_write_where_there_is_no_date_is_none(text: str) -> None:
    stamps = read_stamps(pl.Series([text, "2024-03-04 10:00:00"]), zone="Asia/Shanghai")
    assert stamps.at.is_null().to_list() == [True, False]
    assert stamps.on.is_null().to_list() == [True, False]
    assert stamps.placeholder.to_list() == [True, False]
    assert not stamps.unreadable.any()


@pytest.mark.parametrize("text", NO_TIME)
def test_a_time_without_its_day_and_a_day_before_all_offices_cannot_be_read(text: str) -> None:
    stamps = read_stamps(pl.Series([text]), zone="Asia/Shanghai")
    assert (stamps.at.to_list(), stamps.unreadable.to_list()) == ([None], [True])


@pytest.mark.parametrize("text", A_DAY)
def test_other_days_of_long_ago_and_far_ahead_are_days(text: str) -> None:
    stamps = read_stamps(pl.Series([text]), zone="Asia/Shanghai")
    assert stamps.on.to_list() == [dt.date.fromisoformat(text[:10])]


def test_a_year_before_all_counting_is_unreadable_and_no_fault_of_ours() -> None:
    """Was found by chance: -2024-03-29 is a moment of the engine, and none of the language."""
    stamps = read_stamps(pl.Series(["-2024-03-29", "2024-03-29"]), zone="UTC", time_format="%Y-%m-%d")
    assert stamps.unreadable.to_list() == [True, False]


def cases(*finished: str) -> pl.DataFrame:
    """Cases N1, N2, … accepted on Monday 2024-03-04 with a limit of 5 working days."""
    texts = pl.Series(finished)
    return pl.DataFrame({"case": [f"N{n + 1}" for n in range(len(finished))]}).with_columns(
        accepted=pl.lit("2024-03-04 09:00:00"),
        finished=pl.when(texts != "").then(texts),
        limit=pl.lit("5 working_days"),
    )


def hall(*finished: str) -> dict[str, pl.DataFrame]:
    own = cases(*finished)
    return {"events": own.select("case", step=pl.lit("receive"), done="accepted"), "cases": own}


def typed(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same with moments as moments."""
    return {
        name: frame.with_columns(
            pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S")
            for column in ("done", "accepted", "finished")
            if column in frame.columns
        )
        for name, frame in tables.items()
    }


LAYOUT = {"events": STEPS, "cases": CASES}


def placeholders(delivery: Delivery) -> dict[str, int]:
    """How many cells of which column stand for no date, as the delivery tells it."""
    return {one["subject"]: one["count"] for one in delivery.notices if one["code"] == "placeholder_dates"}


FINISHED = ("2024-03-07 10:00:00", "1900-01-01 00:00:00", "1970-01-01 00:00:00", "9999-12-31 00:00:00", "")


@pytest.mark.parametrize("form", sample(["csv", "parquet", "database", "excel"], ["csv", "database"]))
def test_a_placeholder_is_no_completion_in_any_format(tmp_path: Path, form: str) -> None:
    tables = hall(*FINISHED) if form in ("csv", "excel") else typed(hall(*FINISHED))
    delivery = taken_in(tmp_path, written(tmp_path / "in", form, tables), layout_of(form, LAYOUT))
    assert placeholders(delivery) == {"cases.completed_at": 3}
    assert "3 of cases.completed_at stand for no date" in "\n".join(status_lines(tmp_path / "lake"))
    # By hand: due 2024-03-11, judged on 2024-04-30: one completed in time, four open and late.
    found = published(tmp_path, as_on="2024-04-30")
    assert rows(found, "select count(*) filter (where is_open), count(*) filter (where is_late) from cases") == [(4, 4)]


def test_a_delivery_whose_completions_are_all_placeholders_has_open_cases(tmp_path: Path) -> None:
    tables = hall("1900-01-01 00:00:00", "1900-01-01 00:00:00")
    taken_in(tmp_path, written(tmp_path / "in", "csv", tables), layout_of("csv", LAYOUT))
    assert rows(published(tmp_path), "select is_open, is_late from cases") == [(True, True)] * 2


def test_a_workbook_tells_serial_zero_from_a_time_alone(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "hall.xlsx")) as workbook:
        sheet = workbook.add_worksheet("events")
        stamp = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for row, cells in enumerate([("A", 45355.5), ("B", 0), ("C", 0.375), ("D", 0.75)], 1):
            sheet.write_row(row, 0, [cells[0], "receive"])
            sheet.write_number(row, 2, cells[1], stamp if cells[0] in "AC" else None)
        sheet.write_row(0, 0, ["case", "step", "done"])
    delivery = taken_in(tmp_path, tmp_path / "hall.xlsx", layout_of("excel", {"events": STEPS}))
    assert delivery.rows["events"]["accepted"] == 1  # 45355.5 is 2024-03-04 12:00
    assert delivery.rows["events"]["refused_by_rule"] == {"completed_at_not_a_time": 2, "completed_at_missing": 1}


def test_a_start_at_the_first_day_of_a_system_is_no_start(tmp_path: Path) -> None:
    log = (
        '<log><trace><string key="concept:name" value="N5"/>'
        + "".join(
            f'<event><string key="concept:name" value="{name}"/><date key="start" value="{start}"/>'
            f'<date key="time:timestamp" value="{done}"/></event>'
            for name, start, done in [
                ("receive", "2024-03-20T09:00:00+08:00", "2024-03-20T09:10:00+08:00"),
                ("decide", "1970-01-01T00:00:00Z", "2024-03-29T10:00:00+08:00"),
            ]
        )
        + "</trace></log>"
    )
    (tmp_path / "log.xes").write_text(log)
    taken_in(
        tmp_path,
        tmp_path / "log.xes",
        'format = "xes"\ntime_zone = "Asia/Shanghai"\ncalendar = "CN"\n[event]\nstarted_at = "start"',
    )
    found = published(tmp_path)
    # From 20 March 09:00 to 29 March 10:00: 9 days and an hour; not the 54 years since 1970.
    assert rows(found, "select throughput_elapsed_seconds from cases") == [(9 * 86400 + 3600,)]
    assert rows(found, "select activity from event_log order by event_number") == [("receive",), ("decide",)]


def test_a_placeholder_for_no_end_leaves_validity_and_stops_open(tmp_path: Path) -> None:
    tables = hall("2024-03-20 10:00:00") | {
        "items": pl.DataFrame({"item": ["I"], "since": ["1900-01-01"], "until": ["9999-12-31"]}),
        "clock_stops": pl.DataFrame(
            {"case": ["N1"], "kind": ["supplement"], "since": ["2024-03-05"], "until": ["9999-12-31"]}
        ),
    }
    layout = layout_of(
        "csv",
        LAYOUT
        | {
            "items": {"item": "item", "valid_from": "since", "valid_until": "until"},
            "clock_stops": {
                "case_id": "case", "kind": "kind", "stopped_from_on": "since", "stopped_until_on": "until",
            },
        },
    )  # fmt: skip
    folder = taken_in(tmp_path, written(tmp_path / "in", "csv", tables), layout).folder
    assert pl.read_parquet(folder / "items.parquet").select("valid_from", "valid_until").rows() == [(None, None)]
    assert pl.read_parquet(folder / "clock_stops.parquet")["stopped_until_on"].to_list() == [None]


def test_a_due_date_that_is_none_judges_nothing(tmp_path: Path) -> None:
    log = pl.DataFrame(
        {
            "case": ["D1", "D2", "D3"],
            "step": ["decide"] * 3,
            "done": ["2024-03-07 10:00:00"] * 3,
            "due": ["2024-03-11", "1970-01-01", "1900-01-01"],
        }
    )
    layout = layout_of("csv", {"events": STEPS}) + '\n[table.events.case]\ndue_on = "due"'
    delivery = taken_in(tmp_path, written(tmp_path / "in", "csv", {"events": log}), layout)
    assert placeholders(delivery) == {"cases.due_on": 2}
    assert rows(published(tmp_path), "select case_id, is_late from cases order by 1") == [
        ("D1", False),
        ("D2", None),
        ("D3", None),
    ]


def test_a_completion_before_its_acceptance_is_not_judged_and_counted(tmp_path: Path) -> None:
    tables = hall("2024-03-07 10:00:00", "2024-02-07 10:00:00", "2023-03-07 10:00:00")
    taken_in(tmp_path, written(tmp_path / "in", "csv", tables), layout_of("csv", LAYOUT))
    snapshot = publish(tmp_path / "lake", as_on=dt.date(2024, 4, 30))
    with open_snapshot(snapshot) as log:
        choose(log, EVERYTHING)
        row = on_time(log).row(0, named=True)
    assert (row["case_count"], row["judged_count"], row["not_judged_count"]) == (3, 1, 2)
    assert row["on_time_share"] == 1.0


def test_what_happened_after_the_delivery_is_refused_with_its_row(tmp_path: Path) -> None:
    log = pl.DataFrame(
        {"case": ["A", "A", "B"], "step": ["receive", "decide", "receive"]}
        | {"done": ["2024-03-04 10:00:00", "2024-03-07 10:00:00", "2062-03-04 10:00:00"]}
    )
    export = written(tmp_path / "in", "csv", {"events": log})
    taken_in(tmp_path, export, layout_of("csv", {"events": STEPS}), delivered_on=dt.date(2024, 4, 1))
    assert refused_rows(tmp_path / "lake").select("rule", "source_line").rows() == [("completed_at_after_delivery", 4)]
    assert judged_on(publish(tmp_path / "lake")) == dt.date(2024, 3, 7)


def test_a_row_that_alone_makes_the_last_day_is_named(tmp_path: Path) -> None:
    log = pl.DataFrame(
        {"case": ["A", "A", "B"], "step": ["receive", "decide", "receive"]}
        | {"done": ["2024-03-04 10:00:00", "2024-03-07 10:00:00", "2025-03-04 10:00:00"]}
    )
    taken_in(tmp_path, written(tmp_path / "in", "csv", {"events": log}), layout_of("csv", {"events": STEPS}))
    lake = tmp_path / "lake"
    assert stray_last_days(lake) == (dt.date(2024, 3, 7), ["events.csv, line 4 (2025-03-04)"])
    told = judged_day_lines(lake, publish(lake), as_known_on=None, is_said=False)
    assert told[0] == "open cases are judged on 2025-03-04, the last day in the data"
    assert "line 4" in told[1]
    assert "--as-on 2024-03-07" in told[2]
    assert "judged on 2025-03-04" in "\n".join(status_lines(lake))
