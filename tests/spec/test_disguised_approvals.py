"""Filings that are examined like approvals, decisions taken elsewhere, inspections without a filed form: found, and
nobody else named.
"""

import json
import math
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy.stats import binom
from support.drawn_cases import drawn_log
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.records.irregular_shapes import IRREGULARITIES, with_irregularities
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.disguise import TELLING_MORE, disguised_approvals
from efficacy_analytics.mining.conformance.rules import rule_violations

Truth = dict[str, dict[str, Any]]
RULES = {"outside_decisions": "decided_where_it_was_received", "missing_slips": "inspection_needs_filed_form"}


def irregular_city(folder: Path, *, cases: int, seed: int) -> tuple[Path, Truth]:
    make_city(folder / "city", cases=cases, seed=seed, irregularities=IRREGULARITIES)
    ingest(folder / "lake", [folder / "city"], "city")
    publish(folder / "lake")
    truth = json.loads((folder / "city" / "planted_truth.json").read_text(encoding="utf-8"))
    return folder / "lake", {row["what"]: row for row in truth["irregularities"]}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Truth]]:
    lake, truth = irregular_city(tmp_path_factory.mktemp("irregular"), cases=2_500, seed=3)
    with open_log(lake, Cohort()) as log:
        yield log, truth


def test_the_items_in_disguise_stand_out_and_no_honest_filing_does(city: tuple[Session, Truth]) -> None:
    log, truth = city
    found = disguised_approvals(log)
    assert set(found.filter(verdict="stands_out")["item"]) == set(truth["disguised_approvals"]["items"])
    assert set(truth["checked_filings"]["items"]) <= set(found.filter(verdict="not_unusual")["item"])
    named = found.filter(verdict="stands_out")
    assert all("preliminary_review" in steps.split("|") for steps in named["telling_steps"])
    assert found["telling_steps"].to_list()[-1] == ""


def test_each_case_is_counted_as_a_plain_reading_of_its_steps_would_have_it(city: tuple[Session, Truth]) -> None:
    log, _ = city
    steps: dict[int, set[str]] = defaultdict(set)
    for key, activity in log.sql("select case_key, cast(activity as varchar) from event_log").iter_rows():
        steps[key] |= {activity} - {"application", "resubmission"}
    names = dict(log.sql("select item, name_zh from items").rows())
    items: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    rows = log.sql(
        "select case_key, cast(department as varchar), cast(item as varchar), cast(kind as varchar) from cases "
        "where completed_on is not null and not is_withdrawn"
    )
    for key, *item in rows.iter_rows():
        items[tuple(item)].append(key)
    filings = [item for item in items if "备案" in names[item[1]]]
    light = {item: keys for item, keys in items.items() if item in filings or item[2] == "on_the_spot"}
    activities = set().union(*steps.values())

    def share(keys: list[int], step: str) -> float:
        return sum(step in steps[key] for key in keys) / len(keys)

    def clipped(value: float) -> float:
        return min(0.98, max(0.02, value))

    usual = {
        step: clipped(statistics.median(share(keys, step) for keys in light.values() if len(keys) >= 5))
        for step in activities
    }
    heavy = {item: keys for item, keys in items.items() if item not in light}
    counts, telling = {}, {}
    for item, keys in light.items():
        own = [key for other, those in heavy.items() for key in those if other[0] == item[0]]
        approvals = own if len(own) >= 30 else [key for those in heavy.values() for key in those]
        odds = {step: (clipped(share(approvals, step)), usual[step]) for step in activities}
        scores = [
            sum(math.log(a / b if step in steps[key] else (1 - a) / (1 - b)) for step, (a, b) in odds.items())
            for key in keys
        ]
        counts[item] = sum(score > 0 for score in scores)
        more = {step: share(keys, step) - usual[step] for step in activities}
        says = {step: more[step] * math.log(a * (1 - b) / (b * (1 - a))) for step, (a, b) in odds.items()}
        told = [step for step in activities if more[step] > TELLING_MORE and says[step] > 0]
        telling[item] = "|".join(sorted(told, key=lambda step, says=says: (-says[step], step))[:3])
    found = disguised_approvals(log)
    ours = dict(found.select("item", "approval_like_count").rows())
    assert ours == {item[1]: counts[item] for item in filings}
    assert dict(found.select("item", "telling_steps").rows()) == {item[1]: telling[item] for item in filings}
    assert {text.count("|") for text in telling.values()} >= {0, 2}
    enough = [item for item in light if len(light[item]) >= 5]
    for item in filings:
        row = found.filter(item=item[1]).row(0, named=True)
        if item not in enough:
            assert row["verdict"] == "not_compared"
            continue
        others = statistics.median(counts[one] / len(light[one]) for one in enough if one != item)
        assert row["usual_share"] == pytest.approx(max(0.2, others))
        tail = binom.sf(counts[item] - 1, len(light[item]), row["usual_share"])
        assert row["chance_if_honest"] == pytest.approx(tail)


