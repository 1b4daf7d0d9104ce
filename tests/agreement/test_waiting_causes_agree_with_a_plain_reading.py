"""On random logs the SQL divides every wait as a plain reading of the definitions does, transition by transition.

The plain reading holds time as sets of slots of ten minutes, and compares everything with everything.
"""

import datetime as dt
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, groupby, pairwise
from statistics import median

import polars as pl
import pytest
from support.drawn import log_of

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.findings.waiting.causes import waiting_causes, waiting_transitions

SLOT = 600
FIRST = dt.datetime(2024, 4, 1)  # a Monday; 4-6 April are Qingming, Sunday the 7th is worked in exchange
WORKING = {1, 2, 3, 7, 8, 9, 10, 11, 12, 15, 16}  # the working days of April 2024 up to the 16th
OPEN = {*range(54, 72), *range(81, 102)}  # slots of 09:00-12:00 and 13:30-17:00, the hours of the calendar CN
PART_TIME = {*range(54, 72)}  # 09:00-12:00, on Tuesdays only
CAUSES = ("clock_stop", "applicant", "batching", "contention", "prioritisation", "unavailability", "extraneous")
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(3, 150))]


@dataclass
class Instance:
    case: str
    activity: str
    resource: str | None
    start: int
    end: int
    is_recorded: bool = True
    number: int = 0
    enabling: "Instance | None" = None
    enabled: int = 0
    batch: int | None = None
    turn: int = 0
    is_transition: bool = False


def stamp(slot: int) -> str:
    return (FIRST + dt.timedelta(seconds=slot * SLOT)).isoformat()


def drawn_instances(chance: random.Random) -> list[Instance]:
    """Cases of some steps, thrown together without order, then officers who do a queue after their own manner."""
    tangled, in_order, found = chance.random() < 0.5, chance.random() < 0.5, []
    resources = ["ann", "bob", "cai", None] if tangled else ["ann", "bob", "cai", "dou"]
    free = dict.fromkeys(resources, 0)
    for number in range(chance.randint(10, 30)):
        now = chance.randint(0, 144 * 6)
        for place in range(chance.randint(1, 6)):
            activity = "abcd"[place % 4] if in_order else chance.choice("abcd")
            resource = chance.choice(resources)
            lasts = chance.choice([0, 1, 1, 2, 3, 6, 20])
            if tangled:
                start = now + chance.choice([0, 0, 1, 5, 40, 150, -3, -1])
            else:
                start = max(now, free[resource] + chance.choice([0, 0, 0, 30])) if chance.random() < 0.8 else now
            start = min(max(start, 0), 144 * 14)
            found.append(Instance(f"c{number}", activity, resource, start, start + lasts, chance.random() < 0.9))
            now, free[resource] = start + lasts, start + lasts
    return found + planted_queues(chance)


def planted_queues(chance: random.Random) -> list[Instance]:
    """Files that arrive one by one at officers: by turn, the last first, or all of a week at once."""
    found = []
    for officer, manner in (("fei", "turn"), ("gao", "last first"), ("hua", "weekly")):
        waiting = sorted(chance.randint(0, 144 * 5) for _ in range(chance.randint(4, 12)))
        free, number = 60, 0
        while waiting:
            here = [at for at in waiting if at <= free]
            if not here or (manner == "weekly" and len(here) < min(4, len(waiting))):
                free = max(free + 1, waiting[0])
                continue
            for at in here if manner == "weekly" else [here[0] if manner == "turn" else here[-1]]:
                waiting.remove(at)
                lasts = chance.choice([1, 2, 5])
                case = f"{officer}{number}"
                found.append(Instance(case, "a", None, max(0, at - 1), at))
                found.append(Instance(case, "b", officer, free, free + lasts))
                free, number = free + lasts, number + 1
            free += chance.choice([0, 0, 50])
    return found


