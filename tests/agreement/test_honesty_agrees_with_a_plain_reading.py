"""The counts of the honesty audit are those of somebody who reads the exports line by line."""

import datetime as dt
import random
from collections import Counter, defaultdict
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from chinese_calendar import is_workday
from support.honest_records import STAGES, published, random_records

from efficacy_analytics.findings.honesty.audit import honesty_checks, honesty_evidence
from efficacy_analytics.findings.honesty.counts import prepare
from efficacy_analytics.settings import HonestySettings

ASKED = HonestySettings()
APPLICANTS = {"application", "resubmission"}
FIRST = dt.date(2024, 1, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(366)]
WORKING_TO = dict(zip(DAYS, accumulate(int(is_workday(day)) for day in DAYS), strict=True))
Counts = dict[str | None, dict[str, int]]


class Reading:
    """The records as a reader holds them: rows, and of each case what the clock has said."""

    def __init__(self, records: dict[str, list[dict[str, Any]]], log: Any) -> None:
        self.cases = {row["case_id"]: row for row in records["cases"]}
        self.verdicts = {row["case_id"]: row for row in log.run("cohort_cases").iter_rows(named=True)}
        of_case: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in records["steps"]:
            of_case[row["case_id"]].append(row)
        self.all_steps = of_case
        self.steps = [row for row in records["steps"] if row["activity"] not in APPLICANTS]
        self.stops = [
            row
            for row in records["clock_stops"]
            if row["kind"] in ("suspension", "expert_review", "extension")
            and not (
                row["kind"] != "extension"
                and row["stopped_until_on"]
                and row["stopped_until_on"] < row["stopped_from_on"]
            )
        ]
        self.as_on = log.run("snapshot_facts")["as_on"].item()

    def department(self, step: dict[str, Any]) -> str | None:
        return step["department"] or self.cases[step["case_id"]]["department"]

    def length(self, case: str, first: dt.date, last: dt.date) -> int:
        """Days after the first up to the last, in the unit of the case's limit."""
        in_working = self.verdicts[case]["limit_unit"] == "working_days"
        return WORKING_TO[last] - WORKING_TO[first] if in_working else (last - first).days

    def extension(self, case: str) -> int:
        rows = {(row["stopped_from_on"], row["stopped_until_on"]) for row in self.stops
                if row["case_id"] == case and row["kind"] == "extension"}  # fmt: skip
        return 2 * len(rows)

    def until(self, case: str) -> dt.date:
        verdict = self.verdicts[case]
        return self.as_on if verdict["is_open"] else verdict["completed_on"]


def summed(rows: Any) -> Counts:
    """Counts by department from (department, name of the count) pairs."""
    counts: Counts = defaultdict(lambda: defaultdict(int))
    for department, name in rows:
        counts[department][name] += 1
    return counts


def told(frame: pl.DataFrame, *keys: str) -> dict[Any, dict[str, int]]:
    """A table of counts, its zeros left out."""
    rows = frame.iter_rows(named=True)
    return {
        tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: kept
        for row in rows
        if (kept := {name: value for name, value in row.items() if name not in keys and value})
    }


def plain_stamps(reading: Reading) -> Counts:
    def names(step: dict[str, Any]) -> list[str]:
        at = step["completed_at"]
        second = at.hour * 3600 + at.minute * 60 + at.second
        is_open = is_workday(at.date()) and 8 * 3600 <= second <= 18 * 3600  # 9 to 17, an hour of grace
        has_start = step["started_at"] is not None
        return [
            "step_count",
            "midnight_count" if second == 0 else "timed_count",
            *["whole_minute_count"] * (second % 60 == 0),
            *["round_count"] * (second > 0 and at.minute in (0, 30)),
            *["outside_count"] * (second > 0 and not is_open),
            *["start_count"] * has_start,
            *["zero_count"] * (step["started_at"] == at),
        ]

    return summed((reading.department(step), name) for step in reading.steps for name in names(step))


def plain_together(reading: Reading, together: int) -> Counts:
    moments = Counter((reading.department(row), row["activity"], row["completed_at"]) for row in reading.steps
                      if row["completed_at"].time() != dt.time())  # fmt: skip
    return summed(
        (key[0], "together_count") for key, count in moments.items() if count >= together for _ in range(count)
    )


