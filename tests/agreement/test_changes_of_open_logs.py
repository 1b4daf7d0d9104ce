"""Why late shares of real logs changed: effects add up on every pair of periods, as a plain reading has them."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.intake import ingest
from support.small_city import small_city

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.comparison.changes import late_share_changes
from efficacy_analytics.findings.comparison.groups import groups_due
from efficacy_analytics.workflows.steps import publish

EIGHT_WEEKS = {"promised_limit": "56 calendar_days"}
LOGS = [
    *(
        pytest.param(f"bpic15/BPIC15_{number}.xes.gz", "bpic15", {"department": "M", **EIGHT_WEEKS},
                     id=f"BPIC15_{number}", marks=pytest.mark.deep)
        for number in (1, 2, 3)
    ),
    pytest.param("boston311_animal", "boston311", {}, id="Boston"),
    pytest.param("isleofman_planning", "isle_of_man", EIGHT_WEEKS, id="Isle of Man", marks=pytest.mark.deep),
]  # fmt: skip
EFFECTS = ("mix_effect", "rate_effect", "rule_effect", "record_effect", "entry_effect", "exit_effect")
OF_ITEMS = EFFECTS[1:4]


def plain_effects(before: dict[Any, tuple[int, int]], after: dict[Any, tuple[int, int]]) -> list[float]:
    """Of counts due and late per item: the textbook's two-factor formulas, item by item."""
    due, late = [[sum(pair[at] for pair in counts.values()) for counts in (before, after)] for at in (0, 1)]
    mean = (late[0] / due[0] + late[1] / due[1]) / 2
    mix = rate = entry = leaving = 0.0
    for item in sorted({*before, *after}, key=str):
        one, other = (counts.get(item, (0, 0)) for counts in (before, after))
        weights = [one[0] / due[0], other[0] / due[1]]
        rates = [pair[1] / pair[0] - mean if pair[0] else 0.0 for pair in (one, other)]
        if one[0] and other[0]:
            mix += (weights[1] - weights[0]) * sum(rates) / 2
            rate += (rates[1] - rates[0]) * sum(weights) / 2
        else:
            entry, leaving = entry + weights[1] * rates[1], leaving - weights[0] * rates[0]
    return [mix, rate, entry, leaving]


def cases_due(log: Session) -> dict[str, list[dict[str, Any]]]:
    """The cases that had come due and are judged, by the year of their due date."""
    years: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in log.run("cohort_cases").iter_rows(named=True):
        if row["is_judged"]:
            years[str(row["due_on"].year)].append(row)
    return years


def plain_rule_effect(log: Session, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> float:
    """Case by case: how many more would be late by the other year's limits of their department, item and kind."""

    def key(case: dict[str, Any]) -> tuple[Any, ...]:
        return case["department"], case["item"], case["kind"]

    spans: dict[Any, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for case in [case for year in cases_due(log).values() for case in year]:
        if case["limit_days"] is not None:
            spans[key(case)][case["limit_days"], case["limit_unit"]].append(case["accepted_on"])
    clear = {
        of: all(max(one) < min(other) for one, other in pairwise(sorted(days.values()))) for of, days in spans.items()
    }

    def moved(own: list[dict[str, Any]], others: list[dict[str, Any]]) -> Counter[Any]:
        limits: dict[Any, Counter[Any]] = defaultdict(Counter)
        for case in others:
            if case["limit_days"] is not None:
                limits[key(case)][case["limit_days"], case["limit_unit"]] += 1
        by_item: Counter[Any] = Counter()
        for case in own:
            if case["limit_days"] is None or case["needed_days"] is None or not clear[key(case)]:
                continue
            for (length, unit), count in limits[key(case)].items():
                is_late = case["needed_days"] > length
                if unit == case["limit_unit"] and (is_late or not case["is_open"]):
                    by_item[case["item"]] += (is_late - case["is_late"]) * count / limits[key(case)].total()
        return by_item

    effect = 0.0
    sizes = [Counter(case["item"] for case in year) for year in (before, after)]
    by_other = [moved(before, after), moved(after, before)]
    for item in sizes[0].keys() & sizes[1].keys():
        weight = (sizes[0][item] / len(before) + sizes[1][item] / len(after)) / 2
        shares = [by_other[at][item] / sizes[at][item] for at in (0, 1)]
        effect += weight * (shares[0] - shares[1]) / 2
    return effect


def check_changes(log: Session) -> None:
    found = late_share_changes(log, period="year")
    counts: dict[Any, dict[Any, tuple[int, int]]] = defaultdict(dict)
    for row in groups_due(log).iter_rows(named=True):
        if row["due_count"]:
            due, late = counts[row["month"][:4]].get(row["item"], (0, 0))
            counts[row["month"][:4]][row["item"]] = (due + row["due_count"], late + row["late_count"])
    whole = {row["period"]: row for row in found.iter_rows(named=True) if row["department"] is None}
    years = cases_due(log)
    assert len(whole) == len(counts) - 1
    for before, after in pairwise(sorted(counts)):
        row = whole[after]
        told = [row["mix_effect"], sum(row[name] for name in OF_ITEMS), row["entry_effect"], row["exit_effect"]]
        assert told == pytest.approx(plain_effects(counts[before], counts[after]), abs=1e-9)
        assert row["rule_effect"] == pytest.approx(plain_rule_effect(log, years[before], years[after]), abs=1e-9)
        kept = sum(
            not case["is_late"] and (case["is_late_unextended"] or case["is_late_with_ground"]) for case in years[after]
        )
        assert row["kept_by_record_count"] == kept
    for period in ("month", "quarter", "year"):
        for against in ("previous", "chained") if period != "month" else ("previous",):
            table = late_share_changes(log, period=period, against=against)
            assert (sum(table[name] for name in EFFECTS) - table["change"]).abs().max() < 1e-9


@pytest.mark.parametrize(("export", "layout", "constants"), LOGS)
def test_effects_add_up_on_every_pair_of_periods_of_a_real_log(
    open_data: Path, tmp_path: Path, export: str, layout: str, constants: dict[str, str]
) -> None:
    ingest(tmp_path, [open_data / export], layout, constants=constants)
    publish(tmp_path)
    with open_log(tmp_path) as log:
        check_changes(log)


def test_effects_add_up_on_every_pair_of_periods_of_the_city() -> None:
    with open_log(small_city()[0]) as log:
        check_changes(log)