def concurrent(cases: dict[str, list[Instance]]) -> set[tuple[str, str]]:
    follows: Counter = Counter()
    returns: Counter = Counter()
    for events in cases.values():
        names = [event.activity for event in events]
        for a, b in pairwise(names):
            follows[a, b] += 1
        for a, b, c in zip(names, names[1:], names[2:], strict=False):
            returns[a, b] += a == c
    both, at_once = Counter(), Counter()
    for events in cases.values():
        lasting = [event for event in events if event.is_recorded and event.start < event.end]
        pairs = {(x.activity, y.activity) for x, y in combinations(lasting, 2) if 2 * shared(x, y) >= shorter(x, y)}
        at_once.update(tuple(sorted(pair)) for pair in pairs)
        both.update(combinations(sorted({event.activity for event in events}), 2))
    beside = {pair for pair in both if at_once[pair] >= max(5, 0.3 * both[pair])}
    return (
        beside
        | {(b, a) for a, b in beside}
        | {
            (a, b)
            for a, b in follows
            if a != b
            and follows[b, a]
            and abs(follows[a, b] - follows[b, a]) / (follows[a, b] + follows[b, a] + 1) < 0.9
            and (returns[a, b] + returns[b, a]) / (returns[a, b] + returns[b, a] + 1) < 0.9
        }
    )


def shared(x: Instance, y: Instance) -> int:
    return min(x.end, y.end) - y.start


def shorter(x: Instance, y: Instance) -> int:
    return min(x.end - x.start, y.end - y.start)


def is_slip(x: Instance, y: Instance) -> bool:
    """Whether the second is taken up a little before the first is done."""
    return x.is_recorded and y.is_recorded and x.start < y.start and 2 * shared(x, y) < shorter(x, y)


def enable(instances: list[Instance]) -> None:
    cases: dict[str, list[Instance]] = defaultdict(list)
    for instance in instances:
        if not instance.is_recorded:
            instance.start = instance.end
        cases[instance.case].append(instance)
    for events in cases.values():
        events.sort(key=lambda one: (one.start, one.end))  # stable: ties keep the order of the source
        for number, event in enumerate(events, start=1):
            event.number = number
    beside = concurrent(cases)
    for events in cases.values():
        for place, event in enumerate(events):
            before = [
                x
                for x in events[:place]
                if (x.end <= event.start or is_slip(x, event)) and (x.activity, event.activity) not in beside
            ]
            event.enabling = max(before, key=lambda one: (min(one.end, event.start), one.number), default=None)
            event.enabled = min(event.enabling.end, event.start) if event.enabling else event.start
            event.is_transition = event.enabling is not None and (event.is_recorded or event.resource is not None)


def estimate(instances: list[Instance]) -> None:
    order = {case: key for key, case in enumerate(dict.fromkeys(one.case for one in instances))}
    freed: dict[str, int] = {}
    for event in sorted(instances, key=lambda one: (one.end, order[one.case], one.number)):
        if event.resource is not None:
            if not event.is_recorded and event.enabling:
                event.start = max(event.enabled, freed.get(event.resource, event.enabled))
            freed[event.resource] = event.end


def batch(instances: list[Instance], closed: dict[str | None, set[int]]) -> None:
    order = {case: key for key, case in enumerate(dict.fromkeys(one.case for one in instances))}
    of_someone = [one for one in instances if one.resource is not None]
    of_someone.sort(key=lambda x: (x.resource, x.activity, x.start, x.end, order[x.case], x.number))
    count = 0
    for (resource, _), group in groupby(of_someone, key=lambda one: (one.resource, one.activity)):
        events = list(group)
        away, work = closed.get(resource, closed[None]), [one for one in of_someone if one.resource == resource]
        pause = max(900, 0.5 * median((one.end - one.start) * SLOT for one in events))
        kept = [one for one in sessions(events, pause, away) if were_passed_over(one, work, pause, away)]
        if 2 * sum(map(len, kept)) >= len(events):
            for members in kept:
                count += 1
                for one in members:
                    one.batch, one.turn = count, max(x.enabled for x in members)


