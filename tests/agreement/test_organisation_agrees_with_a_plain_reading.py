"""Handovers, rework, stations, first contacts, single points and flow against plain Python on random logs."""

import datetime as dt
import random
from collections import Counter, defaultdict
from itertools import groupby, pairwise

import polars as pl
import pytest
from support.drawn import drawn_calendar, log_of

from efficacy_analytics.event_log import declared as taken
from efficacy_analytics.mining import declared
from efficacy_analytics.mining.organisation.handovers import handovers, ping_pong, repeats, rework
from efficacy_analytics.mining.organisation.stations import applicant_stations, first_contacts, registration_only
from efficacy_analytics.mining.organisation.workload import (
    bottleneck_days,
    momentary_bottlenecks,
    single_points,
    stage_flow,
)

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 60))]
STAGES = {"apply": "front", "accept": "front", "review": "back", "visit": "back", "decide": "end", "hand over": None}
ROLES = {"apply": ["applicant_facing"], "accept": ["applicant_facing", "registration"], "decide": ["decision"]}


def random_rows(seed: int) -> list[dict[str, str]]:
    """Cases of up to nine steps, with starts or without, over six weeks; some units are not known."""
    draw = random.Random(seed)
    rows = []
    for case in range(25):
        at = dt.datetime(2024, 4, 1, 8) + dt.timedelta(hours=draw.randint(0, 700))
        for _ in range(draw.randint(1, 9)):
            begun = at + dt.timedelta(minutes=draw.choice((-90, 0, 30, 600, 3000, 9000)))
            ended = begun + dt.timedelta(minutes=draw.choice((0, 20, 500)))
            activity = draw.choice(list(STAGES))
            row = {"case": f"c{case}", "activity": activity, "completed": ended.isoformat()}
            known = {"resource": draw.choice("RST"), "department": draw.choice("ABC"), "stage": STAGES[activity]}
            row |= {key: value for key, value in known.items() if (value and draw.random() < 0.9) or key == "stage"}
            if draw.random() < 0.8:
                row["started"] = begun.isoformat()
            rows.append({key: value for key, value in row.items() if value})
            at = ended
    return rows


def opened(rows: list[dict[str, str]]):
    """The log with departments of the cases by their number; its events as plain rows, in the order of the log."""
    log = log_of(rows)
    log.connection.execute(
        "create or replace temp view cohort_cases as"
        " select * replace (if(case_key % 2 = 0, 'A', 'B') as department) from cases"
    )
    columns = "case_key, event_number, activity, resource, department, stage, started_at, completed_at, completed_on"
    events = log.connection.sql(f"select {columns} from cohort_events order by case_key, event_number").pl()
    cases: dict[int, list[dict]] = defaultdict(list)
    for row in events.cast({pl.Categorical: pl.String, pl.Enum: pl.String}).iter_rows(named=True):
        cases[row["case_key"]].append(row)
    return log, cases


