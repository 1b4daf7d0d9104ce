"""Why the share and the number of late cases changed: effects as a reader would work them out, adding up exactly."""

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import permutations, product

import chinese_calendar
import polars as pl
import pytest
from support.drawn_cases import Row
from support.due_cases import case, drawn_cases, judged

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.comparison.changes import late_count_changes, late_share_changes

TWELVE = """
    deed 2026-01 late, deed 2026-01 kept, deed 2026-01 kept, deed 2026-01 kept, well 2026-01 late, tree 2026-01 late,
    deed 2026-04 late, deed 2026-04 kept, well 2026-04 late, well 2026-04 kept, road 2026-04 kept, road 2026-04 kept
"""


def test_twelve_cases_split_as_by_hand():
    # Late shares 3/6 and 2/6, their mean 5/12. Weights and rates: deed 4/6, 1/4 and 2/6, 1/2; well 1/6, 1 and 2/6, 1/2.
    # mix = (-2/6)(3/8 - 5/12) + (1/6)(3/4 - 5/12) = 5/72; rate = (1/2)(1/4) + (1/4)(-1/2) = 0
    # entry of road = (2/6)(0 - 5/12) = -5/36; exit of tree = -(1/6)(1 - 5/12) = -7/72; in all -1/6.
    rows = [
        case("A", item, f"{month}-15", is_late=word == "late")
        for item, month, word in (one.split() for one in TWELVE.replace("\n", " ").split(",") if one.strip())
    ]
    found = late_share_changes(judged(rows))
    whole = found.filter(pl.col("department").is_null()).row(0, named=True)
    assert (whole["late_share_before"], whole["late_share"]) == (0.5, pytest.approx(1 / 3))
    effects = [whole[name] for name in ("mix_effect", "rate_effect", "entry_effect", "exit_effect")]
    assert effects == pytest.approx([5 / 72, 0.0, -5 / 36, -7 / 72])
    assert found.height == 2


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
@pytest.mark.parametrize("seed", range(3))
def test_effects_add_up_to_the_change_on_every_pair_of_periods(period, seed):
    draw = random.Random(f"{period} {seed}")
    rows = drawn_cases(draw, {(name, item): draw.random() for name in "ABC" for item in "wxyz"}, draw.choice([3, 30]))
    found = late_share_changes(judged(rows), period=period)
    total = sum(found[name] for name in ("mix_effect", "rate_effect", "entry_effect", "exit_effect"))
    assert (total - found["change"]).abs().max() < 1e-9
    assert (found["late_share"] - found["late_share_before"] - found["change"]).abs().max() < 1e-12


def test_an_unknown_period_is_a_wrong_call():
    with pytest.raises(CallError, match="not told by 'week'"):
        late_share_changes(judged([case("A", "deed", "2026-01-05", is_late=True)]), period="week")


BY = ("by_working_days_count", "by_volume_count", "by_mix_count", "by_rate_count", "by_entry_count", "by_exit_count")


def test_twice_as_many_cases_of_the_same_kind_have_twice_as_many_late_by_volume_alone():
    rows = [case("A", "deed", f"2026-{month}-15", is_late=number % 4 == 0)
            for month, count in (("01", 8), ("04", 16)) for number in range(count)]  # fmt: skip
    whole = late_count_changes(judged(rows)).filter(pl.col("department").is_null()).row(0, named=True)
    assert (whole["late_count_before"], whole["late_count"], whole["change_count"]) == (2, 4, 2)
    by_days = whole["by_working_days_count"]
    assert whole["by_volume_count"] + by_days == pytest.approx(2)
    assert [whole[name] for name in BY[2:]] == pytest.approx([0] * 4, abs=1e-9)


@pytest.mark.parametrize("against", ["previous", "year_before", "first"])
def test_effects_on_the_number_of_late_cases_add_up_against_every_base(against):
    draw = random.Random(against)
    rows = drawn_cases(draw, {(name, item): draw.random() for name in "AB" for item in "xyz"}, 6)
    found = late_count_changes(judged(rows), against=against)
    assert (sum(found[name] for name in BY) - found["change_count"]).abs().max() < 1e-9
    assert ((found["late_count"] - found["late_count_before"]) == found["change_count"]).all()
    of_all = found.filter(pl.col("department").is_null())
    pairs = list(of_all.select("period_before", "period").iter_rows())
    if against == "first":
        assert len({before for before, _ in pairs}) == 1
    if against == "year_before":
        assert pairs
        assert all(before == f"{int(after[:4]) - 1}{after[4:]}" for before, after in pairs)


def test_an_unknown_base_or_period_of_a_count_is_a_wrong_call():
    with pytest.raises(CallError, match="against 'best'"):
        late_share_changes(judged([case("A", "deed", "2026-01-05", is_late=True)]), against="best")
    with pytest.raises(CallError, match="by 'week'"):
        late_count_changes(judged([case("A", "deed", "2026-01-05", is_late=True)]), period="week")


