"""The planted truth of the city, found again by the product: from the exports to the bottleneck table."""

import json
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks

SMALL = pytest.param(0, 4_000, id="a small city")
LARGE = [pytest.param(seed, 20_000, marks=pytest.mark.deep, id=f"seed {seed}") for seed in range(20)]


def ranked(folder: Path, *, cases: int, seed: int) -> tuple[dict[str, dict], dict]:
    """The first segment of each department in the product's table, and the planted truth."""
    exports, lake = folder / "city", folder / "lake"
    make_city(exports, cases=cases, seed=seed)
    ingest(lake, [exports], "city")
    publish(lake)
    with open_log(lake) as log:
        table = bottlenecks(log, by_department=True, replicates=20)
    firsts = table.filter(pl.col("rank") == 1).iter_rows(named=True)
    truth = json.loads((exports / "planted_truth.json").read_text(encoding="utf-8"))
    return {row["department"]: row for row in firsts}, truth


@pytest.mark.parametrize(("seed", "cases"), [SMALL, *LARGE])
def test_the_planted_slow_step_comes_out_first_in_its_department(tmp_path: Path, seed: int, cases: int) -> None:
    firsts, truth = ranked(tmp_path, cases=cases, seed=seed)
    planted = {code: tuple(pair) for code, pair in truth["bottleneck_of_department"].items() if pair}
    found = {code: (row["activity"], row["next_activity"]) for code, row in firsts.items()}
    assert {code: found[code] for code in planted} == planted
    named = {code for code, row in firsts.items() if row["share_of_total"] >= truth["found_from_share"]}
    assert len(named & planted.keys()) >= 0.95 * len(named)  # precision
    assert len(named & planted.keys()) >= 0.95 * len(planted)  # recall
