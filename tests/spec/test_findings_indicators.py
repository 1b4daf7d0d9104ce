"""Every indicator on one small table, and how each kind of case counts."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from scipy.stats import binomtest
from support.drawn_cases import drawn, logged
from support.small_city import small_city

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.performance.indicator_positions import indicator_positions
from efficacy_analytics.findings.performance.indicators import (
    INDICATORS,
    LEVELS,
    Indicator,
    indicator_catalogue,
    indicator_figures,
    indicators,
)

CASES = """
    case | status    | is_green_lane | accepted_on | completed_on | due_on     | counted | is_open | is_late | promised
    A    |           |               | 2024-03-04  | 2024-03-04   | 2024-03-11 | 0       | no      | no      | 5
    B    |           |               | 2024-03-04  | 2024-03-08   | 2024-03-11 | 4       | no      | no      | 5
    C    |           |               | 2024-03-04  | 2024-03-11   | 2024-03-11 | 5       | no      | no      | 5
    D    | refused   |               | 2024-03-04  | 2024-03-13   | 2024-03-11 | 7       | no      | yes     | 5
    E    |           |               | 2024-03-04  |              | 2024-03-11 | 9       | yes     | yes     | 5
    F    |           |               | 2024-03-28  |              | 2024-04-11 | 1       | yes     | no      | 10
    G    | withdrawn |               | 2024-03-04  | 2024-03-04   | 2024-03-05 | 0       | no      | no      | 1
    H    |           | yes           | 2024-03-04  | 2024-03-04   | 2024-03-05 | 0       | no      | no      | 1
    I    | withdrawn |               | 2024-03-04  |              | 2024-03-05 | 40      | yes     |         | 1
    J    | withdrawn |               | 2024-03-04  | 2024-03-13   | 2024-03-11 | 7       | no      | yes     | 5
    K    |           |               | 2024-03-28  | 2024-03-28   | 2024-04-11 | 0       | no      | no      | 10
    L    |           |               | 2024-03-04  | 2024-03-13   | 2024-03-14 | 7       | no      | no      | 5
    M    | not_accepted |            | 2024-03-04  | 2024-03-04   |            | 0       | no      |         |
