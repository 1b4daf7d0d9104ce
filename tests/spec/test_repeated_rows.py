"""A row that an export gives twice is no second step; what differs anywhere is.

After basedosdados/pipelines PR #1992 and fdhidalgo/geocode_br_polling_stations #3.
"""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from support.intake import ingest

from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake.ingest import refused_rows

HEAD = ["case", "step", "done", "seen"]
LAYOUT = 'time_zone = "Asia/Shanghai"\n[event]\ncase_id = "case"\nactivity = "step"\ncompleted_at = "done"\n'
TABLES = """time_zone = "Asia/Shanghai"
[table.events]
file = "steps.csv"
case_id = "case"
activity = "step"
completed_at = "done"
[table.fees]
file = "fees.csv"
case_id = "case"
kind = "kind"
amount = "amount"
"""
RECEIVE, DECIDE = ["D1", "receive", "2024-03-04 09:00", "1"], ["D1", "decide", "2024-03-05 09:00", "2"]


def taken(folder: Path, form: str, rows: list[list[str]], layout: str = LAYOUT) -> Delivery:
    (folder / "layout.toml").write_text(f'format = "{form}"\n{layout}')
    file = folder / f"log.{'xlsx' if form == 'excel' else form}"
    if form == "excel":
        with xlsxwriter.Workbook(file) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate([HEAD, *rows]):
                sheet.write_row(number, 0, row)
    elif form == "parquet":
        pl.DataFrame(rows, schema=HEAD, orient="row").write_parquet(file)
    else:
        file.write_text("\n".join(",".join(row) for row in [HEAD, *rows]) + "\n")
    return ingest(folder / "lake", [file], str(folder / "layout.toml"))


@pytest.mark.parametrize("form", ["csv", "excel", "parquet"])
def test_a_row_that_is_the_same_in_every_column_is_refused(tmp_path: Path, form: str) -> None:
    delivery = taken(tmp_path, form, [RECEIVE, DECIDE, RECEIVE, DECIDE])
    assert delivery.rows["events"] == {
        "received": 4, "accepted": 2, "refused": 2, "refused_by_rule": {"row_twice": 2},
    }  # fmt: skip
    lines = refused_rows(tmp_path / "lake")["source_line"].to_list()
    assert lines == ([3, 4] if form == "parquet" else [4, 5])  # a Parquet file has no header line


@pytest.mark.parametrize("form", ["csv", "excel", "parquet"])
def test_a_row_that_differs_in_a_column_nobody_reads_is_a_step(tmp_path: Path, form: str) -> None:
    delivery = taken(tmp_path, form, [RECEIVE, [*RECEIVE[:3], "3"], DECIDE])
    assert delivery.rows["events"]["accepted"] == 3


def test_rows_with_keys_of_their_own_are_told_apart_by_them(tmp_path: Path) -> None:
    delivery = taken(tmp_path, "csv", [RECEIVE, [*RECEIVE[:3], "3"]], LAYOUT + 'key = "seen"\n')
    assert delivery.rows["events"]["accepted"] == 2


def test_a_row_of_one_file_is_found_again_in_another(tmp_path: Path) -> None:
    (tmp_path / "layout.toml").write_text(f'format = "csv"\n{LAYOUT}')
    (tmp_path / "pages").mkdir()
    for page, rows in (("1", [RECEIVE, DECIDE]), ("2", [DECIDE, ["D2", *RECEIVE[1:]]])):
        (tmp_path / "pages" / f"{page}.csv").write_text("\n".join(",".join(row) for row in [HEAD, *rows]) + "\n")
    ingest(tmp_path / "lake", [tmp_path / "pages"], str(tmp_path / "layout.toml"))
    assert refused_rows(tmp_path / "lake").select("source_file", "source_line", "rule").rows() == [
        ("2.csv", 2, "row_twice")
    ]


def test_a_fee_that_comes_twice_is_paid_once(tmp_path: Path) -> None:
    (tmp_path / "layout.toml").write_text(f'format = "csv"\n{TABLES}')
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "steps.csv").write_text("case,step,done\nA,pay,2024-03-04 09:00\n")
    (tmp_path / "export" / "fees.csv").write_text("case,kind,amount\nA,stamp,12.50\nA,stamp,12.50\nA,stamp,8\n")
    delivery = ingest(tmp_path / "lake", [tmp_path / "export"], str(tmp_path / "layout.toml"))
    assert delivery.rows["fees"]["refused_by_rule"] == {"row_twice": 1}


def test_events_of_a_log_that_come_twice_stay_and_are_told(tmp_path: Path) -> None:
    name = '<string key="concept:name" value="a"/>'
    event = f'<event>{name}<date key="time:timestamp" value="2024-03-04T09:00Z"/></event>'

    (tmp_path / "layout.toml").write_text('format = "xes"\ntime_zone = "Asia/Shanghai"\n')
    (tmp_path / "log.xes").write_text(f'<log><trace><string key="concept:name" value="A"/>{event}{event}</trace></log>')
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "layout.toml"))
    assert delivery.written["events"] == 2
    assert [(notice["code"], notice["count"]) for notice in delivery.notices] == [("events_repeated", 1)]
