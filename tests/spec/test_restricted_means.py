"""How long units take for like work, some of it unfinished: areas by hand, chance as in repeated draws."""

import numpy as np
import polars as pl
import pytest
from support.samples import sample

from efficacy_analytics.statistics.comparison.restricted_means import restricted_area, restricted_differences


def counts(days: list[int], size: int) -> np.ndarray:
    return np.bincount(days, minlength=size).astype(np.float64)


def test_with_everything_finished_it_is_the_mean_of_days_cut_at_the_horizon():
    area = restricted_area(counts([1, 3, 3, 9], 10), counts([], 10), 6)
    assert area.mean == pytest.approx((1 + 3 + 3 + 6) / 4)
    # One more case of t days moves the mean of n by (min(t, horizon) - mean) / n.
    assert area.by_finished[[1, 3, 9]].tolist() == pytest.approx([(days - 13 / 4) / 4 for days in (1, 3, 6)])


def test_an_unfinished_one_counts_as_at_least_as_long_as_it_has_lasted():
    # Finished after 2 and 4 days, one unfinished at 3: S = 1, 1, 2/3, 2/3, 0, so 1 + 1 + 2/3 + 2/3 up to day 4.
    area = restricted_area(counts([2, 4], 5), counts([3], 5), 4)
    assert area.mean == pytest.approx(10 / 3)
    assert area.mean > np.mean([2, 4])  # which is what remains where the unfinished one is left out


@pytest.mark.parametrize("seed", range(3))
def test_the_influences_add_up_to_nothing_and_their_squares_to_greenwoods_variance(seed):
    draw = np.random.default_rng(seed)
    finished, still_open = draw.integers(0, 6, 20).astype(float), draw.integers(1, 3, 20).astype(float)
    area = restricted_area(finished, still_open, 15)
    assert finished @ area.by_finished + still_open @ area.by_open == pytest.approx(0, abs=1e-12)
    at_risk = (finished + still_open)[::-1].cumsum()[::-1]
    longer = np.cumprod(1 - finished / at_risk)
    greenwood = sum(
        longer[day:15].sum() ** 2 * finished[day] / (at_risk[day] * (at_risk[day] - finished[day])) for day in range(15)
    )
    squares = finished @ area.by_finished**2 + still_open @ area.by_open**2
    assert squares == pytest.approx(greenwood)


LAWS = {
    "exponential": lambda draw, size: draw.exponential(8, size),
    "lognormal": lambda draw, size: np.exp(1.5 + 1.2 * draw.normal(size=size)),
    "Pareto": lambda draw, size: 3 * (draw.pareto(1.1, size) + 0.3),
    "two speeds": lambda draw, size: np.where(draw.random(size) < 0.9, 4, 44) * draw.exponential(1, size),
}
MONTHS, MONTH_DAYS = 12, 22
FEW_REPEATS = [("Pareto", 0.3, 6, 0.85)]


def drawn(draw: np.random.Generator, law: str, mean_count: float, swing: float) -> pl.DataFrame:
    """Eight units of equal speed and other work in four strata; each unit's months swing; the last are unfinished."""
    parts = []
    for unit in range(8):
        months = np.exp(swing * draw.normal(size=MONTHS))
        for stratum in range(4):
            size = 1 + draw.poisson(mean_count * (0.3 + 1.4 * draw.random()))
            begun = draw.integers(0, MONTHS * MONTH_DAYS, size)
            days = np.ceil(LAWS[law](draw, size) * (1 + stratum) * months[begun // MONTH_DAYS]).astype(int)
            age = MONTHS * MONTH_DAYS - begun
            parts.append(
                pl.DataFrame({"days": np.minimum(days, age), "is_finished": days <= age}).with_columns(
                    stratum=pl.lit(str(stratum)),
                    unit=pl.lit(str(unit)),
                    cluster=pl.Series(begun // MONTH_DAYS).cast(pl.String),
                )
            )
    keys = ["stratum", "unit", "cluster", "days", "is_finished"]
    return pl.concat(parts).group_by(keys).agg(count=pl.len()).sort(keys)


@pytest.mark.parametrize(
    ("law", "swing", "repeats", "least"),
    sample([*FEW_REPEATS, *((law, swing, 100, 0.93) for law in LAWS for swing in (0.0, 0.3))], FEW_REPEATS),
)
def test_intervals_cover_what_they_say_under_heavy_tails_and_swinging_months(law, swing, repeats, least):
    draw = np.random.default_rng([len(law), int(10 * swing)])
    found = pl.concat([restricted_differences(drawn(draw, law, 25, swing)) for _ in range(repeats)])
    found = found.drop_nulls("difference")
    assert found.height > repeats * 5
    covered = (found["difference_low"] <= 0) & (found["difference_high"] >= 0)
    assert covered.mean() >= least  # of six repeats 0.85 is what 95 % miss once in a hundred


def test_a_unit_of_few_or_of_few_months_has_no_interval():
    rows = drawn(np.random.default_rng(1), "exponential", 25, 0)
    few = rows.filter((pl.col("unit") != "3") | (pl.col("cluster").cast(pl.Int64) < 9))
    found = restricted_differences(few).filter(pl.col("unit") == "3").row(0, named=True)
    assert (found["cluster_count"], found["mean"], found["difference_low"], found["is_apart"]) == (9, None, None, None)


def test_a_stratum_of_one_unit_alone_compares_nobody():
    rows = drawn(np.random.default_rng(2), "exponential", 30, 0)
    found = restricted_differences(rows.filter((pl.col("stratum") != "0") | (pl.col("unit") == "5")))
    own = found.filter(pl.col("unit") == "5").row(0, named=True)
    assert own["alone_count"] == rows.filter(pl.col("unit") == "5", pl.col("stratum") == "0")["count"].sum()
    assert own["stratum_count"] == 3
