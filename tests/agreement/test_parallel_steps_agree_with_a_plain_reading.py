"""Independent steps against reading every case by hand, on random logs; and what is planted is found."""

import datetime as dt
import itertools
import random

import pytest
from support.drawn import log_of
from support.drawn_paths import working_days
from support.samples import seeds

from efficacy_analytics.findings.redesign.parallel_steps import parallel_steps


def random_rows(draw: random.Random) -> list[dict[str, str]]:
    rows = []
    for case in range(draw.randint(1, 40)):
        for activity in draw.sample("abcd", draw.randint(1, 4)) + draw.sample("ab", draw.choice((0, 0, 0, 1))):
            started = dt.datetime(2025, 3, 3, 10) + dt.timedelta(hours=draw.randrange(300))
            completed = started + dt.timedelta(hours=draw.choice((0, 1, 30, 90)))
            row = {"case": f"c{case}", "activity": activity, "started": started.isoformat()}
            rows.append(row | {"completed": completed.isoformat()})
    return rows


def plain_pairs(rows: list[dict[str, str]]) -> dict[tuple[str, str], list[tuple[str, bool, bool, int]]]:
    """Per pair and case: how the two lie, if next to each other, if handed over within an hour, and the days saved."""
    cases: dict[str, list[tuple[dt.datetime, dt.datetime, int, str]]] = {}
    for number, row in enumerate(rows):
        span = [dt.datetime.fromisoformat(row[side]) for side in ("started", "completed")]
        cases.setdefault(row["case"], []).append((*span, number, row["activity"]))
    found: dict[tuple[str, str], list[tuple[str, bool, bool, int]]] = {}
    for events in map(sorted, cases.values()):
        names = [event[3] for event in events]
        for one, other in itertools.combinations(range(len(events)), 2):
            if names[one] == names[other] or names.count(names[one]) > 1 or names.count(names[other]) > 1:
                continue
            (began, ended, _, name), (began_later, ended_later, _, name_later) = events[one], events[other]
            overlaps = began < ended_later and began_later < ended
            serial = not overlaps and ended <= began_later and ended < ended_later
            reached = max(event[1] for event in events[:other])
            pair, turned = (name, name_later), name > name_later
            how = "overlap" if overlaps else ("after" if turned else "before") if serial else "neither"
            adjacent = other == one + 1 and not overlaps
            days = min(lasts(events, one), lasts(events, other)) if adjacent and serial else 0
            at_once = adjacent and max(0.0, (began_later - reached).total_seconds()) <= 3600
            found.setdefault(pair[::-1] if turned else pair, []).append((how, adjacent, at_once, days))
    return found


def lasts(events: list[tuple], place: int) -> int:
    """Counted days of a step with the waiting before it."""
    began, ended = events[place][:2]
    before = max((event[1] for event in events[:place]), default=None)
    waited = working_days(before.date(), began.date()) if before and began > before else 0
    return waited + working_days(began.date(), ended.date())


@pytest.mark.parametrize("seed", seeds(2, of=12))
def test_each_pair_has_the_evidence_a_reader_would_find(seed: int) -> None:
    rows = random_rows(random.Random(seed))
    with log_of(rows) as log:
        table = parallel_steps(log)
    expected = plain_pairs(rows)
    assert set(table.select("activity", "other_activity").rows()) == set(expected)
    for row in table.iter_rows(named=True):
        cases = expected[row["activity"], row["other_activity"]]
        shares = {how: sum(case[0] == how for case in cases) / len(cases) for how in ("overlap", "before", "after")}
        adjacent = [case for case in cases if case[1]]
        evidence = shares["overlap"] + min(shares["before"], shares["after"])
        assert [row[f"{how}_share"] for how in shares] == pytest.approx(list(shares.values()))
        handed = sum(case[2] for case in adjacent) / len(adjacent) if adjacent else None
        assert row["handed_share"] == pytest.approx(handed)
        assert row["is_candidate"] == (len(cases) >= 20 and evidence >= 0.1 and (handed or 0) <= 0.5)
        assert row["saved_days_total"] == (sum(case[3] for case in cases) if row["is_candidate"] else None)


def test_an_order_that_is_declared_is_never_questioned() -> None:
    """Reviews are declared to come after acceptance; half of the cases say otherwise."""
    draw, rows = random.Random(1), []
    for case in range(60):
        names = ["acceptance", "review"] if draw.random() < 0.5 else ["review", "acceptance"]
        for day, name in enumerate(names):
            rows.append({"case": f"c{case}", "activity": name, "completed": f"2025-03-{3 + 2 * day:02} 10:00:00"})
    with log_of(rows) as log:
        [reason] = parallel_steps(log)["reason"]
    assert reason == "declared_order"
