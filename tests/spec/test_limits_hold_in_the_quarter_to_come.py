"""Whether a limit holds for the cases to come where times change, share queues or grow, and is given where they do not.

The whole table, 200 samples of each kind, is in docs/guarantees.md.
"""

import numpy as np
import pytest
from support.simulated_items import KINDS, drawn_times, noise, outcome, plan_is_kept

from efficacy_analytics.findings.limits.fit import Rule
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.statistics.pace import pace_bound

SAMPLE = [
    ("steady", 600),
    ("changed x1.5, 4 weeks ago", 600),
    ("changed x2, 5 weeks ago", 600),
    ("changed x3, 10 weeks ago", 3000),
    ("shared queue, 0.3 / 0.8", 600),
    ("shared queue, 0.3 / 0.95", 3000),
    ("growing by 20% in two years", 600),
    ("growing by 100% in two years", 600),
]
QUEUES = [name for name in KINDS if "queue" in name]


@pytest.mark.parametrize(("name", "count"), SAMPLE)
def test_a_limit_that_is_given_holds_for_the_cases_to_come(name: str, count: int) -> None:
    found = outcome(name, count, share=0.95, rounds=50)
    assert found.too_short_of_all_share <= 0.05 + noise(50)


@pytest.mark.parametrize("name", ["shared queue, 0.3 / 0.95", "shared queue, 0.5 / 0.9"])
def test_a_limit_for_99_in_100_leaves_room_for_swings_that_two_years_do_not_show(name: str) -> None:
    # Without the pace of another stretch 8 and 7 % of these limits are too short (docs/guarantees.md).
    found = outcome(name, 3000, share=0.99, rounds=60, seed=3)
    assert found.offered_share >= 0.9
    assert found.too_short_share <= 0.05


def test_what_is_refused_for_99_in_100_is_offered_for_fewer_and_holds_for_those() -> None:
    found = outcome("shared queue, 0.3 / 0.8", 600, share=0.99, rounds=40)
    assert found.offered_share + found.lower_share >= 0.95
    assert found.lower_too_short_share <= 0.05 + noise(15)


def test_where_the_last_weeks_are_seen_to_be_slower_a_limit_bears_both_errors_in_full() -> None:
    # Three times as long since four weeks: the limit that would do before, at the pace that the last weeks may have.
    draw, rule, slower = np.random.default_rng(1), Rule(0.95, 0.95, 0.01), []
    for _ in range(40):
        fit = fitted(drawn_times(draw, KINDS["changed x3, 4 weeks ago"], 600), rule)
        if fit.reason == "last_weeks_differ" and fit.dispersion == 1 and fit.safe_days:
            slower.append(fit)
    assert len(slower) >= 4
    assert all(fit.safe_days >= (fit.steady_days - 1) * fit.recent_pace_high for fit in slower)


def test_a_steady_item_gets_a_limit() -> None:
    found = outcome("steady", 600, share=0.95, rounds=100)
    assert found.offered_share >= 0.8
    assert found.price_share <= 0.5


def test_without_a_bound_for_the_last_weeks_a_change_would_go_unseen() -> None:
    # Times half as long again for four weeks: the bound of all cases is too short nearly always.
    assert outcome("changed x1.5, 4 weeks ago", 600, share=0.95, rounds=50).steady_too_short_share > 0.9


@pytest.mark.parametrize("name", ["steady", "shared queue, 0.2 / 0"])
def test_another_stretch_may_be_slower_by_what_weeks_differ_beyond_independent_cases(name: str) -> None:
    draw, rule = np.random.default_rng(3), Rule(0.95, 0.95, 0.01)
    fits = [fitted(drawn_times(draw, KINDS[name], 600), rule) for _ in range(3)]
    assert any(1 < fit.level_dispersion < 2 for fit in fits)
    for fit in fits:
        cases, beyond = (fit.used.known.needed_days, fit.used.known.is_open), fit.level_dispersion - 1
        pace = pace_bound(cases, cases, confidence=rule.item_confidence, dispersion=beyond) if beyond > 0 else 1.0
        assert fit.swing_pace_high == pytest.approx(max(1.0, pace))
        assert (fit.swing_pace_high or 0) > 1 or beyond <= 0


@pytest.mark.deep
@pytest.mark.parametrize("share", [0.95, 0.99])
@pytest.mark.parametrize("count", [600, 3000])
@pytest.mark.parametrize("name", KINDS)
def test_limits_of_200_samples_hold_and_steady_items_get_them(name: str, count: int, share: float) -> None:
    found = outcome(name, count, share=share, rounds=200)
    print(share, name, count, found)
    assert found.too_short_of_all_share <= 0.05 + noise(200)
    assert found.offered_share * 200 < 20 or found.too_short_share <= 0.05 + noise(round(200 * found.offered_share))
    assert found.lower_share * 200 < 20 or found.lower_too_short_share <= 0.05 + noise(round(200 * found.lower_share))
    assert "steady" not in name or found.offered_share >= 0.8


@pytest.mark.deep
@pytest.mark.parametrize("count", [600, 3000])
@pytest.mark.parametrize("kinds", [["steady"], *([name] for name in QUEUES), QUEUES], ids=" and ".join)
def test_a_plan_of_forty_items_holds_as_a_whole(kinds: list[str], count: int) -> None:
    draw, names = np.random.default_rng(5), kinds * (40 // len(kinds))
    plans = [plan_is_kept(draw, names, count, share=0.95) for _ in range(60)]
    kept, given = np.mean(plans, axis=0)
    print(kinds, count, "kept", kept, "given", given / 40)
    assert kept >= 0.95 - noise(60)


@pytest.mark.deep
@pytest.mark.parametrize("count", [600, 3000])
@pytest.mark.parametrize("name", QUEUES)
def test_a_plan_of_forty_items_of_one_queue_holds_as_a_whole(name: str, count: int) -> None:
    draw = np.random.default_rng(6)
    plans = [plan_is_kept(draw, [name] * 40, count, share=0.95, queue=number) for number in range(60)]
    kept, given = np.mean(plans, axis=0)
    print(name, count, "one queue, kept", kept, "given", given / 40)
    assert kept >= 0.95 - noise(60)
