"""A desk's queue against a plain reading: who begins which file when, file by file."""

import random
from heapq import heapify, heappop, heappush

import pytest

from efficacy_analytics.city.handling.desks import CODE_BITS, LAST_MINUTES, Desk, Log, Officer

ALWAYS = ((0, 1 << 40),)


def worked_off(arrivals, lengths, officers, *, overtaking=frozenset(), pause=0):
    """Runs a desk over arriving files; the begin of each, in the order of the files."""
    count = len(arrivals)
    agenda = [at << CODE_BITS | step << 1 for step, at in enumerate(arrivals)]
    heapify(agenda)
    log = Log(count)
    hired = [Officer(number, f"officer {number}", iter(windows)) for number, windows in enumerate(officers)]
    desk = Desk(agenda, log, lengths, [pause] * count, hired, count)
    while agenda:
        event = heappop(agenda)
        at, code = event >> CODE_BITS, event & ((1 << CODE_BITS) - 1)
        if at >= 1 << 40:
            break
        if code & 1:
            desk.free(hired[log.officer[code >> 1]], at)
        elif code >> 1 < count:
            desk.receive(code >> 1, at, overtakes=code >> 1 in overtaking)
        else:
            desk.free(hired[(code >> 1) - count], at)
    return log


def drawn(rng: random.Random, count: int):
    """Files of which none arrives at the very moment another ends: their times differ in the last three digits."""
    arrivals = [1000 * at + step for step, at in enumerate(sorted(rng.choices(range(count * 40), k=count)))]
    return arrivals, [1000 * rng.randint(1, 100) for _ in range(count)]


@pytest.mark.parametrize("seed", range(10))
def test_files_are_begun_in_order_by_whoever_is_free_first(seed):
    rng = random.Random(seed)
    arrivals, lengths = drawn(rng, 200)
    officer_count = rng.randint(1, 4)
    free = [0] * officer_count
    expected = []
    for at, length in zip(arrivals, lengths, strict=True):
        begun = max(at, heappop(free))
        expected.append(begun)
        heappush(free, begun + length)
    assert worked_off(arrivals, lengths, [ALWAYS] * officer_count).begun == expected


@pytest.mark.parametrize("seed", range(10))
def test_files_that_overtake_are_begun_before_all_others_that_wait(seed):
    rng = random.Random(seed)
    arrivals, lengths = drawn(rng, 120)
    overtaking = frozenset(rng.sample(range(120), 40))
    waiting, expected, now, left = [], {}, 0, list(range(120))
    while left or waiting:
        if not waiting:
            now = max(now, arrivals[left[0]])
        while left and arrivals[left[0]] <= now:
            waiting.append(left.pop(0))
        step = min(waiting, key=lambda file: (file not in overtaking, file))
        waiting.remove(step)
        expected[step] = now
        now += lengths[step]
    found = worked_off(arrivals, lengths, [ALWAYS], overtaking=overtaking).begun
    assert found == [expected[step] for step in range(120)]


def test_an_officer_who_is_away_begins_nothing_and_finishes_before_leaving():
    windows = ((1000, 2000), (5000, 1 << 40))
    log = worked_off([0, 0, 0], [600, 900, 600], [windows])
    assert log.begun == [1000, 1600, 5000]
    assert log.ended == [1600, 2000, 5600]


def test_an_officer_begins_nothing_in_the_last_minutes():
    windows = ((0, 1000), (5000, 1 << 40))
    log = worked_off([0, 0], [1000 - LAST_MINUTES + 1, 100], [windows])
    assert log.begun == [0, 5000]


def test_a_pause_lies_between_two_files_but_not_before_the_first():
    log = worked_off([0, 0, 5000], [100, 100, 100], [ALWAYS], pause=45)
    assert log.begun == [0, 145, 5000]


def desk_with_files(count, **staff):
    agenda, log = [], Log(count)
    desk = Desk(agenda, log, [100] * count, [0] * count, [Officer(0, "first", iter(ALWAYS))], count)
    for name, value in staff.items():
        setattr(desk, name, value)
    return desk, log


def test_a_helper_comes_when_the_queue_is_long_and_leaves_when_it_is_short():
    helper = Officer(1, "helper", iter(ALWAYS), is_helper=True)
    desk, log = desk_with_files(6, helpers=[helper], long_queue=2, short_queue=2)
    for step in range(4):
        desk.receive(step, step, overtakes=False)
    assert log.officer[:4] == [0, 1, -1, -1]  # one with the officer, then a queue of three calls the helper
    assert log.begun[1] == 3
    desk.free(desk.idle.popleft() if desk.idle else helper, 103)
    assert log.officer[2] == 1  # two files wait: not yet short
    desk.free(helper, 203)
    assert desk.helpers == [helper]  # one file waits: short


def test_a_meeting_takes_what_was_held_for_it_in_order_and_before_the_queue():
    desk, log = desk_with_files(5)
    desk.receive(0, 0, overtakes=False)
    desk.receive(1, 10, overtakes=False)
    desk.held.extend([3, 2, 4])
    desk.open_meeting(50)
    officer = Officer(0, "first", iter(ALWAYS))
    for at in (100, 200, 300, 400):
        desk.free(officer, at)
    assert sorted(range(5), key=lambda step: log.begun[step]) == [0, 3, 2, 4, 1]