@pytest.fixture(params=SEEDS)
def given(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    roles = pl.DataFrame(
        [(one, role) for one in ROLES for role in ROLES[one]], schema=["activity", "role"], orient="row"
    )
    monkeypatch.setattr("efficacy_analytics.mining.organisation.stations.activity_roles", lambda log: roles)
    return opened(random_rows(request.param))


def seconds(later: dt.datetime, earlier: dt.datetime) -> float:
    return max(0.0, (later - earlier).total_seconds())


@pytest.mark.parametrize("by", ["department", "resource"])
def test_a_handover_is_a_step_of_another_unit_just_after(given, by: str) -> None:
    log, cases = given
    times = defaultdict(list)
    for events in cases.values():
        for one, other in pairwise(events):
            if one[by] and other[by] and one[by] != other[by]:
                times[one[by], other[by]].append(seconds(other["started_at"], one["completed_at"]))
    ours = {row[:2]: (row[2], row[4]) for row in handovers(log, by=by).rows()}
    assert ours == {pair: (len(found), sum(found)) for pair, found in times.items()}


@pytest.mark.parametrize("by", ["department", "resource"])
def test_ping_pong_goes_out_and_straight_back(given, by: str) -> None:
    log, cases = given
    times = defaultdict(list)
    for events in cases.values():
        runs = [list(run) for _, run in groupby(events, key=lambda event: event[by])]
        for first, via, back in zip(runs, runs[1:], runs[2:], strict=False):
            if first[0][by] and via[0][by] and first[0][by] == back[0][by]:
                left = max(event["completed_at"] for event in first)
                times[first[0][by], via[0][by]].append(seconds(min(event["started_at"] for event in back), left))
    ours = {row[:2]: (row[2], row[4]) for row in ping_pong(log, by=by).rows()}
    assert ours == {pair: (len(found), sum(found)) for pair, found in times.items()}


def test_rework_is_what_comes_again_and_costs_its_wait_and_service(given) -> None:
    log, cases = given
    again, cost, repeating = Counter(), Counter(), Counter()
    for events in cases.values():
        seen: Counter[str] = Counter()
        latest = None
        for event in events:
            if seen[event["activity"]]:
                again[event["activity"]] += 1
                repeating[event["activity"]] += seen[event["activity"]] == 1
                cost[event["activity"]] += seconds(event["started_at"], latest)
                cost[event["activity"]] += seconds(event["completed_at"], event["started_at"])
            seen[event["activity"]] += 1
            latest = max(latest or event["completed_at"], event["completed_at"])
    counts = ["activity", "case_count", "repeating_case_count", "repeat_count"]
    assert repeats(log).rows() == rework(log).select(counts).rows()
    for row in rework(log).iter_rows(named=True):
        assert row["repeat_count"] == again[row["activity"]]
        assert row["repeating_case_count"] == repeating[row["activity"]]
        assert row["repeat_elapsed_seconds"] == pytest.approx(cost[row["activity"]])


def by_department(cases: dict[int, list[dict]]) -> dict[str, list[list[dict]]]:
    found: dict[str, list[list[dict]]] = defaultdict(list)
    for key, events in cases.items():
        found["AB"[key % 2]].append(events)
    return found


def test_stations_are_the_departments_that_face_the_applicant(given) -> None:
    log, cases = given
    for row in applicant_stations(log).iter_rows(named=True):
        faced = [
            {one["department"] for one in events if "applicant_facing" in ROLES.get(one["activity"], [])} - {None}
            for events in by_department(cases)[row["department"]]
        ]
        assert row["case_count"] == len(faced)
        assert row["judged_count"] == sum(bool(one) for one in faced)
        assert row["one_station_count"] == sum(len(one) == 1 for one in faced)


def test_registered_only_is_decided_by_another_department(given) -> None:
    log, cases = given
    for row in registration_only(log).iter_rows(named=True):
        judged, elsewhere, count, lost = 0, 0, 0, 0.0
        for events in by_department(cases)[row["department"]]:
            registered = [e for e in events if e["activity"] == "accept" and e["department"]]
            decided = [e for e in events if e["activity"] == "decide" and e["department"]]
            if not registered or not decided or decided[-1]["event_number"] < registered[0]["event_number"]:
                continue
            first, last = registered[0]["event_number"], decided[-1]["event_number"]
            judged += 1
            elsewhere += registered[0]["department"] != decided[-1]["department"]
            for one, other in pairwise(events[first - 1 : last]):
                if one["department"] and other["department"] and one["department"] != other["department"]:
                    count += 1
                    lost += seconds(other["started_at"], one["completed_at"])
        assert (row["judged_count"], row["registered_only_count"], row["handover_count"]) == (judged, elsewhere, count)
        assert row["handover_elapsed_seconds"] == pytest.approx(lost)


def test_the_first_contact_is_the_first_officer_who_registers(given) -> None:
    log, cases = given
    for row in first_contacts(log).iter_rows(named=True):
        known, finished, own, steps = 0, 0, 0, 0
        for events in by_department(cases)[row["department"]]:
            contacts = [e["resource"] for e in events if e["activity"] == "accept" and e["resource"]]
            officers = [e["resource"] for e in events if e["resource"]]
            if contacts:
                known += 1
                finished += officers[-1] == contacts[0]
                own += officers.count(contacts[0])
                steps += len(officers)
        assert (row["known_count"], row["finished_count"]) == (known, finished)
        assert row["known_share"] == known / row["case_count"]
        assert row["finished_share"] == (finished / known if known else None)
        assert row["own_step_share"] == (pytest.approx(own / steps) if steps else None)


def test_a_single_point_is_away_on_working_days_without_a_step(given) -> None:
    log, cases = given
    workdays = set(drawn_calendar("CN", 2023, 2026).filter("is_working_day")["day"])
    events = [event for one in cases.values() for event in one]
    for row in single_points(log, least_share=0.3, fewest_steps=5).iter_rows(named=True):
        own = [e for e in events if (e["department"], e["activity"]) == (row["department"], row["activity"])]
        officers = Counter(e["resource"] for e in own if e["resource"])
        assert row["resource"] == min(officers, key=lambda name: (-officers[name], name))
        assert row["resource_share"] == pytest.approx(officers[row["resource"]] / officers.total())
        worked = {e["completed_on"] for e in events if e["resource"] == row["resource"]}
        away = {day for day in workdays if min(worked) <= day <= max(worked)} - worked
        lying = Counter()
        for one in cases.values():
            for place, event in enumerate(one[1:], start=1):
                if (event["department"], event["activity"]) == (row["department"], row["activity"]):
                    enabled = max(earlier["completed_on"] for earlier in one[:place])
                    lying.update(day for day in away if enabled < day < event["completed_on"])
        assert (row["absent_days"], row["idle_days"], row["idle_case_days"]) == (len(away), len(lying), lying.total())


def plain_visits(cases: dict[int, list[dict]]) -> list[tuple[str, dt.date, dt.date]]:
    visits = []
    for events in cases.values():
        latest = None
        for stage, run in groupby(events, key=lambda event: event["stage"] or event["activity"]):
            days = [event["completed_on"] for event in run]
            visits.append((stage, min([*days, latest or days[0]]), max(days)))
            latest = max([*days, latest or days[0]])
    return visits


def test_a_stage_holds_what_has_arrived_and_not_left(given) -> None:
    log, cases = given
    visits = plain_visits(cases)
    first, last = min(visit[1] for visit in visits), max(visit[2] for visit in visits)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    queue = {
        (stage, day): sum(one == stage and arrived <= day < departed for one, arrived, departed in visits)
        for stage in {visit[0] for visit in visits}
        for day in days
    }
    for row in stage_flow(log).iter_rows(named=True):
        month = [day for day in days if day.replace(day=1) == row["month"]]
        stays = [(left - came).days for stage, came, left in visits if stage == row["stage"] and left in month]
        arrivals = sum(stage == row["stage"] and came in month for stage, came, _ in visits)
        assert (row["day_count"], row["arrival_count"], row["departure_count"]) == (len(month), arrivals, len(stays))
        assert row["queue_count_mean"] == pytest.approx(sum(queue[row["stage"], day] for day in month) / len(month))
        assert row["queue_count_end"] == queue[row["stage"], month[-1]]
        assert row["stay_days_mean"] == (pytest.approx(sum(stays) / len(stays)) if stays else None)
    for row in bottleneck_days(log).iter_rows(named=True):
        largest = max(count for (_, day), count in queue.items() if day == row["day"])
        assert row["stage"] == min(one for (one, day), count in queue.items() if day == row["day"] and count == largest)
        assert row["queue_count"] == largest


def test_littles_law_holds_over_the_whole_log(given) -> None:
    log, _ = given
    assert stage_flow(log, by="all")["little_gap"].abs().max() < 1e-9


def test_the_days_of_the_momentary_bottlenecks_add_up(given) -> None:
    log, _ = given
    stages, days = momentary_bottlenecks(log), bottleneck_days(log)
    assert stages["day_count"].sum() == days.height
    assert stages["day_share"].sum() == pytest.approx(1.0)
    for row in stages.iter_rows(named=True):
        own = days.filter(stage=row["stage"])["day"].to_list()
        runs, longest = 1, 1
        for one, other in pairwise(own):
            runs = runs + 1 if (other - one).days == 1 else 1
            longest = max(longest, runs)
        assert row["longest_days"] == longest


def test_the_roles_of_the_project_can_be_read() -> None:
    log = log_of([{"case": "A", "activity": "apply", "completed": "2024-04-01T10:00"}])
    assert set(declared.activity_roles(log)["role"]) == set(taken.ROLES)
