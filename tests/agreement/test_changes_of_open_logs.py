"""Why late shares of real logs changed: effects add up on every pair of periods, as a plain reading has them."""

from collections import defaultdict
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
EFFECTS = ("mix_effect", "rate_effect", "entry_effect", "exit_effect")


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


def check_changes(log: Session) -> None:
    found = late_share_changes(log, period="year")
    counts: dict[Any, dict[Any, tuple[int, int]]] = defaultdict(dict)
    for row in groups_due(log).iter_rows(named=True):
        if row["due_count"]:
            due, late = counts[row["month"][:4]].get(row["item"], (0, 0))
            counts[row["month"][:4]][row["item"]] = (due + row["due_count"], late + row["late_count"])
    whole = {row["period"]: row for row in found.iter_rows(named=True) if row["department"] is None}
    assert len(whole) == len(counts) - 1
    for before, after in pairwise(sorted(counts)):
        row = whole[after]
        assert [row[name] for name in EFFECTS] == pytest.approx(plain_effects(counts[before], counts[after]), abs=1e-9)
    for period in ("month", "quarter", "year"):
        table = late_share_changes(log, period=period)
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