def plain_entries(reading: Reading, bulk: int) -> Counts:
    def is_late(step: dict[str, Any]) -> bool:
        done, keyed = step["completed_at"], step["recorded_at"]
        days = WORKING_TO[keyed.date()] - WORKING_TO[done.date()]
        return bool(keyed - done > dt.timedelta(days=1) and days > 1)

    steps = [step for step in reading.steps if step["recorded_at"]]
    hours = Counter(
        (reading.department(row), row["recorded_at"].strftime("%Y-%m-%d %H")) for row in steps if is_late(row)
    )
    counts = summed(
        (reading.department(step), name)
        for step in steps
        for name in (
            "recorded_count",
            *["late_count"] * is_late(step),
            *["early_count"] * (step["completed_at"] - step["recorded_at"] > dt.timedelta(seconds=300)),
        )
    )
    for (department, _), count in hours.items():
        if count >= bulk:
            counts[department]["bulk_count"] += count
    return counts


def plain_cases(reading: Reading, stale_days: int) -> Counts:
    def names(case: str) -> list[str]:
        row, verdict, steps = reading.cases[case], reading.verdicts[case], reading.all_steps[case]
        accepted, applied = row["accepted_at"].date(), row["applied_at"].date() if row["applied_at"] else None
        completed = None if verdict["is_open"] or row["completed_at"] is None else row["completed_at"].date()
        days = {step["completed_at"].date() for step in steps}
        first = min(step["started_at"] or step["completed_at"] for step in steps)
        last = max(step["completed_at"] for step in steps)
        is_old = accepted <= reading.as_on - dt.timedelta(days=stale_days)
        is_stale = max(days) <= reading.as_on - dt.timedelta(days=stale_days)
        early = any(
            STAGES[step["activity"]] in ("decision", "delivery") and step["completed_at"].date() < accepted
            for step in steps
        )
        is_supplemented = any(
            STAGES[step["activity"]] == "supplement" and step["completed_at"].date() <= accepted for step in steps
        )
        is_disordered = (applied is not None and accepted < applied) or (completed is not None and completed < accepted)
        is_withdrawn = row["status"] == "withdrawn"
        has_own = row["accepted_at"] != first or (not verdict["is_open"] and row["completed_at"] != last)
        asked = applied is not None and not is_supplemented
        due, until = verdict["due_on"], reading.as_on if verdict["is_open"] else completed
        gone = is_withdrawn and due is not None and completed is not None and completed >= accepted
        days_due = (until - max(due, accepted)).days if due and until else 0
        return [
            *["withdrawn_count"] * gone,
            *["withdrawn_after_due_count"] * (gone and completed > due),
            *["case_days"] * ((until - accepted).days if due and until else 0),
            *["case_days_after_due"] * days_due,
            "case_count",
            "day_count",
            *["open_count"] * verdict["is_open"],
            *["disorder_count"] * (is_disordered or early),
            *["old_count"] * is_old,
            *["endless_count"] * (verdict["is_open"] and is_old and is_stale),
            *["acceptance_count"] * asked,
            *["accepted_late_count"] * (asked and WORKING_TO[accepted] - WORKING_TO[applied] > 5),
            *["own_days_count"] * (not is_withdrawn and has_own),
            *["unbalanced_count"]
            * (not is_withdrawn and (accepted not in days or (completed is not None and completed not in days))),
        ]

    with_steps = [case for case in reading.cases if reading.all_steps[case]]
    return summed((reading.cases[case]["department"], name) for case in with_steps for name in names(case))


def plain_stops(reading: Reading) -> dict[tuple[str | None, str], dict[str, int]]:
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in reading.stops:
        case = row["case_id"]
        verdict, accepted = reading.verdicts[case], reading.cases[case]["accepted_at"].date()
        of = counts[reading.cases[case]["department"], row["kind"]]
        keyed = row["recorded_at"].date() if row["recorded_at"] else None
        opened = reading.length(case, accepted, keyed or row["stopped_from_on"])
        if row["kind"] != "extension" and opened >= 0:
            of["limited_count"] += 1
            of["warned_count"] += opened >= 0.8 * verdict["limit_days"]
        if keyed:
            lag = WORKING_TO[keyed] - WORKING_TO[row["stopped_from_on"]]
            limit = verdict["limit_days"] + reading.extension(case)
            is_passed = opened > limit >= reading.length(case, accepted, max(row["stopped_from_on"], accepted))
            of["recorded_count"] += 1
            of["dated_back_count"] += lag > 5 or (lag > 1 and is_passed)
    return {key: {name: value for name, value in of.items() if value} for key, of in counts.items()}


