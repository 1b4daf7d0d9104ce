"""The findings' SQL against plain readings of the same rows, on random cohorts."""

import random
from collections import defaultdict
from itertools import pairwise
from statistics import fmean, median, quantiles

import numpy as np
import pytest
from support.drawn_cases import drawn_log, logged

from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.findings.performance.indicators import INDICATORS, indicators
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.findings.waiting import bottlenecks as module
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks

SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(4, 150))]
UNITS = ("working_days", "working_days", "working_days", "calendar_days", "on_the_spot", "months", None)
COUNTED_AS = {"on_the_spot": "working_days", "months": "calendar_days"}


def random_cases(seed: int) -> list[dict[str, object]]:
    draw, of_verdicts = random.Random(seed), random.Random(f"verdicts {seed}")
    rows = []
    for key in range((60, 5, 400, 1)[seed % 4]):
        unit, promised = draw.choice(UNITS), draw.choice((0, 3, 8, None))
        statutory = draw.choice((5, 20, None))
        limit = promised if promised is not None else statutory
        is_open, late = draw.random() < 0.2, draw.random() < 0.3
        due = late or (not is_open and of_verdicts.random() < 0.7)
        accepted = f"2024-{draw.randint(1, 3):02}-{draw.randint(1, 28):02}"
        rows.append(
            {
                "case_key": key,
                "department": draw.choice(("housing", "water", None)),
                "item": draw.choice(("deed", None)),
                "status": draw.choice((None, None, None, "refused", "withdrawn")),
                "is_green_lane": draw.choice((None, False, False, True)),
                "accepted_on": accepted,
                "completed_on": None if is_open else draw.choice((accepted, "2024-06-03")),
                "due_on": draw.choice((accepted, "2024-06-03", "2024-06-04", None)),
                "statutory_length": statutory,
                "statutory_unit": None if statutory is None else draw.choice((unit, "working_days")),
                "promised_length": promised,
                "promised_unit": None if promised is None else unit,
                "limit_days": None if unit is None else limit,
                "limit_unit": None if limit is None else unit,
                "counted_days": draw.choice((0, 2, 5, 9, None)),
                "is_open": is_open,
                "is_late": None if unit is None else late,
                "is_due": due,
                "is_late_unextended": late or of_verdicts.random() < 0.2,
                "is_late_with_ground": late or of_verdicts.random() < 0.2,
                "is_late_by_statute": late and of_verdicts.random() < 0.5,
            }
        )
    return rows


def under_clock(row: dict[str, object]) -> bool:
    return row["status"] != "withdrawn" and not row["is_green_lane"]


def judged(row: dict[str, object]) -> bool:
    """Due and with a verdict; on the green lane judged apart, withdrawn only where it was late already."""
    if row["is_green_lane"] or row["is_late"] is None or not row["is_due"]:
        return False
    return row["status"] != "withdrawn" or bool(row["is_late"])


def judged_by_statute(row: dict[str, object]) -> bool:
    late = row["is_late_by_statute"]
    if row["is_green_lane"] or late is None or not row["is_due"]:
        return False
    return row["status"] != "withdrawn" or bool(late)


def withdrawn(row: dict[str, object]) -> bool:
    return row["status"] == "withdrawn"


def grouped(rows: list[dict[str, object]], *names: str) -> dict[tuple[object, ...], list[dict[str, object]]]:
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_on_time_count_what_a_reader_would_count(seed):
    rows = random_cases(seed)
    found = {row["department"]: row for row in on_time(logged(rows, [])).iter_rows(named=True)}
    groups = grouped(rows, "department")
    assert len(found) == len(groups)
    for (department,), cases in groups.items():
        row = found[department]
        assert row["case_count"] == len(cases) == row["completed_count"] + row["open_count"] + row["withdrawn_count"]
        assert row["judged_count"] == sum(judged(case) for case in cases)
        assert row["late_count"] == sum(judged(case) and bool(case["is_late"]) for case in cases)
        assert row["green_lane_count"] == sum(bool(case["is_green_lane"]) and not withdrawn(case) for case in cases)
        beside = ("judged", "not_yet_due", "green_lane", "not_judged", "not_accepted")
        in_time = row["withdrawn_count"] - row["withdrawn_late_count"]
        assert sum(row[f"{kind}_count"] for kind in beside) + in_time == len(cases)


