"""Rules and the temporal profile: drawn cases, plain readings on random logs, and pm4py on the profile."""

import datetime as dt
import random
import statistics
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from support.drawn import REFERENCE, log_of
from support.drawn_cases import drawn_log

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.declared import RULE
from efficacy_analytics.mining.conformance import temporal_profile as profile_module
from efficacy_analytics.mining.conformance.rules import rule_violations, rules
from efficacy_analytics.mining.conformance.temporal_profile import temporal_profile, unusual_times
from efficacy_analytics.mining.models.petri_nets import quiet_pm4py

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 60))]
DECLARED = [
    ("eyes", "four_eyes", "decide", "review|visit", None, None),
    ("before", "precedence", "decide", "review", None, None),
    ("after", "response", "review", "decide|visit", None, None),
    ("twice", "absence", "visit", None, 1, "sale"),
    ("never", "absence", "visit", None, None, None),
    ("always", "existence", "decide", None, None, None),
    ("own", "own_department", "decide|visit", None, None, None),
]


def random_rows(seed: int) -> list[dict[str, str]]:
    draw = random.Random(seed)
    rows = []
    for case in range(40):
        for place in range(draw.randint(1, 6)):
            hour, minute = divmod(draw.randint(0, 8 * 60), 60)
            row = {"case": f"c{case}", "activity": draw.choice(["apply", "review", "decide", "visit"])}
            row["completed"] = f"2024-04-{place + draw.randint(1, 20):02}T{hour + 8:02}:{minute:02}"
            row |= {"department": draw.choice("XY")} if draw.random() < 0.7 else {}
            rows.append(row | ({"resource": draw.choice("RST")} if draw.random() < 0.8 else {}))
    return rows


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    columns = ("rule", "kind", "activity", "other_activity", "most_count", "item")
    rows = [dict(zip(columns, one, strict=True)) for one in DECLARED]
    pl.DataFrame(rows, schema=RULE).write_csv(tmp_path / "rules.csv")
    return tmp_path


def opened(seed: int, reference: Path = REFERENCE):
    """A log whose cases are open, withdrawn or ended, for a sale or a deed, in turn; and its cases as plain rows."""
    log = log_of(random_rows(seed), reference=reference)
    log.connection.execute(
        "create or replace temp view cohort_cases as"
        " select * replace (if(case_key % 2 = 0, 'sale', 'deed') as item,"
        " case case_key % 3 when 0 then 'X' when 1 then 'Y' end as department),"
        " case_key % 5 = 1 as is_withdrawn, case_key % 5 = 2 as is_open from cases"
    )
    events = log.connection.sql("select * from cohort_events order by case_key, event_number").pl()
    cases: dict[int, list[dict]] = defaultdict(list)
    for row in events.cast({pl.Categorical: pl.String, pl.Enum: pl.String}).iter_rows(named=True):
        cases[row["case_key"]].append(row)
    return log, cases


def violated(rule: tuple, key: int, events: list[dict]) -> tuple[bool, list[int | None]]:
    """Whether a rule judges a case, and the numbers of the events that violate it."""
    _, kind, this, other, most, item = rule
    ended = key % 5 not in (1, 2)
    if item and item != ("sale" if key % 2 == 0 else "deed"):
        return False, []
    own = [event for event in events if event["activity"] in this.split("|")]
    others = [event for event in events if event["activity"] in (other or "").split("|")]
    if kind == "existence":
        return ended, [None] if ended and not own else []
    if kind == "absence":
        return True, [event["event_number"] for event in own[most or 0 :]]
    if kind == "precedence":
        missed = [e for e in own if not any(o["event_number"] < e["event_number"] for o in others)]
        return bool(own), [event["event_number"] for event in missed]
    if kind == "response":
        missed = [e for e in own if not any(o["event_number"] > e["event_number"] for o in others)]
        return bool(own) and ended, [event["event_number"] for event in missed] if ended else []
    if kind == "own_department":
        home = {0: "X", 1: "Y"}.get(key % 3)
        known = [event for event in own if event["department"] and home]
        return bool(known), [event["event_number"] for event in known if event["department"] != home]
    same = [e for e in own if e["resource"] and any(o["resource"] == e["resource"] for o in others)]
    known = any(e["resource"] for e in own) and any(o["resource"] for o in others)
    return known, [event["event_number"] for event in same]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_rule_judges_and_finds_what_a_reader_would(seed: int, declared: Path) -> None:
    log, cases = opened(seed, declared)
    summary = {row["rule"]: row for row in rules(log).iter_rows(named=True)}
    found = rule_violations(log)
    for rule in DECLARED:
        verdicts = {key: violated(rule, key, events) for key, events in cases.items()}
        row = summary[rule[0]]
        assert row["case_count"] == sum(is_judged for is_judged, _ in verdicts.values())
        assert row["violation_count"] == sum(len(numbers) for _, numbers in verdicts.values())
        assert row["violating_case_count"] == sum(bool(numbers) for _, numbers in verdicts.values())
        ours = found.filter(rule=rule[0]).select("case_key", "event_number").rows()
        assert ours == [(key, number) for key in sorted(verdicts) for number in verdicts[key][1]]


