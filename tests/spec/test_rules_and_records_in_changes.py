"""Why a late share changed: rules that changed and records that keep cases stand apart from how they were handled."""

import random

import polars as pl
import pytest
from support.drawn_cases import Row
from support.due_cases import case, judged
from support.samples import seeds

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.comparison.changes import late_count_changes, late_share_changes

SHARE_EFFECTS = ("mix_effect", "rate_effect", "rule_effect", "record_effect", "entry_effect", "exit_effect")
COUNT_EFFECTS = (
    *("by_working_days_count", "by_volume_count", "by_mix_count", "by_rate_count", "by_rule_count"),
    *("by_record_count", "by_entry_count", "by_exit_count"),
)


def needing(month: str, limit_days: int, needs: list[int], **columns: object) -> list[Row]:
    """Cases of one item that came due in a month of 2026, each with the shortest limit that it would have kept."""
    return [
        case("A", "deed", f"2026-{month}-15", needed > limit_days, limit_days=limit_days, needed_days=needed, **columns)
        for needed in needs
    ]


def whole(table: pl.DataFrame) -> Row:
    return table.filter(pl.col("department").is_null()).row(0, named=True)


def test_twelve_cases_of_a_shorter_limit_split_as_by_hand():
    # Late 1/6 by 10 days (12, 9, 8, 6, 4, 3 needed), 2/6 by 5 days (9, 6, 4, 4, 3, 2), a 4 by a stop without ground.
    # Judged by the other limit: 4/6 and 0/6. Without what records keep: 1/6 and 3/6, by the other limit 4/6 and 1/6.
    # rule = ((4 - 1) + (3 - 1)) / 12 = 5/12, handling = ((1 - 1) + (3 - 4)) / 12 = -1/12, records = -1/6; in all 1/6.
    rows = needing("01", 10, [12, 9, 8, 6, 4, 3]) + needing("04", 5, [9, 6, 4, 3, 2])
    rows += needing("04", 5, [4], is_late_with_ground=True)
    found = whole(late_share_changes(judged(rows)))
    assert (found["late_share_before"], found["late_share"]) == pytest.approx((1 / 6, 2 / 6))
    assert [found[name] for name in SHARE_EFFECTS] == pytest.approx([0, -1 / 12, 5 / 12, -1 / 6, 0, 0])
    assert (found["kept_by_record_count_before"], found["kept_by_record_count"]) == (0, 1)
    counts = whole(late_count_changes(judged(rows)))
    assert sum(counts[name] for name in COUNT_EFFECTS) == pytest.approx(1, abs=1e-9)
    days = [counts["working_days_before"], counts["working_days"]]
    assert days[0] < days[1]  # six cases are a smaller load a day in the second quarter
    assert counts["by_rule_count"] == pytest.approx(6 * 5 / 12, abs=0.001)


def test_cases_kept_by_extensions_alone_are_no_better_handling():
    rows = needing("01", 5, [7, 7, 3, 3]) + needing("04", 5, [4, 4, 3, 3])
    for row in rows[4:6]:
        row["is_late_unextended"] = True
    found = whole(late_share_changes(judged(rows)))
    assert [found[name] for name in ("rate_effect", "record_effect")] == pytest.approx([0, -0.5])


def test_a_limit_that_differs_from_case_to_case_is_no_change_of_a_rule():
    rows = needing("01", 10, [12, 9]) + needing("04", 5, [9, 3])
    found = whole(late_share_changes(judged(rows)))
    assert (found["rule_effect"], found["limit_unclear_count"]) == (pytest.approx(0.5), 0)
    found = whole(late_share_changes(judged([*rows, *needing("01", 5, [4])])))
    assert (found["rule_effect"], found["limit_unclear_count"]) == (0, 2)


def test_a_limit_in_another_unit_or_an_open_case_within_the_old_limit_is_not_judged_by_it():
    rows = needing("01", 10, [12, 9, 4]) + needing("04", 5, [9, 6, 4], limit_unit="calendar_days")
    assert whole(late_share_changes(judged(rows)))["rule_effect"] == 0
    rows = needing("01", 10, [12, 4]) + needing("04", 5, [9], is_open=True) + needing("04", 5, [4])
    found = whole(late_share_changes(judged(rows)))
    # The open one has needed 9 so far and may still break 10 days: it stays late; January's 12 and 4 stay too.
    assert found["rule_effect"] == 0


