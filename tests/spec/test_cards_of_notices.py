"""The cards of a notice are the warnings of the ladder: extended, on the spot, accepted after the period or not."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.door import STOPS, TABLES, layout_of, taken_in, written

from efficacy_analytics.documents.blocks import Table
from efficacy_analytics.documents.cards import TABLES as CARD_TABLES
from efficacy_analytics.documents.cards import card_blocks, carded
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue import tables
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.workflows import steps as pipeline

DAY = dt.date(2024, 3, 12)  # a Tuesday; March 2024 has no holiday
CASES = """
    case   | accepted   | finished   | limit          | card
    spot   | 2024-03-12 |            | on_the_spot    | yellow
    stale  | 2024-03-11 |            | on_the_spot    | red
    last   | 2024-03-05 |            | 5 working_days | yellow
    past   | 2024-03-04 |            | 5 working_days | red
    near   | 2024-03-06 |            | 5 working_days |
    longer | 2024-03-04 |            | 5 working_days |
    again  | 2024-02-27 |            | 5 working_days | yellow
    winter | 2024-02-05 |            | 5 working_days | red
    done   | 2024-02-05 | 2024-02-06 | 5 working_days |
    to_be  | 2024-03-20 |            | on_the_spot    |
"""
# Five working days more: from the 11th to the 18th, and from the 5th to the 12th.
EXTENSIONS = """
    case   | kind      | since      | until | more
    longer | extension | 2024-03-08 |       | 5
    again  | extension | 2024-03-04 |       | 5
"""


def frame(text: str) -> pl.DataFrame:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pl.DataFrame([dict(zip(lines[0], line, strict=True)) for line in lines[1:]])


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notices")
    cases = frame(CASES)
    steps = cases.select("case", pl.lit("acceptance").alias("step"), pl.col("accepted").alias("done"))
    export = written(folder / "export", "csv", {"events": steps, "cases": cases, "clock_stops": frame(EXTENSIONS)})
    extended = TABLES | {"clock_stops": STOPS | {"extension_days": "more"}}
    layout = layout_of("csv", extended) + '\n[constants]\ndepartment = "D1"\n'
    taken_in(folder, export, layout)
    publish(folder / "lake", as_on=DAY)
    return folder / "lake"


@pytest.fixture(autouse=True)
def tables_of_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run makes the tables of a notice alone."""
    monkeypatch.setattr(tables, "RUN_TABLES", {name: tables.RUN_TABLES[name] for name in CARD_TABLES})


@pytest.mark.parametrize("unknown", ["item", "accepted_on", "limit_days"])
def test_a_notice_has_no_column_of_which_nothing_is_known(lake: Path, unknown: str) -> None:
    run = pipeline.find(lake, Cohort(accepted_from=dt.date(2024, 2, 1), accepted_until=dt.date(2024, 3, 1)))
    known = carded(run).with_columns(item=pl.lit("A"), accepted_on=dt.date(2024, 2, 5), limit_days=5)
    known = known.with_columns(limit_unit=pl.lit("working_days"), working_days_left=-1481)
    whole, less = (
        next(block for block in card_blocks(rows, "red", "2024-03-11", "en") if isinstance(block, Table))
        for rows in (known, known.with_columns(pl.lit(None).cast(known.schema[unknown]).alias(unknown)))
    )
    gone = {"item": "Item", "accepted_on": "Accepted", "limit_days": "Limit (working days)"}[unknown]
    headings = [one.heading for one in whole.columns]
    assert [one.heading for one in less.columns] == [one for one in headings if one != gone] != headings
    assert whole.rows[0][-1] == "−1,481"


def test_a_notice_gives_the_cards_of_the_ladder_and_no_others(lake: Path) -> None:
    drawn = {row["case"]: row["card"] for row in frame(CASES).to_dicts() if row["card"]}
    run = pipeline.find(lake, Cohort(accepted_from=dt.date(2024, 2, 1), accepted_until=dt.date(2024, 3, 1)))
    cards = carded(run)
    assert dict(cards.select("case_id", "level").rows()) == drawn
    assert cards.height == len(drawn)
    with open_log(lake) as log:
        told = warnings(log).filter(pl.col("level").is_in(["red", "yellow"]))
    assert cards.select(told.columns).equals(told)
