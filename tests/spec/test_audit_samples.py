"""A sample to look at by hand: random by strata, the same for one seed, and telling of the whole what it promises."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner, Result
from scipy.stats import beta
from support.small_city import small_city

from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.sampling import SAMPLE_SIZE, SEED, audit_sample
from efficacy_analytics.statistics.sampling.stratified import allocation, drawn_places, share_of_whole


def sample(seed: int = 1, sample_size: int = 90) -> pl.DataFrame:
    with open_log(small_city()[0], Cohort()) as log:
        return audit_sample(log, sample_size=sample_size, seed=seed)


def test_the_same_seed_gives_the_same_list_and_another_seed_another_one() -> None:
    assert sample(1).equals(sample(1))
    assert set(sample(1)["case_key"]) != set(sample(2)["case_key"])


def test_each_case_says_with_which_probability_it_was_drawn() -> None:
    drawn = sample()
    assert drawn["case_key"].is_unique().all()
    assert (drawn["inclusion_share"] == drawn["drawn_count"] / drawn["stratum_case_count"]).all()
    strata = drawn.group_by("department", "is_late").agg(pl.len(), pl.col("drawn_count", "stratum_case_count").first())
    assert (strata["len"] == strata["drawn_count"]).all()
    with open_log(small_city()[0], Cohort()) as log:
        completed = log.sql(
            "select count(*) as n from cases where completed_on is not null and not is_open "
            "and verdict_class not in ('withdrawn', 'withdrawn_late', 'not_accepted')"
        )["n"][0]
    assert strata["stratum_case_count"].sum() == completed


def test_every_case_of_a_stratum_is_drawn_as_often_as_its_probability_says() -> None:
    times = np.zeros(20)
    for seed in range(2000):
        times[drawn_places([20], [5], seed=seed)[0]] += 1
    assert np.allclose(times / 2000, 0.25, atol=0.04)


def test_each_stratum_is_looked_into_and_risk_counts_for_more() -> None:
    assert allocation([1, 2, 500], [1, 1, 1], 10) == [1, 2, 7]
    plain, risky = allocation([1000, 1000], [1, 3], 100)
    assert plain + risky == 100
    assert 2 * plain < risky < 4 * plain
    assert allocation([3, 4], [1, 1], 100) == [3, 4]


@pytest.mark.parametrize("level", [0.01, 0.05, 0.3])
def test_the_interval_holds_the_share_of_the_whole_in_95_of_100_draws(level: float) -> None:
    rng = np.random.default_rng(11)
    sizes = [400, 300, 150, 60, 40, 12]
    counts = allocation(sizes, [1, 1, 1, 3, 3, 3], 120)
    truth = [
        rng.random(size) < min(0.9, level * factor) for size, factor in zip(sizes, (1, 0.5, 2, 1, 3, 0), strict=True)
    ]
    share = sum(int(one.sum()) for one in truth) / sum(sizes)
    held, estimates = 0, []
    for seed in range(1000):
        places = drawn_places(sizes, counts, seed=seed)
        found = [int(one[chosen].sum()) for one, chosen in zip(truth, places, strict=True)]
        estimate, low, high = share_of_whole(sizes, counts, found)
        held += low <= share <= high
        estimates.append(estimate)
    assert held >= 940
    assert np.mean(estimates) == pytest.approx(share, abs=0.004)


def test_one_found_in_a_small_stratum_alone_is_no_proof_that_there_is_none_beyond_it() -> None:
    """Beta with as many trials as the variance of the estimate is worth: less than one hit of 63 leaves a low end."""
    sizes, counts, found = [1_000, 100], [50, 50], [0, 1]
    estimate, low, high = share_of_whole(sizes, counts, found)
    variance = (10 / 11) ** 2 * (1 - 50 / 1_000) / 50 + (1 / 11) ** 2 * (1 - 50 / 100) / 50
    hits, trials = estimate / variance, 1 / variance
    assert estimate == pytest.approx(1 / 11 / 50)
    assert 0 < hits < 1
    assert low == pytest.approx(beta.ppf(0.025, hits, trials - hits + 1))
    assert high == pytest.approx(beta.ppf(0.975, hits + 1, trials - hits))
    assert 0 < low < estimate < high


def audited(folder: Path, *words: str, found: dict[int, str]) -> Result:
    """What the command tells of a sample in which the cases with these keys are filled in."""
    with open_log(small_city()[0], Cohort()) as log:
        drawn = audit_sample(log)
    cells = pl.col("case_key").replace_strict(found, default="no", return_dtype=pl.String)
    drawn.with_columns(is_found=cells).write_csv(folder / "sample.csv")
    return CliRunner().invoke(app, ["estimate", str(folder / "sample.csv"), *words])


def test_what_an_audit_found_in_the_sample_is_told_of_the_whole(tmp_path: Path) -> None:
    drawn = sample(seed=SEED, sample_size=SAMPLE_SIZE)
    found = drawn.filter(pl.col("is_late"))["case_key"].to_list()
    left = drawn.filter(pl.col("stratum_case_count") > pl.lit(5), ~pl.col("is_late"))["case_key"][0]
    told = audited(tmp_path, "--format", "json", found=dict.fromkeys(found, "是") | {left: ""})
    (row,) = json.loads(told.stdout)
    assert (row["looked_at_count"], row["found_count"]) == (drawn.height - 1, len(found))
    # Being late is what the strata are made of: its share is told without an error.
    of_strata = drawn.unique(["department", "is_late"])
    expected = of_strata.filter(pl.col("is_late"))["stratum_case_count"].sum() / of_strata["stratum_case_count"].sum()
    assert row["found_share"] == pytest.approx(expected)
    assert row["low_share"] < row["found_share"] < row["high_share"]


@pytest.mark.parametrize(("cell", "told"), [("perhaps", "is_found says 'perhaps'"), ("", "was looked at")])
def test_an_audit_that_says_nothing_definite_is_refused(tmp_path: Path, cell: str, told: str) -> None:
    keys = sample(seed=SEED, sample_size=SAMPLE_SIZE)["case_key"].to_list()
    refused = audited(tmp_path, found=dict.fromkeys(keys, cell))
    assert isinstance(refused.exception, CallError)
    assert told in refused.exception.problem


def test_a_sample_of_all_is_certain() -> None:
    assert share_of_whole([3, 5], [3, 5], [1, 0]) == (1 / 8, 1 / 8, 1 / 8)