def test_twelve_cases_split_by_working_days_volume_and_handling_as_by_hand():
    # Due 4, late 2 in 59 working days (19 + 19 + 21), then due 8, late 2 in 61 (22 + 19 + 20): the notice for 2025.
    # Of a product of three factors an effect is: its change x (the others, both before and both after, each a third,
    # and one before, one after, each a sixth).
    rows = [case("A", "deed", f"2025-{month}-15", is_late=number < 2)
            for month, count in (("01", 4), ("04", 8)) for number in range(count)]  # fmt: skip
    whole = late_count_changes(judged(rows)).filter(pl.col("department").is_null()).row(0, named=True)
    assert (whole["working_days_before"], whole["working_days"]) == (59, 61)
    factors = [(Fraction(59), Fraction(61)), (Fraction(4, 59), Fraction(8, 61)), (Fraction(1, 2), Fraction(1, 4))]
    by_hand = []
    for place, (before, after) in enumerate(factors):
        (a, b), (c, d) = (other for number, other in enumerate(factors) if number != place)
        by_hand.append(float((after - before) * ((a * c + b * d) / 3 + (a * d + b * c) / 6)))
    told = [whole[name] for name in ("by_working_days_count", "by_volume_count", "by_rate_count")]
    assert told == pytest.approx(by_hand)
    assert sum(told) == pytest.approx(0)
    assert [whole[name] for name in ("by_mix_count", "by_entry_count", "by_exit_count")] == [0, 0, 0]


KNOWN_FROM = dt.date(2023, 2, 10)


def period_of(day: dt.date, period: str) -> str:
    return {"year": f"{day:%Y}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "month": f"{day:%Y-%m}"}[period]


@cache
def working_days(period: str) -> Counter[str]:
    """The working days of each period until 2026; none of one that the calendar does not know from its first day on."""
    days = [KNOWN_FROM + dt.timedelta(days=number) for number in range((dt.date(2027, 1, 1) - KNOWN_FROM).days)]
    found = Counter(period_of(day, period) for day in days if chinese_calendar.is_workday(day))
    del found[period_of(KNOWN_FROM, period)]
    return found


def plain_effects(before: list[Row], after: list[Row], days: tuple[int, int]) -> list[float]:
    """What each factor moves, as it is changed after those before it, on average over all orders."""
    due = [Counter(row["item"] for row in rows) for rows in (before, after)]
    late = [Counter(row["item"] for row in rows if row["is_late"]) for rows in (before, after)]
    both, mean = (
        due[0].keys() & due[1].keys(),
        (late[0].total() / due[0].total() + late[1].total() / due[1].total()) / 2,
    )
    lengths = days if all(days) else (1, 1)

    def excess(at: int, item: str) -> float:
        return late[at][item] / due[at][item] - mean

    def weight(at: int, item: str) -> float:
        return due[at][item] / due[at].total()

    def late_count(days: int, volume: int, mix: int, rate: int, entry: int, leaving: int) -> float:
        share = mean + sum(weight(mix, item) * excess(rate, item) for item in both)
        share += entry * sum(weight(1, item) * excess(1, item) for item in due[1].keys() - both)
        share += (1 - leaving) * sum(weight(0, item) * excess(0, item) for item in due[0].keys() - both)
        return lengths[days] * (due[volume].total() / lengths[volume]) * share

    figures = {state: late_count(*state) for state in product((0, 1), repeat=6)}
    effects = [0.0] * 6
    for order in permutations(range(6)):
        state = [0] * 6
        for factor in order:
            was, state[factor] = figures[tuple(state)], 1
            effects[factor] += (figures[tuple(state)] - was) / 720
    return effects


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_effects_on_the_number_of_late_cases_are_those_of_a_plain_reading(period):
    """Of cases due from the autumn of 2022 on; the calendar begins on a day of the February after."""
    draw = random.Random(period)
    rows = [case(draw.choice("AB"), draw.choice("wxyz"), dt.date(2022, 10, 1) + dt.timedelta(days=draw.randrange(500)),
                 draw.random() < 0.4) for _ in range(draw.choice([40, 90]))]  # fmt: skip
    log = judged(rows)
    log.connection.execute("delete from calendar where day < ?", [KNOWN_FROM])
    found = late_count_changes(log, period=period)
    assert found["working_days_before"].null_count() > 0
    assert found["working_days_before"].drop_nulls().len() > 0 or period == "year"
    for told in found.iter_rows(named=True):
        own = [row for row in rows if told["department"] in (None, row["department"])]
        parts = [[row for row in own if period_of(row["due_on"], period) == told[name]]
                 for name in ("period_before", "period")]  # fmt: skip
        days = tuple(working_days(period)[told[name]] for name in ("period_before", "period"))
        expected = days if all(days) else (None, None)
        assert (told["working_days_before"], told["working_days"]) == expected
        assert (told["due_count_before"], told["due_count"]) == (len(parts[0]), len(parts[1]))
        assert [told[name] for name in BY] == pytest.approx(plain_effects(*parts, days), rel=1e-7, abs=1e-7)
