"""The chain of items of one project: 44 working days, 37 with shorter limits, 30 side by side."""

import datetime as dt
import itertools
import math
import random

import polars as pl
import pytest
from chinese_calendar import is_workday
from support.drawn_cases import drawn, drawn_log
from support.samples import seeds
from support.small_city import small_city

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.event_log.declared import CHAIN
from efficacy_analytics.findings.limits.project_chains import project_chains
from efficacy_analytics.mining.declared import chains

# From the registration of the name to the construction permit: such a chain went from 44 working days to 37 and to 30.
PERMIT_CHAIN = """
    chain  | step_number | item       | department | after_steps | limit_days | proposed_days
    permit | 1           | name       | market     |             | 2          | 1
    permit | 2           | land       | planning   | 1           | 10         | 9
    permit | 3           | impact     | ecology    | 2           | 10         | 7
    permit | 4           | works      | planning   | 2           | 14         | 12
    permit | 5           | permit     | housing    | 3\\4        | 8          | 8
"""
CASES = """
    case | department | item   | limit_days | limit_unit   | counted_days | accepted_on
    n    | market     | name   | 2          | working_days | 1            | 2025-03-03
    l    | planning   | land   | 10         | working_days | 6            | 2025-03-03
    i    | ecology    | impact | 10         | working_days | 7            | 2025-03-03
    w    | planning   | works  | 14         | working_days | 9            | 2025-03-03
    p    | housing    | permit | 8          | working_days | 5            | 2025-03-03
"""


def declared(text: str) -> pl.DataFrame:
    rows = [{**row, "after_steps": (row.get("after_steps") or "").replace("\\", "|")} for row in drawn(text)]
    table = pl.DataFrame(rows)
    missing = [pl.lit(None, dtype=CHAIN[name]).alias(name) for name in CHAIN if name not in table.columns]
    return table.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in CHAIN.items())


def test_the_permit_chain_goes_from_44_to_37_and_to_30():
    with drawn_log(cases=CASES) as log:
        found = project_chains(log, declared=declared(PERMIT_CHAIN))
    assert found.select("stage", "limit_days_total", "saved_days").rows() == [
        ("in_series", 44, 0),
        ("compressed", 37, 7),
        ("side_by_side", 30, 7),
    ]
    assert found["saved_share"].round(3).to_list() == [0.0, 0.159, 0.318]
    assert found["longest_path"][2] == "name → land → works → permit"


def test_observed_times_add_up_in_series_and_follow_the_longest_path_side_by_side():
    """1 + 6 + 7 + 9 + 5 = 28 working days one after the other; side by side 1 + 6 + 9 + 5 = 21."""
    with drawn_log(cases=CASES) as log:
        found = project_chains(log, declared=declared(PERMIT_CHAIN))
    assert found["observed_days_mean"].to_list() == [28, 28, 21]
    assert found["observed_days_high"].to_list() == [28, 28, 21]


def test_limits_that_the_file_leaves_open_are_those_in_force_and_those_guaranteed():
    """Three hundred cases of an item took two or three days: three are safe by 99 % at 95 %; the limit is nine."""
    rows = ["case | department | item | limit_days | limit_unit | counted_days | accepted_on"]
    rows += [f"{n} | market | name | 9 | working_days | {2 + n % 2} | 2025-03-03" for n in range(300)]
    chain = (
        "chain | step_number | item  | department | limit_days | after_steps\n"
        "c     | 1           | name  | market     |            |\n"
        "c     | 2           | other | land       | 4          | 1"
    )
    with drawn_log(cases="\n".join(rows)) as log:
        found = project_chains(log, declared=declared(chain), share=0.99, confidence=0.95)
    assert found["limit_days_total"].to_list() == [13, 7, 7]
    assert found["observed_days_mean"].to_list() == [None] * 3  # nothing is known of the other item


def test_limits_in_calendar_days_count_as_the_working_days_among_them():
    """Of the days of 2023 to 2026, the years of a drawn log, a good two thirds are working days: 30 come to 21."""
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=number) for number in range(4 * 365 + 1)]
    share = sum(map(is_workday, days)) / len(days)
    rows = "case | department | item | limit_days | limit_unit | counted_days | accepted_on\n"
    chain = "chain | step_number | item | department\nc | 1 | name | market"
    with drawn_log(cases=rows + "n | market | name | 30 | calendar_days | 9 | 2025-03-03") as log:
        found = project_chains(log, declared=declared(chain)).row(0, named=True)
    assert (found["limit_days_total"], found["converted_count"]) == (math.ceil(30 * share), 1) == (21, 1)
    assert found["observed_days_mean"] == pytest.approx(9 * share)


@pytest.mark.parametrize("seed", seeds(6, of=20))
def test_side_by_side_is_the_longest_of_all_paths(seed):
    draw = random.Random(seed)
    days = [draw.randint(0, 9) for _ in range(draw.randint(1, 6))]
    after = {step: [one for one in range(step) if draw.random() < 0.4] for step in range(len(days))}
    paths = (
        path
        for length in range(1, len(days) + 1)
        for path in itertools.combinations(range(len(days)), length)
        if all(one in after[other] for one, other in itertools.pairwise(path))
    )
    rows = ["chain | step_number | item | after_steps | limit_days"]
    joined = {step: "\\".join(map(str, before)) for step, before in after.items()}
    rows += [f"c | {step} | I{step} | {joined[step]} | {days[step]}" for step in after]
    shuffled = [rows[0], *draw.sample(rows[1:], len(days))]
    with drawn_log(cases=CASES) as log:
        found = project_chains(log, declared=declared("\n".join(shuffled)))
    assert found["limit_days_total"].to_list() == [
        sum(days),
        sum(days),
        max(sum(days[step] for step in path) for path in paths),
    ]


@pytest.mark.parametrize(
    ("after_first", "fault"), [("2", CallError), ("7", CallError)], ids=["in a circle", "after what is not there"]
)
def test_a_chain_that_cannot_be_walked_is_refused(after_first, fault):
    chain = (
        f"chain | step_number | item | after_steps | limit_days\nc | 1 | name | {after_first} | 3\nc | 2 | land | 1 | 4"
    )
    with drawn_log(cases=CASES) as log, pytest.raises(fault):
        project_chains(log, declared=declared(chain))


def test_an_item_without_a_limit_is_asked_for():
    chain = "chain | step_number | item | department\nc | 1 | unheard | market"
    known = "\nc | 2 | name | market"
    with drawn_log(cases=CASES) as log:
        assert project_chains(log, declared=declared(chain)).is_empty()  # the chain of another lake
        with pytest.raises(CannotAnswerError, match="unheard"):
            project_chains(log, declared=declared(chain + known))


def test_the_chain_shipped_for_the_city_is_one_of_its_own_items():
    lake, _ = small_city()
    with open_log(lake) as log:
        shipped, found = chains(log), project_chains(log, share=0.8, confidence=0.8)
        items = set(log.run("item_names")["item"])
    assert shipped.height == 8
    assert set(shipped["item"]) <= items
    totals = found["limit_days_total"].to_list()
    assert totals == sorted(totals, reverse=True)
