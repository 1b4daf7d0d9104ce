"""The cause planted behind each slow step is the largest part of its waiting, by a plain reading of the definitions.

Definitions: Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas, "Why am I waiting?", CAiSE 2023, on the open clock:
batching until the last file of the batch is there, then contention, prioritisation, absence, and the rest.
"""

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import chinese_calendar
import polars as pl
import pytest

from efficacy_analytics.city.exports import make_city

FIRST = dt.datetime(2024, 1, 1)
OPEN_DAY = 23_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WORKING = [day for n in range(600) if chinese_calendar.is_workday(day := FIRST.date() + dt.timedelta(days=n))]


@dataclass(frozen=True)
class Step:
    activity: str
    previous: str | None
    enabled: int
    started: int
    ended: int
    department_of_case: str


def opened(moment: dt.datetime) -> int:
    number = bisect_left(WORKING, moment.date())
    if WORKING[number] != moment.date():
        return number * OPEN_DAY
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    return number * OPEN_DAY + min(max(clock - 32_400, 0), 10_800) + min(max(clock - 48_600, 0), 12_600)


def steps_by_officer(folder: Path) -> dict[str, list[Step]]:
    owner = dict(pl.read_csv(folder / "cases.csv", infer_schema=False).select("case_id", "department").iter_rows())
    by_case = defaultdict(list)
    for row in pl.read_csv(folder / "steps.csv", infer_schema=False).iter_rows(named=True):
        start, end = row["started_at"] or row["completed_at"], row["completed_at"]
        if row["case_id"] in owner and row["activity"] and start <= end and end != "2024-02-30 10:00:00":
            moments = (opened(dt.datetime.fromisoformat(stamp)) for stamp in (start, end))
            by_case[row["case_id"]].append((*moments, row["activity"], row["resource"]))
    by_officer = defaultdict(list)
    for case, steps in by_case.items():
        enabled, previous = 0, None
        for start, end, activity, officer in sorted(steps, key=lambda step: step[:2]):
            if officer:
                by_officer[officer].append(Step(activity, previous, enabled, start, end, owner[case]))
            enabled, previous = max(enabled, end), activity
    return {
        officer: sorted(steps, key=lambda step: (step.started, step.ended)) for officer, steps in by_officer.items()
    }


def batches(steps: list[Step]) -> dict[int, tuple[int, int]]:
    """Of each step in a batch: the batch and when its last file was there."""
    found, place = {}, 0
    while place < len(steps):
        last, end = place + 1, steps[place].ended
        while (
            last < len(steps)
            and steps[last].activity == steps[place].activity
            and steps[last].started <= end
            and steps[last].enabled <= steps[place].started
        ):
            end = max(end, steps[last].ended)
            last += 1
        if last - place >= 2:
            complete = max(step.enabled for step in steps[place:last])
            found.update(dict.fromkeys(range(place, last), (place, complete)))
        place = last
    return found


def without(parts: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of `parts` outside `taken`, both half open."""
    edges = sorted({edge for part in (*parts, *taken) for edge in part})
    return [
        (low, high)
        for low, high in pairwise(edges)
        if any(a <= low and high <= b for a, b in parts) and not any(a <= low and high <= b for a, b in taken)
    ]


def parts_of(steps: list[Step], place: int, of_batch: dict[int, tuple[int, int]], absent: list) -> Counter:
    own = steps[place]
    batch, complete = of_batch.get(place, (None, own.enabled))
    taken: list[tuple[int, int]] = []
    lengths: Counter = Counter()
    others = [
        (number, other)
        for number, other in enumerate(steps)
        if number != place and other.ended > own.enabled and other.started < own.started
    ]
    ahead, overtaking = [], []
    for number, other in others:
        turn = own.enabled if batch is not None and of_batch.get(number, (None,))[0] == batch else complete
        clipped = (max(own.enabled, other.started), min(own.started, other.ended))
        (ahead if other.enabled <= turn else overtaking).append(clipped)
    away = [(max(a, own.enabled), min(b, own.started)) for a, b in absent if a < own.started and b > own.enabled]
    for cause, parts in (
        ("batching", [(own.enabled, min(complete, own.started))]),
        ("contention", ahead),
        ("prioritisation", overtaking),
        ("unavailability", away),
        ("extraneous", [(own.enabled, own.started)]),
    ):
        left = without([part for part in parts if part[0] < part[1]], taken)
        lengths[cause] = sum(high - low for low, high in left)
        taken += left
    assert lengths.total() == own.started - own.enabled
    return lengths


def absences(morning: str | None) -> list[tuple[int, int]]:
    """When a part-time officer is not there: everything but one morning a week."""
    if morning is None:
        return []
    weekday = WEEKDAYS.index(morning.split()[0])
    there = [n * OPEN_DAY for n, day in enumerate(WORKING) if day.weekday() == weekday]
    ends = [0, *(start + 10_800 for start in there)]
    return list(zip(ends, [*there, len(WORKING) * OPEN_DAY], strict=True))


@pytest.mark.deep
@pytest.mark.parametrize(("cases", "seed"), [(20_000, 1), (20_000, 2), (20_000, 3)])
def test_the_planted_cause_is_the_largest_part_of_the_waiting(cases, seed, tmp_path):
    truth = make_city(tmp_path, cases=cases, seed=seed)
    by_officer = steps_by_officer(tmp_path)
    for planted in truth.bottlenecks:
        total: Counter = Counter()
        segment = (planted["department"], planted["previous_activity"], planted["activity"])
        for officer, steps in by_officer.items():
            of_batch, absent = batches(steps), absences(truth.part_time_officers.get(officer))
            for place, step in enumerate(steps):
                if (step.department_of_case, step.previous, step.activity) == segment and step.started > step.enabled:
                    total += parts_of(steps, place, of_batch, absent)
        assert total.most_common(1)[0][0] == planted["cause"], (segment, total)
