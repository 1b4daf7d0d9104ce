"""How often a limit is broken at most, and what items alike say about a small one."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from efficacy_analytics.statistics.breaches import breach_bound
from efficacy_analytics.statistics.shrinkage import fitted_beta, shrunk


def test_no_breach_in_299_cases_proves_99_per_cent():
    # 1 - 0.05 ** (1 / n) is at most 0.01 from n = 299 on.
    assert float(breach_bound(0, 299)) == pytest.approx(1 - 0.05 ** (1 / 299))
    assert float(breach_bound(0, 298)) > 0.01 >= float(breach_bound(0, 299))


@pytest.mark.parametrize(("breaches", "cases"), [(0, 10), (3, 50), (7, 7)])
def test_at_its_bound_so_few_breaches_would_be_rare(breaches, cases):
    bound = float(breach_bound(breaches, cases))
    rare = stats.binom.cdf(breaches, cases, bound) if breaches < cases else 0.05
    assert rare == pytest.approx(0.05)


def test_nothing_judged_bounds_nothing():
    assert np.isnan(breach_bound(0, 0))


def drawn_items(seed: int, a: float, b: float, items: int, cases: int) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    judged = draw.integers(1, cases, items)
    return pl.DataFrame({"breach_count": draw.binomial(judged, draw.beta(a, b, items)), "judged_count": judged})


def test_the_fit_finds_the_beta_that_items_were_drawn_from():
    items = drawn_items(1, 2.0, 38.0, 3000, 400)
    a, b = fitted_beta(items["breach_count"], items["judged_count"])
    assert (a / (a + b), a + b) == pytest.approx((0.05, 40.0), rel=0.1)


def test_no_other_beta_makes_the_counts_likelier():
    items = drawn_items(2, 1.5, 20.0, 40, 100)
    x, n = items["breach_count"].to_numpy(), items["judged_count"].to_numpy()
    a, b = fitted_beta(x, n)
    best = stats.betabinom.logpmf(x, n, a, b).sum()
    for other in ((a * 1.1, b), (a, b * 1.1), (a * 0.9, b), (a, b * 0.9), (a * 1.1, b * 1.1)):
        assert stats.betabinom.logpmf(x, n, *other).sum() < best


def of_kind(kind: str | None, *counts: tuple[int, int]) -> pl.DataFrame:
    rows = [(kind, breaches, judged) for breaches, judged in counts]
    return pl.DataFrame(rows, schema={"kind": pl.String, "x": pl.Int64, "n": pl.Int64}, orient="row")


def found(frame: pl.DataFrame, share: float = 0.9) -> list[tuple[float | None, float | None]]:
    columns = ["shrunk_breach_share", "shrunk_probability"]
    return shrunk(frame, kind="kind", breach="x", judged="n", share=share).select(columns).rows()


def test_a_small_item_moves_to_its_kind_and_a_large_one_stays():
    kinds = of_kind("good", (1, 200), (2, 220), (0, 3), (90, 300), (2, 180))
    small, large = found(kinds)[2], found(kinds)[3]
    assert 0 < small[0] < 0.1
    assert large[0] == pytest.approx(0.3, abs=0.02)
    assert large[1] < 1e-6


def test_an_item_without_a_case_is_what_its_kind_is():
    kinds = pl.concat([of_kind("good", (1, 100), (1, 110), (0, 0), (2, 90)), of_kind("bad", *[(50, 100)] * 3)])
    nothing, bad = found(kinds)[2], found(kinds)[5]
    assert nothing[0] == pytest.approx(4 / 300, abs=0.01)
    assert nothing[1] > 0.9 > 0.1 > bad[1]


def test_a_kind_of_two_items_borrows_from_all_and_two_items_from_nobody():
    assert all(
        value is not None
        for row in found(pl.concat([of_kind("a", *[(1, 50)] * 3), of_kind("b", (0, 5))]))
        for value in row
    )
    assert found(of_kind("a", (1, 50), (0, 20))) == [(None, None)] * 2


def test_the_probability_is_that_of_the_posterior():
    rows = found(of_kind("a", (3, 100), (4, 120), (1, 20), (0, 0)))
    assert all(0 <= probability <= 1 for _, probability in rows)
    assert rows[2][1] < rows[3][1] or rows[2][0] < 1
