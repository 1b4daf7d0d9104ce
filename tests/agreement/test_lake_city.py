"""A city's export comes in whole, but for the rows that were spoilt on purpose, each by the rule it breaks."""

import json
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.lake.intake.ingest import refused_rows


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.deep), pytest.param(3, marks=pytest.mark.deep)])
def test_the_spoilt_rows_of_a_city_are_refused_and_no_others(tmp_path: Path, seed: int) -> None:
    make_city(tmp_path / "city", cases=1000, seed=seed)
    planted = json.loads((tmp_path / "city" / "planted_truth.json").read_text(encoding="utf-8"))["dirty"]
    delivery = ingest(tmp_path / "lake", [tmp_path / "city"], "city")
    refused = refused_rows(tmp_path / "lake").select("source_file", "source_line", "rule").rows()
    assert sorted(refused) == sorted((row["file"], row["line"], row["rule"]) for row in planted)
    for table, rows in delivery.rows.items():
        assert rows["received"] == rows["accepted"] + rows["refused"], table
    cases = pl.read_parquet(delivery.folder / "cases.parquet")
    assert cases.height == 1000
    assert cases.select(pl.col("accepted_on", "item", "department", "is_green_lane").null_count()).row(0)[1:] == (
        0,
        0,
        0,
    )
