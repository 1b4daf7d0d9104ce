"""Who decided which case in how many counted days, as a reader would find it in the snapshot."""

from collections import Counter

from support.small_city import small_city

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.comparison.officers import officer_dispersion
from efficacy_analytics.mining.organisation.accounts import find_machine_accounts


def test_the_officer_of_a_case_is_who_did_its_last_step_by_its_completion() -> None:
    with open_log(small_city()[0]) as log:
        events = log.sql("select case_key, event_number, resource, completed_at from cohort_events order by all")
        cases = {row["case_key"]: row for row in log.run("cohort_cases").iter_rows(named=True)}
        find_machine_accounts(log)
        machines = set(log.sql("select resource from machine_accounts")["resource"])
        decided: dict[int, str] = {}
        for row in events.sort("case_key", "event_number").iter_rows(named=True):
            done = cases[row["case_key"]]["completed_at"]
            if row["resource"] and row["resource"] not in machines and done and row["completed_at"] <= done:
                decided[row["case_key"]] = row["resource"]
        expected: Counter[tuple[object, ...]] = Counter()
        for key, officer in decided.items():
            case = cases[key]
            is_counted = case["is_under_clock"] and case["counted_days"] is not None
            if is_counted and not case["is_open"] and case["department"] and case["item"]:
                expected[case["department"], case["item"], officer, case["counted_days"]] += 1
        found: Counter[tuple[object, ...]] = Counter()
        for row in log.run("comparison_officers").iter_rows(named=True):
            found[row["department"], row["item"], row["officer"], row["counted_days"]] += row["case_count"]
        assert found == expected
        told = officer_dispersion(log)
        assert told["department"].to_list() == sorted({str(department) for department, *_ in expected})
        assert (told["between_officers_share"].is_null() == told["not_told_because"].is_not_null()).all()
