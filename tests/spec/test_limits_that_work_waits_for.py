"""Cases that pile up just below a limit are told from those that do not."""

import numpy as np
import pytest
from support.drawn_cases import logged

from efficacy_analytics.findings.limits.bunching import limit_bunching
from efficacy_analytics.statistics.bunching import bunching

LIMIT = 20


def drawn(seed: int, cases: int = 1500, *, held_back: float = 0.0) -> np.ndarray:
    """Gamma times in whole days around half the limit; a share of those over 8 days waits for the last two days."""
    draw = np.random.default_rng(seed)
    days = np.ceil(draw.gamma(4.0, 3.0, cases)).astype(int)
    waits = (days >= 8) & (days <= LIMIT - 2) & (draw.random(cases) < held_back)
    return np.where(waits, draw.integers(LIMIT - 1, LIMIT + 1, cases), days)


def test_work_that_does_not_wait_for_its_limit_is_seldom_called_bunched():
    found = [bunching(np.bincount(drawn(seed)).astype(float), LIMIT) for seed in range(200)]
    # 2.5 % on this side of a 95 % interval; binomial noise over 200 rounds: 0.025 + 3 * 0.011.
    assert sum(one.excess_low > 0 for one in found if one) / 200 <= 0.058


@pytest.mark.parametrize("seed", range(5))
def test_held_back_cases_are_counted_with_what_they_cost(seed):
    smooth, waiting = drawn(seed), drawn(seed, held_back=0.25)
    moved = waiting != smooth
    found = bunching(np.bincount(waiting).astype(float), LIMIT)
    assert found is not None
    assert found.excess_low > 0
    assert found.excess_low <= moved.sum() * 1.15
    assert found.excess_count == pytest.approx(moved.sum(), rel=0.35)
    assert 0 < found.held_back_days <= (waiting - smooth)[moved].sum()


def test_cases_hurried_to_keep_the_limit_are_not_called_held_back():
    days = drawn(1, 6000)
    hurried = (days > LIMIT) & (days <= LIMIT + 2)
    found = bunching(np.bincount(np.where(hurried, LIMIT, days)).astype(float), LIMIT)
    assert found is not None
    assert found.hurried_count == pytest.approx(hurried.sum(), rel=0.25)
    assert found.held_back_count < 0.4 * found.hurried_count


def test_the_table_says_which_items_cannot_be_tested():
    common = {"department": "housing", "limit_unit": "working_days", "is_open": False}
    rows = [
        *({**common, "item": "many", "limit_days": LIMIT, "counted_days": int(one)} for one in drawn(3, held_back=0.5)),
        *({**common, "item": "few", "limit_days": LIMIT, "counted_days": one % 20} for one in range(99)),
        *({**common, "item": "short", "limit_days": 4, "counted_days": one % 4} for one in range(200)),
    ]
    table = limit_bunching(logged([{"case_key": key, **row} for key, row in enumerate(rows)], []))
    assert table.select("item", "case_count", "verdict").rows() == [
        ("few", 99, "not_testable"),
        ("many", 1500, "bunched"),
    ]
    few, many = table.rows(named=True)
    assert few["excess_count"] is None
    assert many["window_from_days"] == 19
    assert many["held_back_share"] == pytest.approx(many["held_back_count"] / 1500)


def of_two_paths(held_back: float) -> str:
    """The verdict on an item of which three cases in ten go before a board that ends about the limit."""
    draw = np.random.default_rng(6)
    quick = drawn(5, held_back=held_back) * 2 // 3 if not held_back else drawn(5, held_back=held_back)
    board = np.clip(np.round(draw.normal(LIMIT - 0.5, 1.2, 600)), 15, 26).astype(int)
    days = np.concatenate([quick, board])
    case = {"department": "d", "item": "i", "limit_unit": "working_days", "limit_days": LIMIT, "is_open": False}
    cases = [{"case_key": key, "counted_days": int(one), **case} for key, one in enumerate(days)]
    steps = [
        {"case_key": key, "event_number": number, "activity": activity}
        for key in range(days.size)
        for number, activity in enumerate(["accept", *(["board"] if key >= quick.size else []), "decide"], 1)
    ]
    return str(limit_bunching(logged(cases, steps))["verdict"].item())


def test_a_board_that_ends_near_the_limit_is_a_mixture_and_holds_nobody_back():
    pooled = np.concatenate([drawn(5) * 2 // 3, np.clip(np.random.default_rng(6).normal(19.5, 1.2, 600), 15, 26)])
    found = bunching(np.bincount(np.round(pooled).astype(int)).astype(float), LIMIT)
    assert found is not None
    assert found.excess_low > 0  # all cases together look held back
    assert of_two_paths(0.0) == "not_bunched"


def test_who_holds_back_is_found_within_a_path():
    assert of_two_paths(0.5) == "bunched"


def of_parts(quick: np.ndarray, board: np.ndarray) -> tuple[str, float | None]:
    """The verdict and the excess of an item whose cases go before a board, or do not."""
    case = {"department": "d", "item": "i", "limit_unit": "working_days", "limit_days": LIMIT, "is_open": False}
    days = np.concatenate([quick, board])
    cases = [{"case_key": key, "counted_days": int(one), **case} for key, one in enumerate(days)]
    steps = [
        {"case_key": key, "event_number": number, "activity": activity}
        for key in range(days.size)
        for number, activity in enumerate(["accept", *(["board"] if key >= quick.size else []), "decide"], 1)
    ]
    row = limit_bunching(logged(cases, steps)).row(0, named=True)
    return row["verdict"], row["excess_count"]


def test_where_no_path_has_enough_cases_for_a_test_nothing_is_said():
    piled = drawn(3, 180, held_back=0.5)
    assert of_parts(piled, piled[:0])[0] == "bunched"
    assert of_parts(piled[:90], piled[90:]) == ("not_testable", None)


def test_no_case_makes_an_empty_table():
    assert limit_bunching(logged([], [])).is_empty()
