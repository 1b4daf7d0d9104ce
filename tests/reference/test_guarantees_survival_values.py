"""The Kaplan-Meier curve and its band against lifelines; the bounds of censored data against published ones."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from efficacy_analytics.statistics.proportions import clopper_pearson
from efficacy_analytics.statistics.survival import beta_product_high, log_log_band, safe_limit, survival_curve
from efficacy_analytics.statistics.tolerance import safe_rank

# 120 cases, ceil(gamma(1.4) * 6) days, cut at a uniform age of 1 to 59 (numpy seed 20260401).
COMPLETED = [
    6, 1, 1, 3, 1, 2, 11, 4, 2, 3, 8, 4, 3, 6, 2, 22, 4, 1, 9, 11, 7, 3, 5, 8, 4, 3, 4, 7, 10, 19,
    1, 10, 7, 12, 7, 6, 1, 11, 15, 2, 39, 14, 4, 3, 7, 2, 2, 16, 8, 8, 14, 8, 7, 3, 2, 9, 6, 11, 2, 5,
    5, 6, 5, 7, 8, 3, 2, 9, 22, 7, 12, 24, 5, 6, 6, 7, 6, 7, 3, 4, 4, 7, 3, 5, 17, 6, 18, 1, 7, 1,
    1, 20, 11, 15, 17, 5, 3, 7, 2, 5, 9, 3, 14, 13, 8,
]  # fmt: skip
CENSORED = [
    2, 1, 10, 4, 2, 7, 7, 24, 12, 8, 19, 6, 11, 7, 10,
]  # fmt: skip

# KaplanMeierFitter(alpha=0.05) of lifelines 0.30.3 on these: day, survival function, lower and upper end.
LIFELINES = [
    (1, 0.9249999999999999, 0.8608283657438199, 0.9602536316048659),
    (2, 0.8409090909090909, 0.7619868357413048, 0.8954314044685057),
    (3, 0.7379406307977731, 0.6486458948309066, 0.8078773793896136),
    (4, 0.6692949907235619, 0.5763942240112946, 0.7463006439618969),
    (5, 0.5997578488302049, 0.5051177219246388, 0.6820322984966067),
    (6, 0.5215285642001778, 0.4272203559399278, 0.6075571465249253),
    (7, 0.40661549073234193, 0.31666605879484944, 0.4944901490687261),
    (8, 0.3404222713107979, 0.2546676879323541, 0.42787535136959),
    (9, 0.3015168688752782, 0.2190653573869397, 0.3880254406127778),
    (10, 0.28206416765751835, 0.20158981314568694, 0.36781617296688485),
    (11, 0.22983006253575572, 0.15520344802571356, 0.31331473526035364),
    (12, 0.207941485151398, 0.13620679240608852, 0.29019456728146154),
    (13, 0.1963891804207648, 0.12623042362893921, 0.27802118237495516),
    (14, 0.1617322662288651, 0.09723911257236946, 0.24072291376610472),
    (15, 0.1386276567675987, 0.07877894920089022, 0.21513124857148816),
    (16, 0.12707535203696546, 0.06984523090814929, 0.2020856103047117),
    (17, 0.10397074257569903, 0.0526610484785528, 0.17541655727446218),
    (18, 0.09241843784506577, 0.04446144724007552, 0.1617500756061248),
    (19, 0.08086613311443258, 0.03657003801673356, 0.14782370392052982),
    (20, 0.06738844426202713, 0.027384216260012258, 0.13236832772907373),
    (22, 0.040433066557216284, 0.011571700116250196, 0.0994569445123523),
    (24, 0.02695537770481085, 0.005437534888331901, 0.08174203625352962),
    (39, 0.0, 0.0, 0.0),
]  # fmt: skip


def test_the_curve_and_its_band_are_those_of_lifelines():
    curve = survival_curve(COMPLETED, CENSORED)
    low, high = log_log_band(curve, confidence=0.95)
    found = np.column_stack([curve.days, curve.longer_share, low, high])
    assert found == pytest.approx(np.array(LIFELINES), abs=1e-9)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
def test_the_curve_and_its_band_are_those_of_scipy():
    curve = survival_curve(COMPLETED, CENSORED)
    theirs = stats.ecdf(stats.CensoredData(uncensored=COMPLETED, right=CENSORED)).sf
    band = theirs.confidence_interval(0.9, method="log-log")
    inside = curve.longer_share > 0
    for mine, other in zip(
        (curve.longer_share, *log_log_band(curve, confidence=0.9)),
        (theirs, band.low, band.high),
        strict=True,
    ):
        assert mine[inside] == pytest.approx(other.evaluate(curve.days)[inside], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_without_open_cases_the_beta_product_is_clopper_and_pearson(seed):
    days = np.random.default_rng(seed).geometric(0.2, 80)
    curve = survival_curve(days)
    longer = [int((days > day).sum()) for day in curve.days]
    exact = clopper_pearson(longer, [days.size] * len(longer), confidence=0.9)[1]
    assert beta_product_high(curve, confidence=0.95) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("open_count", [0, 2])
def test_where_nothing_is_censored_below_it_the_limit_is_that_of_the_order_statistic(seed, open_count):
    days = pl.Series(np.random.default_rng(seed).geometric(0.2, 200))
    old = pl.Series([999] * open_count, dtype=pl.Int64)
    found = safe_limit(days, old, share=0.95, confidence=0.95)
    rank = safe_rank(200 + open_count, share=0.95, confidence=0.95)
    assert (found.days, found.method) == (days.sort()[rank - 1], "order_statistic")