def plain_danger(reading: Reading) -> Counts:
    counts: Counts = defaultdict(lambda: defaultdict(int))
    for case, row in reading.cases.items():
        verdict = reading.verdicts.get(case)
        if verdict is None or row["status"] == "withdrawn" or row["is_green_lane"]:
            continue
        length = reading.length(case, row["accepted_at"].date(), reading.until(case))
        if length >= 0:
            of = counts[row["department"]]
            of["case_days"] += length + 1
            of["warned_days"] += sum(day >= 0.8 * verdict["limit_days"] for day in range(length + 1))
    return counts


def rescues(reading: Reading) -> list[tuple[str, str, int]]:
    """The stops that keep a case in time, each as its case, its kind and its days beyond the overrun."""
    found = []
    for row in reading.stops:
        case, verdict = row["case_id"], reading.verdicts[row["case_id"]]
        is_judged = not verdict["is_open"] and verdict["status"] != "withdrawn" and not verdict["is_green_lane"]
        is_judged = is_judged and verdict["is_late"] is not None  # else completed before its acceptance
        if row["kind"] == "extension" or not is_judged or row["stopped_until_on"] is None:
            continue
        begun = max(row["stopped_from_on"], reading.cases[case]["accepted_at"].date())
        last = row["stopped_until_on"]
        length = reading.length(case, begun, last)
        taken = max(0, min(length, reading.length(case, begun, verdict["completed_on"])))
        overrun = verdict["counted_days"] + taken - verdict["limit_days"] - reading.extension(case)
        if overrun > 0 and verdict["is_late"] is False and length >= overrun:
            found.append((case, row["kind"], length - overrun))
    return found


def plain_spare(reading: Reading, most: int) -> dict[tuple[str, str, str | None, int, int], dict[str, int]]:
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    kept = rescues(reading)

    def place(case: str, kind: str | None, spare: int) -> Any:
        verdict = reading.verdicts[case]
        return verdict["department"], verdict["item"], kind, verdict["limit_days"], min(spare, most + 1)

    for case, kind, spare in kept:
        counts[place(case, kind, spare)]["stop_count"] += 1
    for case, verdict in reading.verdicts.items():
        is_judged = not verdict["is_open"] and verdict["status"] != "withdrawn" and not verdict["is_green_lane"]
        if not is_judged or verdict["is_late"] is not False or case in {one for one, _, _ in kept}:
            continue
        spare = verdict["limit_days"] + reading.extension(case) - verdict["counted_days"]
        if spare >= 0:
            counts[place(case, None, spare)]["plain_count"] += 1
    return counts


def plain_reasons(reading: Reading) -> dict[tuple[str, str], dict[str, int]]:
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    for row in reading.stops:
        if row["kind"] != "extension" and row["reason"]:
            counts[reading.cases[row["case_id"]]["department"], row["kind"]][row["reason"]] += 1
    return {key: {"stop_count": sum(of.values()), "modal_count": max(of.values())} for key, of in counts.items()}


def plain_remaining(reading: Reading) -> dict[tuple[str, str, bool, int, dt.date], dict[str, int]]:
    near: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case, verdict in reading.verdicts.items():
        if verdict["is_open"] or verdict["status"] == "withdrawn" or verdict["is_green_lane"]:
            continue
        is_counted = verdict["remaining_days"] is not None  # not of one completed before its acceptance
        if is_counted and verdict["limit_days"] >= 4 and abs(verdict["remaining_days"]) <= 15:
            near[verdict["department"], verdict["item"]].append(case)
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (department, item), cases in near.items():
        on_path = plain_path(reading, cases)
        for case in cases:
            verdict = reading.verdicts[case]
            key = (department, item, case in on_path, verdict["remaining_days"], verdict["completed_on"])
            counts[key]["case_count"] += 1
    return counts


