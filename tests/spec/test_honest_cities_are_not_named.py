"""Cities of honest departments, whose rows come in sessions and from machines: who is named, and how often."""

from pathlib import Path

import polars as pl
import pytest
from support.sessions_city import honest_city

from efficacy_analytics.findings.honesty.audit import honesty_checks
from efficacy_analytics.mining.organisation.accounts import machine_accounts


def named_in(folder: Path, seed: int, session: int) -> list[tuple[str, str]]:
    with honest_city(folder, seed, session=session, machine=True) as log:
        found = honesty_checks(log).filter(pl.col("verdict") == "stands_out")
    return found.select("department", "code").rows()


@pytest.mark.parametrize("session", [15])
def test_nobody_is_named_in_an_honest_city_of_sessions_and_machines(session: int, tmp_path: Path) -> None:
    assert named_in(tmp_path, 1, session) == []


@pytest.mark.deep
@pytest.mark.parametrize("session", [8, 15, 30])
def test_in_a_hundred_honest_cities_at_most_one_is_named(session: int, tmp_path: Path) -> None:
    named = [bool(named_in(tmp_path / str(seed), seed, session)) for seed in range(100)]
    assert sum(named) <= 1 + 3  # the level is 1 %: so many by chance with a probability of 98 %


def test_a_machine_that_reminds_by_night_is_no_officer(tmp_path: Path) -> None:
    with honest_city(tmp_path, 3, session=15, machine=True, cases_each=60) as log:
        found = machine_accounts(log)
    assert set(found["reason"]) == {"by_night"}
    assert all(account.endswith("-sms") for account in found["resource"])
    assert found.height >= 15
