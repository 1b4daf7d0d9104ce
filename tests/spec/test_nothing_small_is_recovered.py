"""Whoever has all that is published, and does every sum, finds no small group: not over tables, periods and days."""

import json
from pathlib import Path

import lxml.html
import polars as pl
import pytest
from support.attacked import ALL, BELIEVED_NOISE, FEWEST, attacked, edition, without_protection
from support.attacker import Edition, recovered
from support.invented_page import page_of_the_small_city
from support.small_city import small_city

from efficacy_analytics.event_log.cohort import open_log


def check(found: dict[str, list[str]], fewest_found: int) -> None:
    for belief in found.keys() - {"unprotected"}:
        assert found[belief] == []
    assert len(found["unprotected"]) >= fewest_found


@pytest.mark.parametrize("beliefs", [(4,), pytest.param(BELIEVED_NOISE, marks=pytest.mark.deep)])
def test_a_year_of_editions_and_the_day_after_give_no_small_count_away(
    tmp_path: Path, beliefs: tuple[int, ...]
) -> None:
    found = attacked(tmp_path, 0, over_time=True, beliefs=beliefs)
    assert len(found) == len(beliefs) + 1
    check(found, 300)
    kinds = {line.partition(" ")[0] for line in found["unprotected"]}
    assert {"count", "figure", "name", "time"} <= kinds


def test_one_edition_of_a_sparse_lake_gives_no_small_count_away(tmp_path: Path) -> None:
    check(attacked(tmp_path, 1, over_time=False), 20)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 302))
def test_no_edition_of_any_sparse_lake_gives_a_small_count_away(tmp_path: Path, seed: int) -> None:
    check(attacked(tmp_path, seed, over_time=False), 1)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(302, 332))
def test_no_year_of_any_sparse_lake_gives_a_small_count_away(tmp_path: Path, seed: int) -> None:
    check(attacked(tmp_path, seed, over_time=True), 1)


@pytest.mark.parametrize("beliefs", [(4,), pytest.param(BELIEVED_NOISE, marks=pytest.mark.deep)])
def test_the_city_gives_no_small_count_away(beliefs: tuple[int, ...]) -> None:
    lake, run = small_city()
    editions = [edition(lake)]
    departments = dict(run.table("limits").select("item", "department").iter_rows())
    check(
        {f"noise {noise}": recovered(editions, departments, noise=noise) for noise in beliefs}
        | {"unprotected": recovered(without_protection(editions), departments, noise=0)},
        100,
    )


def test_the_data_of_a_public_page_are_attacked_like_its_tables() -> None:
    """The tables as a stranger reads them out of the page, with all that it names."""
    run = small_city()[1]
    page = page_of_the_small_city("en", "public")
    carried = json.loads(lxml.html.document_fromstring(page).xpath("//script[@id='findings']")[0].text)
    shown = {
        name: pl.DataFrame(table["rows"], schema=list(table["columns"]), orient="row", infer_schema_length=None)
        for name, table in carried.items()
    }
    raw = {name: run.table(name) for name in ALL if name in run.manifest["tables"]}
    known = {name: shown.get(name, raw[name].clear()) for name in raw} | {"public_totals": shown["public_totals"]}
    departments = dict(run.table("limits").select("item", "department").iter_rows())
    assert recovered([Edition(known, raw)], departments, noise=4) == []


def test_no_document_carries_the_key_of_the_noise(tmp_path: Path) -> None:
    lake = small_city()[0]
    with open_log(lake) as log:
        key = log.run("snapshot_facts")["disclosure_key"].item()
        files = json.loads(log.run("snapshot_deliveries")["files"][0])
    assert len(key) == 64
    for edition_name in ("public", "internal"):
        page = page_of_the_small_city("en", edition_name)
        assert key not in page
        assert not [file for file in files if file["sha256"] in page]


def test_the_least_number_is_that_of_the_setting() -> None:
    assert small_city()[1].manifest["settings"]["disclosure"]["fewest_cases"] == FEWEST
