"""What was answered is not computed again: for a cohort, and what concerns the whole snapshot for all cohorts of it."""

from support.small_city import small_city

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import EVERYTHING, Cohort, open_beside, open_log
from efficacy_analytics.findings.limits.backtests import limit_backtests
from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.mining.organisation.accounts import machine_accounts
from efficacy_analytics.settings import settings


def asked(log: Session, query: str) -> int:
    """How often a query was run."""
    return log.plan.count(query)


def test_accounts_that_are_no_officers_are_looked_for_once_for_all_cohorts_of_a_snapshot() -> None:
    with (
        open_log(small_city()[0], Cohort(department="D01"), in_force=settings()) as log,
        open_beside(log, EVERYTHING) as beside,
    ):
        first, second = machine_accounts(log), machine_accounts(beside)
        other = machine_accounts(beside, most_steps_a_day=1.0)
    assert first.equals(second)
    assert (asked(log, "organisation_accounts"), asked(beside, "organisation_accounts")) == (1, 1)
    assert other.height > first.height  # another question has another answer


def test_an_option_left_out_and_one_given_as_it_is_by_default_are_the_same_question() -> None:
    with open_log(small_city()[0], in_force=settings()) as log:
        limits(log)
        answered = len(log.answers)
        limit_backtests(log, item_count=1)
        assert len(log.answers) == answered
        limit_backtests(log, item_count=2)
        assert len(log.answers) > answered


def test_what_does_not_depend_on_the_day_is_laid_out_once_for_all_days_that_limits_are_tried_on() -> None:
    with open_log(small_city()[0], in_force=settings()) as log:
        before = log.tables()
        limit_backtests(log, every="month")
        assert asked(log, "limit_times_known") > 2
        assert (asked(log, "clock_days"), asked(log, "clock_verdicts")) == (1, 1)
        assert log.tables() == before