def plain_path(reading: Reading, cases: list[str]) -> set[str]:
    """The cases with the activity that tells most of the days left, if some have it and some do not."""
    left = {case: reading.verdicts[case]["remaining_days"] for case in cases}
    total, days = len(cases), sum(left.values())
    best: tuple[float, str, set[str]] = (-1.0, "", set())
    for activity in {step["activity"] for case in cases for step in reading.all_steps[case]}:
        having = {case for case in cases if any(step["activity"] == activity for step in reading.all_steps[case])}
        some = len(having)
        if some >= 5 and total - some >= 5 and 0.05 * total <= some <= 0.95 * total:
            between = (sum(left[case] for case in having) * total - days * some) ** 2 / (some * (total - some))
            best = max(best, (between, activity, having), key=lambda one: one[:2])
    return best[2]


def plain_period_ends(reading: Reading) -> dict[tuple[str, dt.date], dict[str, int]]:
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for verdict in reading.verdicts.values():
        day = verdict["completed_on"]
        if verdict["is_open"] or verdict["status"] == "withdrawn" or not is_workday(day):
            continue
        month = [one for one in DAYS if (one.year, one.month) == (day.year, day.month) and is_workday(one)]
        if month[-1] <= reading.as_on:
            of = counts[verdict["department"], day.replace(day=1)]
            of["completed_count"] += 1
            of["last_day_count"] += day == month[-1]
            of["month_working_days"] = len(month)
    return {key: {name: value for name, value in of.items() if value} for key, of in counts.items()}


def check_the_counts(seed: int, folder: Path) -> None:
    records = random_records(random.Random(seed))
    with published(folder, **records) as log:
        prepare(log)
        reading = Reading(records, log)
        assert told(log.run("honesty_stamps"), "department") == plain_stamps(reading)
        assert told(log.run("honesty_same_second", together=2), "department") == plain_together(reading, 2)
        assert told(log.run("honesty_entries", bulk_entry_count=2), "department") == plain_entries(reading, 2)
        assert told(log.run("honesty_case_counts"), "department") == plain_cases(reading, ASKED.stale_days)
        stops = told(log.run("honesty_stop_counts"), "department", "kind")
        assert stops == {key: of for key, of in plain_stops(reading).items() if of}
        danger = log.run("honesty_danger", warning_share=0.8)
        assert told(danger, "department") == {
            key: {k: v for k, v in of.items() if v} for key, of in plain_danger(reading).items()
        }
        of_stops = ("department", "item", "kind", "span_days", "spare_days")
        assert told(log.run("honesty_spare", most_days=4), *of_stops) == plain_spare(reading, 4)
        assert told(log.run("honesty_reason_counts"), "department", "kind") == plain_reasons(reading)
        near = log.run("honesty_remaining", most_days=15)
        keys = ("department", "item", "is_by_path", "remaining_days", "completed_on")
        assert told(near, *keys) == plain_remaining(reading)
        assert told(log.run("honesty_period_ends"), "department", "month") == plain_period_ends(reading)


@pytest.mark.parametrize("seed", range(1))
def test_sql_counts_what_a_reader_would_count(seed, tmp_path):
    check_the_counts(seed, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 60))
def test_sql_counts_what_a_reader_would_count_for_more_seeds(seed, tmp_path):
    check_the_counts(seed, tmp_path)


def test_there_is_evidence_for_every_row_that_is_counted(tmp_path):
    records = random_records(random.Random(100), case_count=30)  # fewer rows of a check than are kept as evidence
    with published(tmp_path, **records) as log:
        checks = honesty_checks(log)
        found = honesty_evidence(log).group_by("code").len()
    rows = dict(found.rows())
    counted = dict(checks.group_by("code").agg(pl.col("count").sum()).rows())
    most = ASKED.evidence_rows * 3  # departments
    for code in ("H01", "H03", "H05", "H06", "H08", "H09", "H10", "H11", "H13"):
        assert rows.get(code, 0) == min(counted[code], most) or counted[code] > ASKED.evidence_rows