def drawn(draw: random.Random) -> list[Row]:
    """A rule that changes twice, records that come to keep cases, items that come and go, over eight quarters."""
    rows = []
    for department in "AB":
        for item in "wxyz":
            lengths = [draw.choice([4, 6, 9]) for _ in range(3)]
            for _ in range(draw.choice([4, 30])):
                month = draw.randrange(24)
                limit_days, needed = lengths[month // 8], draw.randrange(14)
                day = f"{2024 + month // 12}-{1 + month % 12:02}-{draw.randrange(1, 28):02}"
                is_kept = needed <= limit_days and draw.random() < 0.3
                columns = {"limit_days": limit_days, "needed_days": needed, "is_late_unextended": is_kept or None}
                rows.append(case(department, item, day, needed > limit_days, **columns))
    return rows


@pytest.mark.parametrize("against", ["previous", "year_before", "first", "chained"])
@pytest.mark.parametrize("seed", seeds(1, of=3))
def test_effects_add_up_with_rules_and_records_against_every_base(seed, against):
    log = judged(drawn(random.Random(f"{seed} {against}")))
    shares, counts = (table(log, against=against) for table in (late_share_changes, late_count_changes))
    assert (sum(shares[name] for name in SHARE_EFFECTS) - shares["change"]).abs().max() < 1e-9
    assert (sum(counts[name] for name in COUNT_EFFECTS) - counts["change_count"]).abs().max() < 1e-9
    assert shares["rule_effect"].abs().max() > 0
    assert shares["record_effect"].abs().max() > 0


@pytest.mark.parametrize("against", ["previous", "chained"])
def test_the_effects_of_a_department_do_not_depend_on_the_others(against):
    rows = drawn(random.Random(7))
    together = late_share_changes(judged(rows), against=against)
    for department in "AB":
        alone = judged([row for row in rows if row["department"] == department])
        of_department = late_share_changes(alone, against=against).filter(department=department)
        assert together.filter(department=department).equals(of_department)
        assert of_department["rule_effect"].abs().max() > 0


def plain_rule_effect(rows: list[Row], before: int, after: int) -> float:
    """Of one item with one limit in each year: the same cases by both limits, in each year's weight of one."""
    years = {year: [row for row in rows if row["due_on"].year == year] for year in (before, after)}
    limits = {year: cases[0]["limit_days"] for year, cases in years.items()}

    def late(cases: list[Row], limit_days: int) -> float:
        return sum(row["needed_days"] > limit_days for row in cases) / len(cases)

    return sum(late(cases, limits[after]) - late(cases, limits[before]) for cases in years.values()) / 2


@pytest.mark.parametrize("seed", range(5))
def test_the_effect_of_a_rule_is_what_a_reader_would_count(seed):
    draw = random.Random(seed)
    rows = [
        case("A", "deed", f"{year}-05-15", needed > limit_days, limit_days=limit_days, needed_days=needed)
        for year, limit_days in ((2024, draw.randrange(2, 12)), (2025, draw.randrange(2, 12)))
        for needed in [draw.randrange(14) for _ in range(draw.randrange(5, 40))]
    ]
    found = whole(late_share_changes(judged(rows), period="year"))
    assert found["rule_effect"] == pytest.approx(plain_rule_effect(rows, 2024, 2025), abs=1e-9)


def test_effects_of_a_series_chain_over_its_periods():
    log = judged(drawn(random.Random(8)))
    chained = late_share_changes(log, against="chained").filter(pl.col("department").is_null())
    first, last = chained.row(0, named=True), chained.row(-1, named=True)
    # From the first period to the last each factor has moved the share by the sum of its steps, whatever way is taken.
    based = late_share_changes(log, against="first").filter(pl.col("department").is_null()).row(-1, named=True)
    assert (first["period_before"], last["period"]) == (based["period_before"], based["period"])
    assert sum(chained[name].sum() for name in SHARE_EFFECTS) == pytest.approx(based["change"], abs=1e-9)
    previous = late_share_changes(log).filter(pl.col("department").is_null())
    assert (previous["mix_effect"] - chained["mix_effect"]).abs().max() > 1e-6


def test_a_series_of_two_periods_is_their_pair():
    rows = needing("01", 10, [12, 9, 8, 6, 4, 3]) + needing("04", 5, [9, 6, 4, 4, 3, 2])
    tables = [late_count_changes(judged(rows), against=against) for against in ("previous", "chained")]
    assert tables[0].equals(tables[1])


def test_an_unknown_base_is_refused_with_those_there_are():
    with pytest.raises(CallError, match="against 'best'") as refused:
        late_share_changes(judged(needing("01", 5, [3])), against="best")
    assert "chained" in str(refused.value.hint)
