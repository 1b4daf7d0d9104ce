"""Figures of published bulletins, typed into the tables, give the changes that were published with them."""

from pathlib import Path

import polars as pl
import pytest
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.blocks import Paragraph, Table, sentences
from efficacy_analytics.documents.briefing.sections.main_points import blocks

# Accepted 3,198 and 3,069 the month before follow from the published changes (+75.42 %, +79.11 %).
PUBLISHED = {
    "Scotland, local planning decisions, second quarter of 2017/18 (gov.scot)": (
        (6849, 6967, 6684),
        "1.7% fewer than in the period before, 2.5% more than a year before",
    ),
    "Fangchenggang, approvals, March 2011 (monthly bulletin of the city)": (
        (5610, 3198, None),
        "75.4% more than in the period before",
    ),
}


@pytest.mark.parametrize("source", PUBLISHED)
def test_changes_are_those_that_were_published(tmp_path: Path, source: str) -> None:
    counts, words = PUBLISHED[source]
    periods = dict(zip(("this", "before", "year_before"), counts, strict=True))
    changes = invented_tables()["period_changes"].with_columns(
        pl.col("period").replace_strict(periods, return_dtype=pl.Int64).alias("case_count")
    )
    run = invented_run(tmp_path, invented_tables() | {"period_changes": changes.drop_nulls("case_count")})
    found = list(blocks(run, "en"))
    assert sentences(found)[0] == f"Cases accepted: {counts[0]:,}, {words}."
    table = next(block for block in found if isinstance(block, Table))
    assert table.rows[0][:3] == ["Cases", f"{counts[0]:,}", f"{counts[1]:,}"]
    assert document_of(run, language="en").content().full_title


def test_a_period_that_the_data_does_not_hold_whole_is_compared_with_none(tmp_path: Path) -> None:
    changes = invented_tables()["period_changes"]
    young = changes.with_columns(is_whole=pl.col("is_whole") & (pl.col("period") != "this"))
    run = invented_run(tmp_path, invented_tables() | {"period_changes": young})
    found = list(blocks(run, "en"))
    said = [block.text for block in found if isinstance(block, Paragraph)]
    assert sentences(found)[0] == "Cases accepted: 1,200."
    assert any("does not hold the whole of this period" in one for one in said)
    assert not any("period before" in one or "year before" in one for one in said)