def sessions(events: list[Instance], pause: float, away: set[int]) -> list[list[Instance]]:
    found: list[list[Instance]] = []
    for event in events:
        members = found[-1] if found else []
        is_of_it = members and event.enabled <= members[0].start
        if is_of_it and opened(max(x.end for x in members), event.start, away) <= pause:
            members.append(event)
        else:
            found.append([event])
    return [members for members in found if len(members) >= 2]


def opened(low: int, high: int, away: set[int]) -> int:
    """Seconds of the hours in which the officer is there."""
    return sum(SLOT for slot in range(low, high) if slot not in away)


def were_passed_over(members: list[Instance], work: list[Instance], pause: float, away: set[int]) -> bool:
    """Whether the officer was free once two of the files lay there, began something else, or with another file."""
    begins, two_there = members[0].start, sorted(one.enabled for one in members)[1]
    idle = {slot for slot in range(two_there, begins) if not any(x.start <= slot < x.end for x in work)}
    edges = sorted({two_there, begins, *(x.start for x in work if two_there < x.start < begins)})
    edges = sorted({*edges, *(slot for slot in range(two_there, begins) if (slot in idle) != (slot - 1 in idle))})
    was_free = any(opened(low, high, away) > 2 * pause for low, high in pairwise(edges) if low in idle)
    other = any(x.activity != members[0].activity and x.start < begins and x.enabled > two_there for x in work)
    in_turn = [one.enabled for one in sorted(members, key=lambda one: (one.start, one.enabled))]
    before = sorted((x for x in work if x.start < begins), key=lambda x: x.start)
    comes_from_another = bool(before) and last_of(before, work).activity != members[0].activity
    of_it = [one for one in work if one.activity == members[0].activity]
    there = [one for one in of_it if one.enabled <= begins <= one.start]
    begun = [one for one in of_it if two_there <= one.start < begins]
    return (
        len(there) <= 2 * len(members)
        and len(begun) <= len(members)
        and (was_free or other or (comes_from_another and in_turn.index(min(in_turn)) >= 2))
    )


def last_of(before: list[Instance], work: list[Instance]) -> Instance:
    """The instance begun last, of several the one that ends last; `work` stands in the order of cases beyond that."""
    latest = [one for one in before if one.start == before[-1].start]
    return max(latest, key=lambda one: (one.end, work.index(one)))


