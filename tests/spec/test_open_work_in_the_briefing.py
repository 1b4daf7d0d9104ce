"""The section on what is open: its figures are those of the tables, whenever the cases were accepted."""

import json
import re
from pathlib import Path

import polars as pl
from support.invented_run import invented_run, invented_tables
from support.small_city import small_city

from efficacy_analytics.documents.blocks import Findings, Table, sentences
from efficacy_analytics.documents.briefing.sections.open_work import SECTION
from efficacy_analytics.vocabulary import Language


def told(findings: Findings, language: Language = "en") -> list[str]:
    return sentences(SECTION.blocks(findings, language))


def test_stock_flow_and_warnings_are_told_as_the_tables_have_them(tmp_path: Path) -> None:
    # 6 departments × 2 stages × 20 open; in the last 28 days 8 came and 9 went each day.
    first, second, third = told(invented_run(tmp_path))
    assert first.startswith(
        "Open on 15 October 2025: 240. For the office to act on: 168; waiting for the applicant: 48"
    )
    assert first.endswith("Accepted more than 60 working days ago: 120.")
    assert second == "In the last four weeks 224 came in and 252 ended; the stock fell from 268 to 240."
    assert third == (
        "Warnings: 42 red, 12 yellow, 12 reminders; the most red cards are those of Housing and Construction (12)."
    )


def test_open_cases_without_any_day_are_told_where_the_stock_of_the_weeks_leaves_them_out(tmp_path: Path) -> None:
    """Before: 159 open cases, and two sentences on a stock of 151. The flow counts cases of which any day is known."""
    tables = invented_tables()
    run = invented_run(tmp_path, tables | {"open_flow": tables["open_flow"].with_columns(pl.col("stock_count") - 8)})
    assert told(run)[0].endswith(" No day is known of 8 of them: they are not in the stock of the weeks below.")
    assert told(run, "zh")[0].endswith("其中 8 件没有任何日期，不计入下列各周的存量。")


def test_what_grows_is_not_said_to_shrink(tmp_path: Path) -> None:
    flow = invented_tables()["open_flow"].with_columns(departure_count=pl.lit(7))
    flow = flow.with_columns(stock_count=(pl.col("arrival_count") - pl.col("departure_count")).cum_sum())
    run = invented_run(tmp_path, invented_tables() | {"open_flow": flow})
    assert told(run)[1] == "In the last four weeks 224 came in and 196 ended; the stock grew from 268 to 296."
    still = flow.with_columns(departure_count=pl.col("arrival_count"), stock_count=pl.lit(5))
    run = invented_run(tmp_path / "still", invented_tables() | {"open_flow": still})
    assert told(run)[1].endswith("the stock stayed at 5.")


def test_without_red_cards_nobody_is_named_and_without_open_cases_nothing_is_said(tmp_path: Path) -> None:
    tables = invented_tables()
    calm = invented_run(tmp_path, tables | {"warnings": tables["warnings"].filter(pl.col("level") != "red")})
    assert told(calm, "zh")[2] == "预警：没有红牌，黄牌 12，到期提醒 12。"
    none = invented_run(tmp_path / "none", tables | {"open_stock": tables["open_stock"].clear()})
    assert told(none) == ["No case is open on the day of judgement."]


def test_where_the_last_step_stands_for_a_completion_it_is_said_why_nothing_is_open(tmp_path: Path) -> None:
    tables = invented_tables()
    run = invented_run(tmp_path, tables | {"open_stock": tables["open_stock"].clear()})
    run.manifest["snapshot"]["notices"] = json.dumps([{"code": "completed_by_last_step", "count": 12}])
    assert told(run) == [
        "No case is open on the day of judgement.",
        "12 cases have no completion of their own: the last step counts as it, so none of them is open.",
    ]
    assert told(run, "zh")[1].endswith("均不视为在办。")


def test_the_departments_of_the_table_add_up_to_what_is_open() -> None:
    run = small_city()[1]
    open_count = run.table("cases").filter("is_open").height
    (table,) = [block for block in SECTION.blocks(run, "en") if isinstance(block, Table)]
    rows = [*table.rows, *table.left_out]
    assert sum(int(row[1].replace(",", "")) for row in rows) == run.table("open_stock")["case_count"].sum()
    assert re.search(r"Open on .*?: (\d+)", told(run)[0]).group(1) == str(run.table("open_stock")["case_count"].sum())  # type: ignore[union-attr]
    assert run.table("open_stock")["case_count"].sum() >= open_count > 0


def test_where_no_open_case_has_a_limit_no_warnings_are_counted(tmp_path: Path) -> None:
    tables = invented_tables()
    stock = tables["open_stock"].with_columns(no_limit_count=pl.col("case_count"))
    run = invented_run(tmp_path, tables | {"open_stock": stock, "warnings": tables["warnings"].clear()})
    assert told(run)[-1] == "No open case has a time limit on record: there is nothing to warn of."