def test_the_other_step_of_the_same_officer_is_named(declared: Path) -> None:
    rows = [("review", "R"), ("visit", "S"), ("decide", "S")]
    drawn = (
        {"case": "A", "activity": activity, "resource": officer, "completed": f"2024-04-0{day}T10:00"}
        for day, (activity, officer) in enumerate(rows, start=1)
    )
    log = log_of(drawn, reference=declared)
    log.connection.execute(
        "create or replace temp view cohort_cases as select *, false as is_withdrawn, false as is_open from cases"
    )
    (row,) = rule_violations(log).filter(rule="eyes").to_dicts()
    assert (row["event_number"], row["other_event_number"], row["other_activity"]) == (3, 2, "visit")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a,five_eyes,decide,review", "unknown kind"),
        ("a,four_eyes,decide,", "lacks other_activity"),
        ("a,absence,visit,\na,absence,decide,", "twice"),
        ("a,absence,visit,,many", "cannot be read"),
    ],
)
def test_a_rule_that_cannot_be_read_is_not_published(declared: Path, line: str, problem: str) -> None:
    head = "rule,kind,activity,other_activity" + (",most_count" if "many" in line else "")
    (declared / "rules.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    with pytest.raises(CallError, match=problem):
        opened(0, declared)


def test_the_rules_of_the_project_can_be_read() -> None:
    log, _ = opened(0)
    table = rules(log)
    assert table.height > 0
    assert table.select("name_zh", "name_en", "source_zh", "source_en").null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_profile_is_mean_and_deviation_of_the_time_between(seed: int) -> None:
    log, cases = opened(seed)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for events in cases.values():
        for one, other in combinations(events, 2):
            if other["started_at"] >= one["completed_at"]:
                between = (other["started_at"] - one["completed_at"]).total_seconds()
                times[one["activity"], other["activity"]].append(between)
    profile = temporal_profile(log, most_deviations=1.5)
    unusual = unusual_times(log, most_deviations=1.5)
    assert profile.height == len(times)
    for row in profile.iter_rows(named=True):
        pair = times[row["activity"], row["next_activity"]]
        deviation = statistics.stdev(pair) if len(pair) > 1 else 0.0
        assert row["pair_count"] == len(pair)
        assert row["elapsed_seconds_mean"] == pytest.approx(statistics.mean(pair))
        assert row["elapsed_seconds_deviation"] == pytest.approx(deviation)
        beyond = [one for one in pair if abs(one - statistics.mean(pair)) > 1.5 * deviation + 1e-6]
        assert row["unusual_count"] == len(beyond)
        own = unusual.filter(activity=row["activity"], next_activity=row["next_activity"])["elapsed_seconds"]
        assert sorted(own) == pytest.approx(sorted(beyond))


@pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn
def test_the_profile_agrees_with_pm4py() -> None:
    log, cases = opened(1)
    rows = [
        {"case:concept:name": str(key), "concept:name": event["activity"], "time:timestamp": event["completed_at"]}
        for key, events in cases.items()
        for event in events
    ]
    with quiet_pm4py() as pm4py:
        theirs = pm4py.discover_temporal_profile(pl.DataFrame(rows).to_pandas())
    ours = {row[:2]: (row[4], row[5]) for row in temporal_profile(log).rows()}
    assert ours.keys() == theirs.keys()
    for pair, measures in theirs.items():
        assert ours[pair] == pytest.approx(tuple(measures))


def test_pairs_further_apart_than_asked_are_left_out() -> None:
    log, cases = opened(2)
    near = temporal_profile(log, most_steps=1)["pair_count"].sum()
    assert near == sum(max(0, len(events) - 1) for events in cases.values())


def test_pairs_of_a_long_case_are_counted_in_closed_form_and_refused_where_they_are_too_many(monkeypatch):
    # 600 steps an hour apart, a and b in turn: from a to b 300 pairs (i, j >= i), 45,150 in all; 1 + 2 (j - i) hours
    started = dt.datetime(2024, 1, 1)
    times = [started + dt.timedelta(hours=hour) for hour in range(600)]
    rows = [f"long | {'ab'[place % 2]} | {at.isoformat(' ')}" for place, at in enumerate(times)]
    log = drawn_log(events="\n".join(["case | activity | completed", *rows]))
    log.connection.execute("update cases set case_id = 'long'")
    profile = {row[:2]: row[2:] for row in temporal_profile(log).rows()}
    assert profile["a", "b"][:2] == (45_150, 1)
    hours = sum((300 - apart) * (1 + 2 * apart) for apart in range(300))
    assert profile["a", "b"][2] == pytest.approx(hours * 3600 / 45_150)
    monkeypatch.setattr(profile_module, "MOST_PAIRS", 1000)
    log.forget()
    with pytest.raises(CannotAnswerError, match="the longest, 'long', has 600 events") as fault:
        temporal_profile(log)
    assert "event_count <=" in fault.value.hint