def share(part: list[object], whole: list[object]) -> float | None:
    return len(part) / len(whole) if whole else None


def saved(shorter: str, longer: str, cases: list[dict[str, object]]) -> float | None:
    total = sum(case[longer] for case in cases)
    return 1 - sum(case[shorter] for case in cases) / total if total else None


def read_indicators(rows: list[dict[str, object]]) -> dict[str, float | None]:
    kept = [row for row in rows if row["status"] != "withdrawn"]
    clocked = [row for row in kept if not row["is_green_lane"]]
    done = [row for row in kept if not row["is_open"]]
    timed = [
        row
        for row in clocked
        if not row["is_open"] and row["limit_days"] is not None and row["counted_days"] is not None
    ]
    units = {COUNTED_AS.get(row["limit_unit"], row["limit_unit"]) for row in timed} - {None}
    both_limits = [
        row
        for row in clocked
        if row["promised_length"] is not None
        and row["statutory_length"] is not None
        and row["promised_unit"] is not None
        and (
            row["promised_unit"] == row["statutory_unit"]
            or (row["promised_unit"], row["statutory_unit"]) == ("on_the_spot", "working_days")
        )
    ]
    both_times = [
        row
        for row in timed
        if row["statutory_unit"] is not None
        and COUNTED_AS.get(row["limit_unit"], row["limit_unit"]) == row["statutory_unit"]
    ]
    promised = [
        row
        for row in timed
        if row["promised_length"] and COUNTED_AS.get(row["limit_unit"], row["limit_unit"]) == row["promised_unit"]
    ]
    verdicts = [row for row in rows if judged(row)]
    completed = [row for row in verdicts if not row["is_open"] and not withdrawn(row)]
    lawful = [row for row in rows if judged_by_statute(row)]
    in_time = [row for row in verdicts if not row["is_late"]]
    ended = [row for row in verdicts if not row["is_open"] and not withdrawn(row) and row["due_on"] is not None]
    return {
        "completed_count": len(done),
        "open_count": len(kept) - len(done),
        "overdue_open_count": sum(bool(row["is_open"] and row["is_late"]) for row in clocked),
        "on_time_share": share(in_time, verdicts),
        "on_time_without_extensions_share": share([row for row in in_time if not row["is_late_unextended"]], verdicts),
        "on_time_with_grounded_stops_share": share(
            [row for row in verdicts if not row["is_late_with_ground"]], verdicts
        ),
        "statutory_on_time_share": share([row for row in lawful if not row["is_late_by_statute"]], lawful),
        "not_yet_due_count": sum(row["is_late"] is not None and not row["is_due"] for row in clocked),
        "withdrawn_late_count": sum(judged(row) for row in rows if withdrawn(row)),
        "early_completion_share": share([row for row in ended if row["completed_on"] < row["due_on"]], verdicts),
        "on_the_spot_share": share([row for row in done if row["completed_on"] == row["accepted_on"]], done),
        "counted_days_mean": fmean(row["counted_days"] for row in timed) if len(units) == 1 else None,
        "promise_speed_up_share": saved("promised_length", "statutory_length", both_limits),
        "actual_speed_up_share": saved("counted_days", "statutory_length", both_times),
        "actual_speed_up_on_promise_share": saved("counted_days", "promised_length", promised),
        "counted_days_median": median(row["counted_days"] for row in timed) if len(units) == 1 else None,
        "late_completion_share": share([row for row in completed if row["is_late"]], completed),
        "by_extension_share": None,  # no stop is recorded, no application, channel, rating, complaint or fee
        "accepted_within_five_days_share": None,
        "online_share": None,
        "refused_share": share([row for row in done if row["status"] == "refused"], done),
        "not_accepted_share": 0.0,
        "withdrawn_share": share([row for row in rows if withdrawn(row)], rows),
        "supplemented_share": None,
        "supplements_mean": None,
        "told_once_share": None,
        "rated_share": None,
        "satisfied_share": None,
        "bad_rating_count": None,
        "complaint_count": None,
        "complaints_answered_in_time_share": None,
        "complaint_yellow_card_count": None,
        "fee_total_amount": None,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_indicators_are_what_a_reader_would_reckon(seed):
    rows = random_cases(seed)
    found = {row["month"]: row for row in indicators(logged(rows, []), by="month").iter_rows(named=True)}
    months = grouped([{**row, "month": str(row["accepted_on"])[:7]} for row in rows], "month")
    assert len(found) == len(months)
    for (month,), cases in months.items():
        expected = read_indicators(cases)
        assert {name: found[month][name] for name in expected} == pytest.approx(expected)
        assert len(expected) == len(INDICATORS)


@pytest.mark.parametrize("seed", SEEDS)
def test_limits_rest_on_the_cases_a_reader_would_take(seed):
    rows = random_cases(seed)
    found = limits(logged(rows, []), share=0.5, confidence=0.8)
    groups = grouped([row for row in rows if under_clock(row)], "department", "item")
    assert len(groups) == found.height
    for row in found.iter_rows(named=True):
        cases = groups[row["department"], row["item"]]
        done = sorted(
            case["counted_days"] for case in cases if not case["is_open"] and case["counted_days"] is not None
        )
        assert row["completed_count"] == len(done)
        assert row["open_count"] == sum(bool(case["is_open"]) for case in cases)
        if row["safe_days"] is not None:
            assert row["safe_days"] in done
            # A bound of the median at 80% is never below the sample's median, open cases standing at the end.
            assert sum(days <= row["safe_days"] for days in done) >= (len(done) + row["open_count"]) / 2
            assert (row["kind"] == "free") == (row["safe_days"] < row["limit_days"])
            assert row["limit_unit"] != "months"


def random_events(seed: int) -> str:
    draw = random.Random(seed)
    lines = ["case | activity | department | started | completed"]
    for case in range((25, 4, 40, 1)[seed % 4]):
        hour = draw.randrange(200)
        for _ in range(draw.randint(1, 8)):
            start = hour + draw.choice((-3, 0, 0, 1, 5, 40))
            hour = max(start, 0) + draw.choice((0, 1, 9))
            started = f"2024-05-{1 + max(start, 0) // 24:02}T{max(start, 0) % 24:02}:00" if draw.random() < 0.7 else ""
            completed = f"2024-05-{1 + hour // 24:02}T{hour % 24:02}:00"
            department = draw.choice(("housing", "water", ""))
            lines.append(f"c{case} | {draw.choice('abc')} | {department} | {started} | {completed}")
    return "\n".join(lines)


def read_segments(log) -> dict[tuple[object, ...], list[tuple[int, int]]]:
    """Segment to the (case, seconds) of each of its waits, read event by event."""
    cases = grouped(
        log.connection.sql("select * from cohort_events order by case_key, event_number").pl().rows(named=True),
        "case_key",
    )
    segments = defaultdict(list)
    for (key,), events in cases.items():
        for first, second in pairwise(events):
            kind = "waiting" if second["is_start_recorded"] else "between_completions"
            name = (second["department"], first["activity"], second["activity"], kind)
            segments[name].append((key, second["waiting_elapsed_seconds"]))
    return segments


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_are_those_a_reader_would_find(seed):
    log = drawn_log(events=random_events(seed))
    segments = read_segments(log)
    found = bottlenecks(log, by_department=True, replicates=20)
    assert found.height == len(segments)
    totals = defaultdict(int)
    for (department, *_), waits in segments.items():
        totals[department] += sum(seconds for _, seconds in waits)
    for row in found.iter_rows(named=True):
        waits = segments[row["department"], row["activity"], row["next_activity"], row["time_kind"]]
        seconds = [wait for _, wait in waits]
        cuts = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds * 9
        assert row["transition_count"] == len(waits)
        assert row["case_count"] == len({key for key, _ in waits})
        assert row["waiting_elapsed_seconds_total"] == sum(seconds)
        assert row["waiting_elapsed_seconds_mean"] == pytest.approx(fmean(seconds))
        assert row["waiting_elapsed_seconds_median"] == pytest.approx(cuts[4])
        assert row["waiting_elapsed_seconds_p90"] == pytest.approx(cuts[8])
        if totals[row["department"]]:
            assert row["share_of_total"] == pytest.approx(sum(seconds) / totals[row["department"]])


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_add_up_to_one(seed):
    found = bottlenecks(drawn_log(events=random_events(seed)), replicates=20)
    shares = found["share_of_total"].drop_nulls()
    assert abs(shares.sum() - (1 if len(shares) else 0)) < 1e-9
    assert found["rank"].to_list() == list(range(1, found.height + 1))
    assert shares.to_list() == sorted(shares, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_interval_is_that_of_drawing_cases_one_by_one(seed):
    log = drawn_log(events=random_events(seed))
    segments, found = read_segments(log), bottlenecks(log, by_department=True, replicates=30, seed=11)
    case_count = log.run("finding_case_count").item()
    distances, whole = defaultdict(list), {name: of_part(segments, name, [1] * case_count) for name in segments}
    for replicate in range(30):
        drawn = np.random.default_rng([11, replicate]).integers(0, case_count, case_count, dtype=np.int32)
        times = [int((drawn == key).sum()) for key in range(case_count)]
        for name in segments:
            if (part := of_part(segments, name, times)) is not None:
                beyond = part[0] - whole[name][0]
                far = np.inf if beyond >= 0 else -np.inf
                distances[name].append(beyond / part[1] if part[1] > 1e-12 else far)
    told = found.filter(found["share_low"].is_not_null())
    for row in told.iter_rows(named=True):
        name = row["department"], row["activity"], row["next_activity"], row["time_kind"]
        low, high = np.quantile(distances[name], [0.01, 0.99], method="inverted_cdf")
        share, error = whole[name]
        expected = np.clip([share - high * error, share - low * error], 0, 1)
        assert [row["share_low"], row["share_high"]] == pytest.approx(expected.tolist())


def of_part(segments, name, times) -> tuple[float, float] | None:
    """The share of a segment in its department's waiting, cases counted as often as drawn, and its error."""
    own, total = defaultdict(float), defaultdict(float)
    for (department, *segment), waits in segments.items():
        for key, seconds in waits:
            if department == name[0]:
                total[key] += seconds
                own[key] += seconds * ((department, *segment) == name)
    whole = sum(total[key] * times[key] for key in total)
    if not whole:
        return None
    share = sum(own[key] * times[key] for key in total) / whole
    return share, sum(times[key] * (own[key] - share * total[key]) ** 2 for key in total) ** 0.5 / whole


def test_bundles_of_cases_give_nearly_the_interval_of_single_cases(monkeypatch):
    draw = random.Random(5)
    rows = [
        {"case_key": key, "event_number": number, "activity": activity, "is_start_recorded": True}
        | {"waiting_elapsed_seconds": None if number == 1 else int(draw.expovariate(1 / 1000 / number))}
        for key in range(4000)
        for number, activity in enumerate(draw.choice(("ab", "abc", "acb")), 1)
    ]
    log = logged([{"case_key": key} for key in range(4000)], rows)
    single = bottlenecks(log)
    monkeypatch.setattr(module, "MOST_BUNDLES", 1000)
    bundled = bottlenecks(log)
    width = (single["share_high"] - single["share_low"]).to_numpy()
    assert bundled["share_of_total"].to_list() == single["share_of_total"].to_list()
    for end in ("share_low", "share_high"):
        assert (np.abs((bundled[end] - single[end]).to_numpy()) < 0.15 * width).all()


def test_seconds_with_fractions_add_up_the_same_in_any_order():
    draw = random.Random(8)
    rows = [
        {"case_key": key, "event_number": number, "activity": activity}
        for key in range(30_000)
        for number, activity in enumerate(draw.choice(("ab", "abc")), 1)
    ]
    totals = set()
    for _ in range(4):
        log = logged([{"case_key": key} for key in range(30_000)], rows)
        log.connection.execute(
            "create or replace view cohort_events as select * replace ("
            "if(event_number = 1, null, 0.1 + case_key / 7.0) as waiting_elapsed_seconds) from event_log"
        )
        totals.add(str(bottlenecks(log, replicates=5).rows()))
    assert len(totals) == 1
