"""What the audit says of records: nothing it cannot know, points by a formula, and a question in both languages."""

import datetime as dt
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.honest_records import published, random_records
from support.samples import sample

from efficacy_analytics.charts.honesty import finding_sentence
from efficacy_analytics.documents.pages.honesty_terminal import honesty_page
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, open_beside
from efficacy_analytics.findings.honesty.audit import (
    honesty,
    honesty_checks,
    honesty_evidence,
    times_without_suspicious_stops,
)
from efficacy_analytics.findings.honesty.catalogue import CHECKS, OBSTACLES, VERDICTS
from efficacy_analytics.findings.honesty.clusters import design_effects_of
from efficacy_analytics.findings.honesty.counts import prepare
from efficacy_analytics.findings.honesty.limits_without_stops import limits_without_suspicious_stops
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.settings import HonestySettings
from efficacy_analytics.vocabulary import LANGUAGES

ITEM = {
    "item": "i", "department": "d", "promised_length": 5, "promised_unit": "working_days", "statutory_length": 20,
    "statutory_unit": "working_days", "valid_from": "2023-01-01",
}  # fmt: skip


def day(number: int) -> dt.datetime:
    """A moment in the morning of a day of April 2024; the 8th is a Monday."""
    return dt.datetime(2024, 4, number, 10, 7, 31)


def case(name: str, completed: dt.datetime, **more: object) -> dict[str, object]:
    return {"case_id": name, "item": "i", "department": "d", "accepted_at": day(8), "completed_at": completed, **more}


def step(name: str, activity: str, completed: dt.datetime, **more: object) -> dict[str, object]:
    return {"case_id": name, "activity": activity, "completed_at": completed, **more}


def only(table: pl.DataFrame, code: str) -> dict[str, object]:
    return table.filter(pl.col("code") == code).row(0, named=True)


PLAIN = {"items": [ITEM], "cases": [case("a", day(10))]}


def test_what_the_export_does_not_say_cannot_be_checked_and_is_never_passed(tmp_path):
    with published(tmp_path, **PLAIN, steps=[step("a", "review", day(9)), step("a", "decision", day(11))]) as log:
        checks = honesty_checks(log)
        score = honesty(log).row(0, named=True)
    obstacles = dict(checks.filter(pl.col("verdict") == "cannot_be_checked").select("code", "obstacle").rows())
    assert obstacles == {
        **dict.fromkeys(("H01", "H02", "H03"), "no_entry_times"), "H08": "no_starts", "H10": "no_open_cases",
        "H11": "no_application_dates", **dict.fromkeys(("H12", "H13", "H14", "H15", "H16"), "no_stops"),
        "H17": "too_few_cases", "H18": "no_rows", "H19": "days_elsewhere",
        "H20": "no_withdrawals",
    }  # fmt: skip
    assert score["not_made"].split() == list(obstacles)
    assert score["made_count"] == len(CHECKS) - len(obstacles)


STARTS = [(dt.timedelta(0), "starts_filled"), (dt.timedelta(minutes=9), None)]


@pytest.mark.parametrize(("starts", "obstacle"), sample(STARTS, STARTS[:1]))
def test_where_every_step_is_filled_with_its_start_nothing_is_said_of_lengths(tmp_path, starts, obstacle):
    steps = [step("a", "review", day(n), started_at=day(n) - starts) for n in (9, 10)]
    with published(tmp_path, **PLAIN, steps=steps) as log:
        assert only(honesty_checks(log), "H08")["obstacle"] == obstacle


def test_a_log_of_days_is_not_blamed_for_its_midnights(tmp_path):
    steps = [step("a", "review", dt.datetime(2024, 4, n)) for n in (9, 10)]
    with published(tmp_path, **PLAIN, steps=steps) as log:
        checks = honesty_checks(log)
    assert {only(checks, code)["obstacle"] for code in ("H04", "H05", "H06", "H07")} == {"days_only"}