"""
# Judged on 1 April. L was extended until 14 March, J was withdrawn when it was late; K is done and not due yet.
KEYS = {case: key for key, case in enumerate("ABCDEFGHIJKLM")}
ADDED = len(KEYS)
"""The key of a case that a test adds."""
SERVICE = {
    "clock_stops": [
        {"case_key": KEYS["A"], "kind": "supplement"},
        *[{"case_key": KEYS["B"], "kind": "supplement"}] * 2,
        {"case_key": KEYS["C"], "kind": "hearing"},
        *[{"case_key": ADDED, "kind": "supplement"}] * 2,
    ],
    "surveys": [{"case_key": key, "satisfaction": level} for key, level in ((0, 5), (1, 3), (3, 1), (ADDED, 2))],
    "complaints": [
        {"case_key": KEYS["D"], "received_on": "2024-03-14", "answered_on": "2024-03-21"},  # five working days
        {"case_key": KEYS["B"], "received_on": "2024-03-14", "answered_on": "2024-03-22"},  # six
        {"case_key": KEYS["E"], "received_on": "2024-03-04"},  # never, by the day of judgement
        {"case_key": ADDED, "received_on": "2024-03-04"},
    ],
    "fees": [{"case_key": KEYS["A"], "amount": 100.5}, {"case_key": ADDED, "amount": 5.0}],
}  # fmt: skip

EXPECTED = {
    "completed_count": 7,  # A B C D H K L; of M acceptance was refused
    "open_count": 2,  # E F
    "overdue_open_count": 1,  # E
    "on_time_share": 4 / 7,  # A B C L of A B C D E J L
    "on_time_without_extensions_share": 3 / 7,  # A B C
    "on_time_with_grounded_stops_share": 3 / 7,  # A B L: two days of C's were stopped without a ground
    "statutory_on_time_share": 5 / 6,  # A B C D L of A B C D E L; J was withdrawn within the twenty days of the law
    "not_yet_due_count": 2,  # F K
    "withdrawn_late_count": 1,  # J
    "early_completion_share": 3 / 7,  # A B L of A B C D E J L
    "on_the_spot_share": 3 / 7,  # A H K of A B C D H K L
    "counted_days_mean": 23 / 6,  # A B C D K L
    "promise_speed_up_share": 1 - 50 / 160,  # promised 6 * 5 + 2 * 10 of statutory 8 * 20: A B C D E F K L
    "actual_speed_up_share": 1 - 23 / 120,  # counted 23 of statutory 6 * 20: A B C D K L
    "actual_speed_up_on_promise_share": 1 - 23 / 35,  # of promised 5 * 5 + 10: A B C D K L
    "counted_days_median": 4.5,  # 0 0 4 5 7 7
    "late_completion_share": 1 / 5,  # D of A B C D L
    "by_extension_share": 1 / 7,  # L of A B C D E J L
    "accepted_within_five_days_share": 12 / 13,  # not C: six working days
    "online_share": 2 / 3,  # B C of A B C; nothing is known of the others
    "refused_share": 1 / 7,  # D of A B C D H K L
    "not_accepted_share": 1 / 13,  # M
    "withdrawn_share": 3 / 13,  # G I J
    "supplemented_share": 2 / 13,  # A B
    "supplements_mean": 3 / 13,
    "told_once_share": 1 / 2,  # A of A B
    "rated_share": 3 / 7,  # A B D of A B C D H K L
    "satisfied_share": 2 / 3,  # 5 and 3 of 5, 3, 1
    "bad_rating_count": 1,
    "complaint_count": 3,  # B D E
    "complaints_answered_in_time_share": 1 / 3,  # D
    "complaint_yellow_card_count": 2,  # B E
    "fee_total_amount": 100.5,
}


def rows(text: str = CASES) -> list[dict[str, object]]:
    shared = {"department": "housing", "statutory_length": 20, "statutory_unit": "working_days"}
    units = {"promised_unit": "working_days", "limit_unit": "working_days"}
    return [
        {**shared, **units, **row, **judged(row), **lengths(row), **applied(row)} | {"case_key": n}
        for n, row in enumerate(drawn(text))
    ]


def judged(row: dict[str, object]) -> dict[str, object]:
    case = row["case"]
    return {
        "is_due": str(row["due_on"]) < "2024-04-01" if row["due_on"] else None,
        "is_late_unextended": True if case in "LX" else None,
        "is_late_with_ground": True if case == "C" else None,
        "is_late_by_statute": case == "E" if case in "ABCDEJKL" else None if case in "GIM" else row["is_late"] == "yes",
    }


def lengths(row: dict[str, object]) -> dict[str, object]:
    promised = row["promised"]
    return {"promised_length": promised, "limit_days": promised, "counted_days": row["counted"]}


def applied(row: dict[str, object]) -> dict[str, object]:
    case = row["case"]
    channels = {"A": "window", "B": "pc", "C": "mobile", "Z": "pc", "X": "pc"}
    early = "2024-02-23" if case in "CZX" else "2024-02-26"  # six and five working days before 4 March
    return {
        "channel": channels.get(str(case)),
        "applied_on": early if row["accepted_on"] == "2024-03-04" else "2024-03-25",
    }


def figures(cases: list[dict[str, object]]) -> dict[str, object]:
    return indicators(logged(cases, [], service=SERVICE), by="all").row(0, named=True)


@cache
def plain_figures() -> dict[str, object]:
    """The figures of the cases as they stand."""
    return figures(rows())


def test_every_indicator_has_an_expected_value():
    found = plain_figures()
    assert {indicator.name: found[indicator.name] for indicator in INDICATORS} == pytest.approx(EXPECTED)


def test_no_expected_value_is_left_over():
    assert list(EXPECTED) == [indicator.name for indicator in INDICATORS]


KINDS = {
    "open": ["Z | | | 2024-03-28 | | 2024-04-11 | 1 | yes | no | 10"],
    "overdue_open": ["Z | | | 2024-03-04 | | 2024-03-18 | 30 | yes | yes | 10"],
    "withdrawn": [
        "Z | withdrawn | | 2024-03-04 | 2024-03-04 | 2024-03-18 | 0 | no | no | 10",
        "Z | withdrawn | | 2024-03-04 | | 2024-03-18 | 30 | yes | | 10",
    ],
    "withdrawn_late": ["Z | withdrawn | | 2024-03-04 | 2024-03-25 | 2024-03-18 | 15 | no | yes | 10"],
    "green_lane": [
        "Z | | yes | 2024-03-04 | 2024-03-04 | 2024-03-18 | 0 | no | no | 10",
        "Z | | yes | 2024-03-04 | | 2024-03-18 | 30 | yes | yes | 10",
    ],
    "extended": ["X | | | 2024-03-04 | 2024-03-13 | 2024-03-14 | 7 | no | no | 10"],
    "refused": ["Z | refused | | 2024-03-04 | 2024-03-08 | 2024-03-18 | 4 | no | no | 10"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_case_counts_as_the_indicators_say(kind):
    before = plain_figures()
    after = [figures(rows(f"{CASES.rstrip()}\n    {line}\n")) for line in KINDS[kind]]
    for indicator in INDICATORS:
        moves = [found[indicator.name] - before[indicator.name] for found in after]
        counts = getattr(indicator, kind)
        assert any(moves) == (counts != "left_out"), indicator.name
        if counts == "against":
            assert all((move > 0) == (indicator.better == "lower") for move in moves), indicator.name


def test_every_indicator_has_both_names_and_a_direction():
    for indicator in INDICATORS:
        assert indicator.zh
        assert indicator.en
        assert indicator.better in ("higher", "lower", "neither")
        endings = {
            "cases": ("_count", "_mean"),
            "share": ("_share",),
            "days": ("_mean", "_median"),
            "amount": ("_amount",),
        }
        assert indicator.name.endswith(endings[indicator.unit])
        assert (
            bool(indicator.of) == bool(indicator.hit) == (not indicator.without_interval) == (not indicator.aggregate)
        )


RECORDED = {
    "completion": ("is_open", "completed_on"),
    "limit": ("limit_days", "due_on", "promised_length", "is_late", "is_late_by_statute", "is_due"),
    "status": ("status",),
    "channel": ("channel",),
    "application": ("applied_on",),
    "clock_stops": (),
    "ratings": (),
    "complaints": (),
    "fees": (),
}
TABLE_OF = {"clock_stops": "clock_stops", "ratings": "surveys", "complaints": "complaints", "fees": "fees"}


def without(record: str, source: str = "") -> tuple[list[dict[str, object]], dict[str, list[dict[str, object]]]]:
    """The drawn cases and tables as an export has them that says nothing of one thing."""
    cases = [{**row, **dict.fromkeys(RECORDED[record]), "is_open": row["is_open"]} for row in rows()]
    if record == "completion":
        cases = [{**row, "is_open": False} for row in cases]
    tables = {name: [] if name == TABLE_OF.get(record) else given for name, given in SERVICE.items()}
    return [{**row, "source": source} for row in cases], tables


@pytest.mark.parametrize("record", RECORDED)
def test_what_no_export_records_is_told_as_not_recorded_and_never_as_none(record):
    cases, tables = without(record)
    found = indicator_figures(logged(cases, [], service=tables), by="all")
    told = {row["indicator"]: (row["value"], row["without_value"]) for row in found.iter_rows(named=True)}
    for indicator in INDICATORS:
        value, why = told[indicator.name]
        if record in indicator.needs:
            assert (value, why) == (None, record), indicator.name
        else:
            assert (value is not None, value == 0) == (True, False), indicator.name  # a zero would be an invented one


@pytest.mark.parametrize("record", RECORDED)
def test_a_source_that_records_nothing_of_it_moves_no_indicator_that_needs_it(record):
    cases, _ = without(record, "other")
    more = [{**row, "case_key": row["case_key"] + 100} for row in cases]
    both = figures([*rows(), *more])
    alone = plain_figures()
    for indicator in INDICATORS:
        if record in indicator.needs:
            needs_more = len(indicator.needs) > 1  # what the other source does record may count
            assert needs_more or both[indicator.name] == pytest.approx(alone[indicator.name]), indicator.name


def test_an_acceptance_that_is_assumed_of_the_application_is_in_time_of_nobody():
    assumed = [{**row, "accepted_on": row["applied_on"], "clock_flags": ["accepted_by_application"]} for row in rows()]
    assert figures(assumed)["accepted_within_five_days_share"] is None


def test_shares_of_nothing_are_null():
    found = figures([row for row in rows() if row["case"] == "F"])
    shares = ("on_time_share", "early_completion_share", "statutory_on_time_share", "actual_speed_up_share")
    assert [found[name] for name in shares] == [None] * 4


def test_a_mean_over_days_of_two_units_is_not_taken():
    mixed = rows()
    mixed[1]["limit_unit"] = "calendar_days"
    assert figures(mixed)["counted_days_mean"] is None


def test_one_unit_of_time_is_never_divided_by_another():
    found = figures([{**row, "statutory_unit": "months", "statutory_length": 1} for row in rows()])
    assert (found["promise_speed_up_share"], found["actual_speed_up_share"]) == (None, None)


def test_a_promise_on_the_spot_speeds_up_by_the_whole_limit():
    on_the_spot = {"promised_unit": "on_the_spot", "limit_unit": "on_the_spot", "promised_length": 0, "limit_days": 0}
    found = figures([{**row, **on_the_spot} for row in rows()])
    assert found["promise_speed_up_share"] == 1.0


def test_levels_are_only_another_group():
    cases = [*rows(), {**rows()[0], "case_key": 99, "department": None}]
    found = indicators(logged(cases, []))
    assert found["department"].to_list() == ["housing", None]
    assert found["completed_count"].to_list() == [7, 1]
    assert indicators(logged(cases, []), by="month")["month"].to_list() == ["2024-03"]


@pytest.mark.parametrize("level", ["channel", "kind", "status"])
def test_any_column_of_cases_is_a_level(level):
    found = indicators(logged(rows(), []), by=level)
    counts = Counter(row.get(level) for row in rows())
    assert dict(found.select(level, "case_count").rows()) == counts


def test_an_officer_is_who_did_the_last_step():
    steps = [("A", 1, "ann"), ("A", 2, "bob"), ("B", 1, "ann"), ("C", 1, None)]
    events = [
        {"case_key": KEYS[case], "event_number": number, "activity": "step", "resource": officer}
        for case, number, officer in steps
    ]
    found = indicators(logged(rows()[:4], events), by="officer")
    assert dict(found.select("officer", "case_count").rows()) == {"ann": 1, "bob": 1, None: 2}


@pytest.mark.parametrize("level", ["department", "month"])
def test_counts_of_like_cases_say_what_the_formulas_say_of_the_cases_one_by_one(level: str) -> None:
    columns = [
        f"avg(cast({one.hit} as integer)) filter (where {one.of}) as {one.name}"
        if one.of
        else f"{one.formula} as {one.name}"
        for one in INDICATORS
    ]
    with open_log(small_city()[0]) as log:
        found = indicators(log, by=level)
        log.put_temporary("indicator_day", log.run("snapshot_facts").select(judged_on="as_on"))
        for query in ("indicator_calendars", "indicator_records", "indicator_cases"):
            log.build(query)
        asked = f"select {LEVELS[level]}, count(*), {', '.join(columns)}"
        plain = log.sql(f"{asked} from indicator_cases group by 1 order by 1 nulls last")
    assert found.rows() == plain.rows()


def test_an_unknown_level_is_a_wrong_call():
    with pytest.raises(CallError, match="no level 'planet'"):
        indicators(logged([], []), by="planet")


def test_shares_of_cases_have_the_interval_that_scipy_gives_and_others_say_why_not():
    found = indicator_figures(logged(rows(), [], service=SERVICE), by="all")
    for row in found.iter_rows(named=True):
        if row["without_interval"]:
            assert row["value_low"] is row["value_high"] is None
        elif row["value"] is not None:
            hits = round(row["value"] * row["of_case_count"])
            exact = binomtest(hits, row["of_case_count"]).proportion_ci(0.95, method="exact")
            assert (row["value_low"], row["value_high"]) == pytest.approx((exact.low, exact.high))
    on_time = found.filter(pl.col("indicator") == "on_time_share").row(0, named=True)
    assert (on_time["of_case_count"], on_time["target"], on_time["target_verdict"]) == (7, 0.99, "missed")
    online = found.filter(pl.col("indicator") == "online_share").row(0, named=True)
    assert (online["of_case_count"], online["target_verdict"]) == (3, "open")  # 2 of 3 against 45 %: too few


def test_figures_below_each_other_are_those_side_by_side():
    log = logged(rows(), [], service=SERVICE)
    wide, long = indicators(log, by="channel"), indicator_figures(log, by="channel")
    for indicator in INDICATORS:
        own = long.filter(pl.col("indicator") == indicator.name)
        assert own["level"].to_list() == wide["channel"].to_list()
        assert own["value"].to_list() == pytest.approx(wide[indicator.name].cast(pl.Float64).to_list())


def test_the_catalogue_says_of_every_indicator_what_it_is():
    catalogue = indicator_catalogue(logged([], []))
    assert catalogue["indicator"].to_list() == [indicator.name for indicator in INDICATORS]
    assert catalogue.select("zh", "en", "unit", "better", "formula").null_count().sum_horizontal().item() == 0
    with_target = catalogue.filter(pl.col("target").is_not_null())
    assert with_target.select("target_source_zh", "target_source_en").null_count().sum_horizontal().item() == 0
    assert with_target.height == 6


def test_an_indicator_is_a_value():
    first = INDICATORS[0]
    assert replace(first) == first
    assert isinstance(first, Indicator)


def test_a_share_stands_out_only_where_its_interval_at_the_shared_level_leaves_that_of_all_together() -> None:
    with open_log(small_city()[0]) as log:
        found = indicator_positions(log)
        plain = indicator_figures(log, by="department").filter(pl.col("value").is_not_null())
    shares = plain.filter(pl.col("indicator").is_in([one.name for one in INDICATORS if one.of]))
    better = {one.name: one.better for one in INDICATORS}
    assert found.height == shares.height
    hits, of = dict.fromkeys(better, 0), dict.fromkeys(better, 0)
    for row in shares.iter_rows(named=True):
        hits[row["indicator"]] += round(row["value"] * row["of_case_count"])
        of[row["indicator"]] += row["of_case_count"]
    for row in found.iter_rows(named=True):
        count, name = round(row["value"] * row["of_case_count"]), row["indicator"]
        exact = binomtest(count, row["of_case_count"]).proportion_ci(1 - 0.05 / shares.height, method="exact")
        overall = hits[name] / of[name]
        side = "above" if exact.low > overall else "below" if exact.high < overall else "within"
        is_good = {"higher": side == "above", "lower": side == "below"}.get(better[name])
        said = side if side == "within" or is_good is None else "better" if is_good else "worse"
        assert (row["position"], row["overall_value"]) == (said, pytest.approx(overall)), (name, row["department"])
    assert {"better", "worse", "within"} <= set(found["position"])


def test_a_share_that_is_better_neither_way_is_above_or_below() -> None:
    """Of a hundred decisions A refuses ninety, B half, C ten: no more is said than on which side they lie."""
    refused = {"A": 90, "B": 50, "C": 10}
    rows = [
        {
            "case_key": 100 * place + number, "department": name, "status": "refused" if number < count else None,
            "completed_on": dt.date(2024, 3, 4), "is_late": False,
        }
        for place, (name, count) in enumerate(refused.items())
        for number in range(100)
    ]  # fmt: skip
    found = indicator_positions(logged(rows, [])).filter(indicator="refused_share")
    assert dict(found.select("department", "position").rows()) == {"A": "above", "B": "within", "C": "below"}
    assert found["overall_value"].to_list() == pytest.approx([0.5] * 3)