def without_machines(instances: list[Instance]) -> None:
    """Takes the officer from instances of accounts that work by night or round the clock."""
    for resource in {one.resource for one in instances} - {None}:
        own = [one for one in instances if one.resource == resource]
        hours = Counter(one.end % 144 // 6 for one in own if one.end % 144)
        night = sum(count for hour, count in hours.items() if hour >= 22 or hour < 6)
        is_awake = sum(count >= 0.01 * hours.total() for count in hours.values()) >= 20 and hours.total() >= 100
        if len(own) >= 5 and hours and (night >= 0.99 * hours.total() or is_awake):
            for one in own:
                one.resource = None


def causes(own: Instance, instances: list[Instance], stops: dict, closed: dict) -> dict[str, int]:
    turn = own.turn if own.batch else own.enabled
    ahead, overtaking = set(), set()
    for x in instances:
        if x is not own and x.resource is not None and x.resource == own.resource:
            turn_of_x = own.enabled if own.batch and x.batch == own.batch else turn
            (ahead if x.enabled <= turn_of_x else overtaking).update(range(x.start, x.end))
    stopped = {slot for day in stops.get(own.case, ()) for slot in range((day - 1) * 144, day * 144)}
    everything = set(range(own.enabled, own.start))
    takes = {
        "clock_stop": stopped,
        "applicant": everything if own.activity == "d" else set(),
        "batching": set(range(own.enabled, turn)),
        "contention": ahead,
        "prioritisation": overtaking,
        "unavailability": closed.get(own.resource, closed[None]),
        "extraneous": everything,
    }
    left, found = set(everything), {}
    for cause, slots in takes.items():
        found[cause] = len(left & slots) * SLOT
        left -= slots
    return found


def closed_slots(hours: set[int], days: set[int]) -> set[int]:
    return {slot for slot in range(144 * 16) if slot // 144 + 1 not in days or slot % 144 not in hours}


def engine_of(instances: list[Instance], stops: list[tuple[str, int, int]]) -> DuckdbEngine:
    rows = [
        {"case": one.case, "activity": one.activity, "completed": stamp(one.end)}
        | ({"started": stamp(one.start)} if one.is_recorded else {})
        | ({"resource": one.resource} if one.resource else {})
        for one in instances
    ]
    log = log_of(rows, years=(2024, 2024))
    keys = dict(log.connection.sql("select case_id, case_key from cases").fetchall())
    zone = pl.Series(["Asia/Shanghai"])
    log.put("deliveries", pl.DataFrame({"first_case_key": [0], "calendar_number": [1], "time_zone": zone}))
    log.put("clock_settings", pl.DataFrame({"as_on": [dt.date(2024, 4, 20)], "stop_takes_out_its_first_day": [False]}))
    log.put("applicant_activities", pl.DataFrame({"activity": ["d"]}))
    log.put(
        "clock_stops",
        pl.DataFrame(
            [(keys[case], "stops", dt.date(2024, 4, a), dt.date(2024, 4, b)) for case, a, b in stops],
            schema=["case_key", "effect", "stopped_from_on", "stopped_until_on"],
            orient="row",
        ),
    )
    part_time(log)
    return log


def part_time(log: DuckdbEngine) -> None:
    """Bob is there on Tuesdays from nine to twelve only."""
    log.put(
        "resource_calendars",
        pl.DataFrame({"calendar_number": [1], "kind": ["resource"], "name": ["bob"], "own_number": [7]}),
    )
    log.connection.execute(
        """create or replace table resource_calendar_days as
        with kept as (
            select * exclude (calendar, opens_1_seconds, closes_1_seconds, opens_2_seconds,
                closes_2_seconds, open_seconds_before, calendar_number),
            is_working_day and isodow(day) = 2 as is_there from calendar)
        select *, 7 as calendar_number, if(is_there, 32400, 0) as opens_1_seconds,
            if(is_there, 43200, 0) as closes_1_seconds, 0 as opens_2_seconds, 0 as closes_2_seconds,
            10800 * count(*) filter (where is_there) over (order by day rows unbounded preceding)
                - if(is_there, 10800, 0) as open_seconds_before
        from kept"""
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_wait_is_divided_as_a_reader_of_the_definitions_would(seed):
    chance = random.Random(seed)
    instances = drawn_instances(chance)
    stops = [(one.case, a, a + chance.randint(1, 3)) for one in instances if chance.random() < 0.05 for a in (1, 2)]
    log = engine_of(instances, stops)
    enable(instances)
    estimate(instances)
    days = {case: {day for who, a, b in stops if who == case for day in range(a + 1, b + 1)} for case, _, _ in stops}
    closed = {None: closed_slots(OPEN, WORKING), "bob": closed_slots(PART_TIME, WORKING & {2, 9, 16})}
    without_machines(instances)
    batch(instances, closed)
    expected = {
        (one.case, one.number): {
            "waiting": (one.start - one.enabled) * SLOT,
            **causes(one, instances, days, closed),
            "estimated": not one.is_recorded,
            "activities": (one.enabling.activity, one.activity),
        }
        for one in instances
        if one.is_transition
    }
    found = {
        (row["case_id"], row["event_number"]): {
            "waiting": row["waiting_seconds"],
            **{cause: row[f"{cause}_seconds"] for cause in CAUSES},
            "estimated": row["is_start_estimated"],
            "activities": (row["activity"], row["next_activity"]),
        }
        for row in waiting_transitions(log).iter_rows(named=True)
    }
    assert found == expected
    total = sum(one["waiting"] for one in expected.values())
    assert waiting_causes(log)["waiting_seconds"].sum() == total