def test_where_every_account_is_a_machine_its_stamps_are_not_said_to_be_days(tmp_path):
    by_night = [dt.datetime(2024, 4, n, 23, 5 * k + 1) for n in (8, 9, 10) for k in range(4)]
    steps = [step("a", "review", at, started_at=at - dt.timedelta(minutes=3), resource="robot") for at in by_night]
    with published(tmp_path, **PLAIN, steps=steps) as log:
        checks = honesty_checks(log)
    assert {only(checks, code)["obstacle"] for code in ("H04", "H05", "H06", "H07", "H08")} == {"no_officers"}


STOPPED = {
    "items": [ITEM],
    "cases": [case("a", day(19)), case("b", day(19)), case("c", day(12))],  # a and b take 9 of 5 working days
    "steps": [step(name, "decision", day(19 if name in "ab" else 12)) for name in "abc"],
    "clock_stops": [
        {
            "case_id": name, "kind": "suspension", "stopped_from_on": "2024-04-08", "stopped_until_on": "2024-04-17",
            "reason": "r", "recorded_at": keyed,
        }
        for name, keyed in (("a", day(19)), ("b", day(8)))
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The log of the stopped cases, published once."""
    with published(tmp_path_factory.mktemp("stopped"), as_on=dt.date(2024, 4, 30), **STOPPED) as log:
        yield log


def test_a_stop_keyed_in_after_the_limit_is_without_suspicious_stops_and_one_keyed_in_at_once_stands(stopped):
    checks = honesty_checks(stopped)
    score = honesty(stopped).row(0, named=True)
    before = dict(limit_times(stopped).select("case_key", "needed_days").rows())
    after = dict(times_without_suspicious_stops(stopped).select("case_key", "needed_days").rows())
    assert (only(checks, "H13")["count"], only(checks, "H13")["of_count"]) == (1, 2)
    assert (only(checks, "H16")["count"], only(checks, "H16")["of_count"]) == (1, 3)
    assert (score["suspicious_count"], score["on_time_share"]) == (1, 1.0)
    assert score["on_time_share_without_suspicious_stops"] == pytest.approx(2 / 3)
    assert sorted(before.values()) == [2, 2, 4]  # 9 working days less the 7 of the stop; 8 to 12 April are 4
    assert sorted(after.values()) == [2, 4, 9]


def test_the_safe_limit_grows_where_a_suspicious_stop_is_without_suspicious_stops(stopped):
    row = limits_without_suspicious_stops(stopped, share=0.5, confidence=0.5).row(0, named=True)
    assert (row["safe_days"], row["safe_days_without_suspicious_stops"]) == (
        2,
        4,
    )  # the second of 2, 2, 4, and of 2, 4, 9


def test_points_follow_their_formula(stopped):
    checks = honesty_checks(stopped)
    score = honesty(stopped).row(0, named=True)
    made = checks.filter(pl.col("points_lost").is_not_null())
    for row in made.iter_rows(named=True):
        check = CHECKS[row["code"]]
        excess = row["share_low"] - (row["expected_share"] or 0) - check.tolerated_share
        lost = min(max(excess / (check.full_share - check.tolerated_share), 0), 1) * check.weight
        assert row["points_lost"] == pytest.approx(lost)
    assert score["points_lost"] == pytest.approx(made["points_lost"].sum())
    possible = made["weight"].sum()
    assert score["score"] == pytest.approx(100 * (1 - score["points_lost"] / possible))


def test_with_too_few_departments_nobody_is_named_but_for_the_impossible(tmp_path):
    early = [step(name, "review", day(9 + place), recorded_at=day(8 + place)) for place, name in enumerate("abcdef")]
    cases = [case(name, day(20)) for name in "abcdef"]
    with published(tmp_path, items=[ITEM], cases=cases, steps=early) as log:
        checks = honesty_checks(log)
    assert only(checks, "H03")["verdict"] == "stands_out"
    assert only(checks, "H05")["verdict"] == "not_compared"


@pytest.mark.parametrize("is_recorded_as_stop", sample([False, True], [True]))
def test_withdrawals_that_pile_up_after_the_due_date_ask_for_an_explanation(tmp_path, is_recorded_as_stop):
    """Eight departments with forty withdrawals each under five working days; one withdraws them after the due date."""
    items = [{**ITEM, "item": f"i{place}", "department": f"d{place}"} for place in range(8)]
    cases = [
        {
            "case_id": f"{place}-{number}", "item": f"i{place}", "department": f"d{place}", "status": "withdrawn",
            "accepted_at": begun, "completed_at": begun + dt.timedelta(days=9 if place == 0 else 2),
        }
        for place in range(8)
        for number in range(40)
        for begun in [dt.datetime(2024, 3, 4, 10, 7) + dt.timedelta(days=number)]
    ]  # fmt: skip
    steps = [step(row["case_id"], "acceptance", row["accepted_at"], department=row["department"]) for row in cases]
    stops = []
    if is_recorded_as_stop:
        stops = [
            {"case_id": row["case_id"], "kind": "withdrawal", "stopped_from_on": row["completed_at"].date()}
            for row in cases
        ]
        granted = cases[-1] | {"case_id": "granted", "status": None}  # with it the column of completions has something
        cases = [*(row | {"status": None, "completed_at": None} for row in cases), granted]
        steps.append(step("granted", "acceptance", granted["accepted_at"]))
    tables = {"items": items, "cases": cases, "steps": steps, "clock_stops": stops}
    with published(tmp_path, as_on=dt.date(2024, 6, 30), **tables) as log:
        rows = honesty_checks(log).filter(pl.col("code") == "H20")
        dated = honesty_evidence(log).filter(pl.col("code") == "H20")
    assert dated["happened_on"].null_count() == 0 < dated.height
    assert rows["of_count"].to_list() == [40.0] * 8
    assert dict(rows.select("department", "verdict").rows()) == {
        "d0": "stands_out", **dict.fromkeys([f"d{place}" for place in range(1, 8)], "not_unusual")
    }  # fmt: skip
    assert rows["count"].to_list()[1:] == [0.0] * 7


def test_withdrawals_of_a_department_that_is_mostly_late_are_held_against_its_lateness(tmp_path):
    """Eighty cases done and forty withdrawn in each of eight departments; one is late with all it does.

    Its applicants withdraw half of theirs after the due date, as is to be expected; a quick one's all.
    """
    places = range(8)
    items = [{**ITEM, "item": f"i{place}", "department": f"d{place}"} for place in places]
    cases = []
    for place in places:
        for number in range(120):
            who = {"item": f"i{place}", "department": f"d{place}"}
            begun, is_withdrawn = dt.datetime(2024, 3, 4, 10, 7) + dt.timedelta(days=number), number % 3 == 0
            lasting = 20 if place == 0 else 2
            if is_withdrawn:
                lasting = 12 if place == 1 or (place == 0 and number % 2 == 0) else 2
            cases.append(
                {
                    "case_id": f"{place}-{number}", **who, "accepted_at": begun,
                    "completed_at": begun + dt.timedelta(days=lasting), "status": "withdrawn" if is_withdrawn else None,
                }
            )  # fmt: skip
    steps = [step(row["case_id"], "acceptance", row["accepted_at"], department=row["department"]) for row in cases]
    with published(tmp_path, as_on=dt.date(2024, 9, 30), items=items, cases=cases, steps=steps) as log:
        found = honesty_checks(log).filter(pl.col("code") == "H20").rows_by_key("department", named=True, unique=True)
        days = log.sql("select department, accepted_on, completed_on, due_on from cases").rows()
    assert (found["d0"]["count"], found["d1"]["count"]) == (20, 40)
    for name, row in found.items():
        own = [tuple(spans) for department, *spans in days if department == name]
        after_due = sum(max(0, (ended - due).days) for _, ended, due in own)
        expected = after_due / sum((ended - begun).days for begun, ended, _ in own)
        assert row["expected_share"] == pytest.approx(expected)
    assert (found["d0"]["verdict"], found["d1"]["verdict"]) == ("not_unusual", "stands_out")


def test_two_departments_that_alone_often_suspend_do_not_hide_each_other(tmp_path):
    """Forty suspensions each on the eighteenth of twenty days; others have three each, early.

    Where few departments suspend often, what is usual is told by all stops of the others, none counting for much.
    """
    late = {"d0", "d1"}
    items = [
        {**ITEM, "item": f"i{place}", "department": f"d{place}", "promised_length": 20, "statutory_length": 40}
        for place in range(9)
    ]
    cases, steps, stops = [], [], []
    for place, number in itertools.product(range(9), range(40)):
        department, begun = f"d{place}", dt.datetime(2024, 3, 4, 10, 7) + dt.timedelta(days=number)
        name = f"{place}-{number}"
        cases.append(
            {
                "case_id": name, "item": f"i{place}", "department": department, "applied_at": begun,
                "accepted_at": begun, "completed_at": begun + dt.timedelta(days=40),
            }
        )  # fmt: skip
        steps.append(step(name, "acceptance", begun, department=department))
        opened = begun + dt.timedelta(days=25 if department in late else 3)
        if department in late or number < 3:
            stops.append(
                {
                    "case_id": name, "kind": "suspension", "stopped_from_on": opened.date(),
                    "stopped_until_on": (opened + dt.timedelta(days=10)).date(),
                }
            )  # fmt: skip
    with published(tmp_path, items=items, cases=cases, steps=steps, clock_stops=stops) as log:
        rows = honesty_checks(log).filter(pl.col("code") == "H12")
        prepare(log)
        spent = log.run("honesty_danger", warning_share=HonestySettings().warning_share)
    found = dict(rows.select("department", "verdict").rows())
    assert {department for department, verdict in found.items() if verdict == "stands_out"} == late
    days = {row["department"]: row["warned_days"] / row["case_days"] for row in spent.iter_rows(named=True)}
    opened = {row["department"]: row["count"] / row["of_count"] for row in rows.iter_rows(named=True)}
    weights = {f"d{place}": 10 if place == 1 else 3 for place in range(1, 9)}  # d1's not forty: twice the fewest told
    beyond = sum(weights[name] * (opened[name] - days[name]) for name in weights) / sum(weights.values())
    expected = rows.filter(department="d0")["expected_share"].item()
    assert expected == pytest.approx(days["d0"] + max(0, beyond))


def test_what_is_keyed_in_on_one_day_is_one_slip(tmp_path):
    early = [step(name, "review", day(9), recorded_at=day(8)) for name in "abcdef"]
    with published(tmp_path, items=[ITEM], cases=[case(name, day(10)) for name in "abcdef"], steps=early) as log:
        checks = honesty_checks(log)
    assert only(checks, "H03")["verdict"] == "not_unusual"
    assert only(checks, "H03")["count"] == 6


def test_a_habit_of_every_day_keeps_its_rows_but_for_what_it_hides_of_the_scatter(tmp_path):
    """On each of ten days ten steps are keyed in, half of them ahead: no day differs from another."""
    keyed = [day(place // 10 + 5) for place in range(100)]
    names = [f"c{place}" for place in range(100)]
    steps = [
        step(name, "review", at + dt.timedelta(hours=2 * (place % 2)), recorded_at=at)
        for place, (name, at) in enumerate(zip(names, keyed, strict=True))
    ]
    with published(tmp_path, items=[ITEM], cases=[case(name, day(20)) for name in names], steps=steps) as log:
        prepare(log)
        effects = dict(design_effects_of(log).select("code", "design_effect").rows())
    assert effects["H03"] == pytest.approx(1 / (1 - 0.5))


@pytest.fixture
def stopped_days(tmp_path):
    """The design effect of H14 of three suspensions that keep their cases in time, so many of them of one day."""

    def effect_of(together: int) -> float:
        keyed = [day(11 if place < together else 11 + place) for place in range(3)]
        stops = [
            {**STOPPED["clock_stops"][0], "case_id": name, "recorded_at": at}
            for name, at in zip("abc", keyed, strict=True)
        ]
        cases = [case(name, day(19)) for name in "abc"]
        steps = [step(name, "decision", day(19)) for name in "abc"]
        with published(tmp_path, items=[ITEM], cases=cases, steps=steps, clock_stops=stops) as log:
            prepare(log)
            return design_effects_of(log).filter(code="H14")["design_effect"].item()

    return effect_of


@pytest.mark.parametrize(("together", "effect"), sample([(1, 1.0), (2, 5 / 3), (3, 3.0)], [(2, 5 / 3)]))
def test_stops_that_keep_cases_in_time_and_come_on_one_day_count_as_one(stopped_days, together, effect):
    assert stopped_days(together) == pytest.approx(effect)


@pytest.mark.parametrize(
    ("stop_count", "late_count", "goes", "is_named"),
    sample(
        [(31, 30, 1, False), (31, 30, 4, False), (31, 30, 5, True), (31, 30, 30, True), (90, 48, 4, False)],
        [(31, 30, 4, False), (31, 30, 5, True)],
    ),
)
def test_stops_registered_late_in_few_goes_name_nobody_also_where_they_are_most(
    tmp_path, stop_count, late_count, goes, is_named
):
    """Of the suspensions of d0 the last are registered late, in so many goes; the others register theirs at once.

    Where most rows are marked, what the days scatter looks like that of independent rows.
    """
    items = [{**ITEM, "item": f"i{place}", "department": f"d{place}", "promised_length": 90} for place in range(9)]
    cases, steps, stops = [], [], []
    for place, number in itertools.product(range(9), range(stop_count)):
        begun, name = dt.datetime(2024, 1, 2, 10, 7) + dt.timedelta(days=number), f"{place}-{number}"
        cases.append(
            {
                "case_id": name, "item": f"i{place}", "department": f"d{place}", "applied_at": begun,
                "accepted_at": begun, "completed_at": begun + dt.timedelta(days=90),
            }
        )  # fmt: skip
        steps.append(step(name, "acceptance", begun, department=f"d{place}"))
        late_number = number - (stop_count - late_count)
        late = dt.datetime(2024, 4, 30, 15) + dt.timedelta(days=late_number * goes // late_count)
        stops.append(
            {
                "case_id": name, "kind": "suspension", "stopped_from_on": begun.date(),
                "stopped_until_on": (begun + dt.timedelta(days=3)).date(),
                "recorded_at": late if not place and late_number >= 0 else begun + dt.timedelta(hours=1),
            }
        )  # fmt: skip
    with published(tmp_path, items=items, cases=cases, steps=steps, clock_stops=stops) as log:
        rows = honesty_checks(log).filter(pl.col("code") == "H13")
    assert rows.filter(department="d0")["count"].item() == late_count
    assert ("d0" in rows.filter(verdict="stands_out")["department"]) == is_named


def test_the_day_of_entry_is_that_of_the_office_also_before_eight_in_the_morning(tmp_path):
    """In China the day of UTC begins at eight; what is keyed in at half past seven and at nine is of one session."""
    keyed = [dt.datetime(2024, 4, 8, 7 + 2 * (place % 2), 30) for place in range(6)]
    done = [day(9 + place) if place < 4 else dt.datetime(2024, 4, 9 + place) for place in range(6)]
    steps = [step(name, "review", at, recorded_at=then) for name, at, then in zip("abcdef", done, keyed, strict=True)]
    with published(tmp_path, items=[ITEM], cases=[case(name, day(20)) for name in "abcdef"], steps=steps) as log:
        prepare(log)
        effects = dict(design_effects_of(log).select("code", "design_effect").rows())
    assert (effects["H03"], effects["H04"]) == (6, 6)  # one day of entry, whose rows are worth one


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_says_the_same_in_both_languages(code):
    check = CHECKS[code]
    for words in (check.title, check.sentence, check.innocent):
        assert set(words) == set(LANGUAGES)
    assert set(re.findall(r"{(\w+)}", check.sentence["zh"])) == set(re.findall(r"{(\w+)}", check.sentence["en"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CHECKS)
def test_every_finding_can_be_put_in_words(code, language):
    row = {
        "code": code, "department": "X", "count": 12.0, "of_count": 60, "share": 0.2, "usual_share": None,
        "expected_share": 0.05, "constant_days": 3,
    }  # fmt: skip
    told = finding_sentence(row, vars(HonestySettings()), language)
    assert "12" in told
    assert "{" not in told


def test_obstacles_and_verdicts_have_words_in_both_languages():
    assert all(set(words) == set(LANGUAGES) for words in (*OBSTACLES.values(), *VERDICTS.values()))


def page_of(log: Session, language: str) -> str:
    return honesty_page(log, honesty_checks(log), honesty(log), honesty_evidence(log), language)


@pytest.fixture(scope="module")
def decided_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The log of forty cases, two of them decided before they were received."""
    early = {number: day(5) for number in (3, 17)}
    cases = [case(f"c{n}", early.get(n, day(10 + n % 5))) for n in range(40)]
    with published(tmp_path_factory.mktemp("before"), items=[ITEM], cases=cases, steps=[]) as log:
        yield log


@pytest.mark.parametrize(
    ("language", "said", "nothing"),
    [
        ("en", "Days out of order, 2 (d 2)", "No department has anything to explain"),
        ("zh", "先后颠倒 2 件（d 2）", "没有部门须就数据作出说明。\n"),
    ],
)
def test_two_cases_decided_before_they_were_received_are_counted_though_nobody_is_named(
    decided_before: Session, language: str, said: str, nothing: str
) -> None:
    assert only(honesty_checks(decided_before), "H09")["verdict"] == "not_unusual"
    page = page_of(decided_before, language)
    assert said in page
    assert nothing not in page


def test_cases_whose_completion_was_refused_are_counted_where_no_check_sees_their_days(tmp_path: Path) -> None:
    steps = [step(f"c{n}", "review", day(12 if n else 5), started_at=day(9)) for n in range(30)]
    cases = [{"case_id": f"c{n}", "item": "i", "department": "d", "accepted_at": day(8)} for n in range(30)]
    with published(tmp_path, items=[ITEM], cases=cases, steps=steps) as log:
        assert honesty(log)["refused_completion_count"].to_list() == [1]
        assert "before the case was received: 1 (d 1). No check sees the days" in page_of(log, "en")


ASKED_ALONE = [(1, ("d0",)), *((seed, ("d0", "d1", "d2")) for seed in (1, 2))]


@pytest.mark.parametrize(("seed", "departments"), sample(ASKED_ALONE, [(1, ("d0",))]))
def test_a_department_asked_alone_has_the_figures_that_it_has_among_all(
    tmp_path: Path, seed: int, departments: tuple[str, ...]
) -> None:
    """What is usual is the others' habit, and whether an export tells a thing is not seen from one of them."""
    draw = random.Random(seed)
    records = random_records(draw)
    elsewhere = [row for row in records["cases"] if row["item"] in ("i0", "i3")]
    for row in elsewhere:  # the days of this department are not of its steps: no fault of the export
        row["completed_at"] = day(29)
    with published(tmp_path, **records) as log:
        for department in departments:
            with open_beside(log, Cohort(department=department)) as alone:
                for table in (honesty, honesty_checks, honesty_evidence):
                    among = table(log).filter(pl.col("department") == department)
                    assert_frame_equal(table(alone), among)
                    assert among.height
                keys = limit_times(alone)["case_key"]
                among = times_without_suspicious_stops(log).filter(pl.col("case_key").is_in(keys.implode()))
                assert_frame_equal(times_without_suspicious_stops(alone).sort("case_key"), among.sort("case_key"))
