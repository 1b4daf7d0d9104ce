"""Cities of honest departments, whose rows come in sessions and from machines: who is named, and how often."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from support.sessions_city import choose_city, honest_cities

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.findings.honesty.audit import honesty_checks
from efficacy_analytics.mining.organisation.accounts import machine_accounts

CITIES_A_LAKE = 10


def named_in(folder: Path, seeds: Sequence[int], session: int) -> Iterator[list[tuple[str, str]]]:
    """Who is named by which check, city by city."""
    with honest_cities(folder, seeds, session=session) as log:
        for seed in seeds:
            choose_city(log, seed)
            yield named(log)


def named(log: DuckdbEngine) -> list[tuple[str, str]]:
    """Who is named by which check."""
    return honesty_checks(log).filter(pl.col("verdict") == "stands_out").select("department", "code").rows()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckdbEngine]:
    """The log of one honest city."""
    with honest_cities(tmp_path_factory.mktemp("city"), [3], session=15) as log:
        yield log


def test_nobody_is_named_in_an_honest_city_of_sessions_and_machines(city: DuckdbEngine) -> None:
    assert named(city) == []


@pytest.mark.deep
@pytest.mark.parametrize("session", [8, 15, 30])
def test_in_a_hundred_honest_cities_hardly_one_is_named(session: int, tmp_path: Path) -> None:
    count = 0
    for first in range(3000, 3100, CITIES_A_LAKE):
        seeds = range(first, first + CITIES_A_LAKE)
        for seed, found in zip(seeds, named_in(tmp_path / str(first), seeds, session), strict=True):
            count += bool(found)
            print(session, seed, found)
    assert count <= 1 + 3  # the level is 1 %: so many by chance with a probability of 98 %


def test_machines_and_the_account_of_a_counter_are_no_officers(city: DuckdbEngine) -> None:
    reasons = dict(machine_accounts(city).select("resource", "reason").rows())
    by_night = {account for account, reason in reasons.items() if reason == "by_night"}
    assert len(by_night) >= 15
    assert all(account.endswith("-sms") for account in by_night)
    shared = {account for account, reason in reasons.items() if reason == "several_at_once"}
    assert len(shared) >= 3
    assert all(account.endswith("-counter") for account in shared)
    assert by_night | shared == reasons.keys()


def test_every_check_but_those_of_few_rows_is_made_in_an_honest_city(city: DuckdbEngine) -> None:
    was_made = pl.col("verdict").is_in(["not_unusual", "not_compared"])
    made = dict(honesty_checks(city).group_by("code").agg(was_made.sum()).rows())
    assert all(count >= 8 for count in made.values()), made