def test_what_counts_as_filed_is_said_by_words(city: tuple[Session, Truth]) -> None:
    log, _ = city
    assert disguised_approvals(log, filing_words="从未有过").is_empty()
    verified = disguised_approvals(log, filing_words="核准")
    names = dict(log.sql("select item, name_zh from items").rows())
    assert all("核准" in names[item] for item in verified["item"])
    assert verified.height > 1
    assert disguised_approvals(log, filing_words="FILING")["item"].sort().equals(
        disguised_approvals(log)["item"].sort()
    )  # fmt: skip


@pytest.mark.parametrize("what", RULES)
def test_rules_find_each_planted_case_with_its_evidence_and_no_other(city: tuple[Session, Truth], what: str) -> None:
    log, truth = city
    found = rule_violations(log).filter(rule=RULES[what])
    known = set(log.sql("select case_id from cases")["case_id"])
    assert set(found["case_id"]) == set(truth[what]["cases"]) & known
    assert found.height > 10
    assert found["event_number"].null_count() == 0


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 21))
def test_irregularities_of_any_city_are_found_and_hardly_anybody_else_is_named(tmp_path: Path, seed: int) -> None:
    lake, truth = irregular_city(tmp_path, cases=6_000, seed=seed)
    with open_log(lake, Cohort()) as log:
        found, violations = disguised_approvals(log), rule_violations(log)
    pairs = [(set(found.filter(verdict="stands_out")["item"]), set(truth["disguised_approvals"]["items"]))]
    pairs += [(set(violations.filter(rule=rule)["case_id"]), set(truth[what]["cases"])) for what, rule in RULES.items()]
    for named, planted in pairs:
        assert len(named & planted) >= 0.95 * len(named)
        assert len(named & planted) >= 0.9 * len(planted)


def test_a_city_without_irregularities_is_left_as_it_is() -> None:
    tables = {"steps": pl.DataFrame({"case_id": ["A"]})}
    assert with_irregularities(tables, 1, ()) == (tables, [])
    with pytest.raises(CallError, match="no irregularity 'bribes'"):
        with_irregularities(tables, 1, ("bribes",))


def test_two_items_in_disguise_among_five_do_not_make_examining_usual_for_filings() -> None:
    # A step in 18 of 60 approvals, in every case of two filings and in none of three: usual for filings is none.
    items = {"A0": 60, **{f"F{number}": 12 for number in range(5)}}
    examined = {"A0": 18, "F0": 12, "F1": 12}
    cases, events = ["case | item | department | completed_on"], ["case | activity | completed"]
    for item, count in items.items():
        for number in range(count):
            cases.append(f"{item}-{number} | {item} | D | 2024-03-04")
            for activity in ("review", "decision") if number < examined.get(item, 0) else ("decision",):
                events.append(f"{item}-{number} | {activity} | 2024-03-04T10:00")
    log = drawn_log(cases="\n".join(cases), events="\n".join(events))
    names = [f"第{item}类备案" if item.startswith("F") else "许可" for item in items]
    log.put("items", pl.DataFrame({"item": list(items), "name_zh": names, "name_en": names}))
    verdicts = dict(disguised_approvals(log).select("item", "verdict").rows())
    assert verdicts == {item: "stands_out" if item in examined else "not_unusual" for item in items if item != "A0"}
