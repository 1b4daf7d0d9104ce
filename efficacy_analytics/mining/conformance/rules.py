"""Which declared rules the cases break, and where.

The rules are rows of the lake's `reference/rules.csv`. Six kinds are known: **four_eyes** (an activity by an officer
who also did the other one in the same case), **precedence** (an activity without the other before it), **response** (an
activity without the other after it), **absence** (an activity more often than `most_count`, by default at all),
**existence** (a case without the activity) and **own_department** (an activity by another department than the one that
answers for the case: received at the window, decided elsewhere). `a|b` names alternatives.

Source: M. Pesic, H. Schonenberg, W. M. P. van der Aalst, "DECLARE: Full Support for Loosely-Structured Processes",
EDOC 2007 (the kinds of rules).
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.mining.declared import rules as declared_rules


@question
def rules(log: Session) -> pl.DataFrame:
    """Each rule with the cases it judges and those that break it.

    What may still come is not missed: existence and response judge cases that are neither open nor withdrawn. Four eyes
    judges cases where both officers are known; precedence and response those that have the activity; own department
    those in which the department of both the activity and the case is known.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.

    Returns:
        One row per rule, in the order declared: `rule`, `kind`, `case_count` (judged), `violating_case_count`,
        `violation_count`, `violating_case_share` (null where no case is judged), `name_zh`, `name_en`, `source_zh`,
        `source_en`.

    Raises:
        CallError: a rule cannot be read.
    """
    _mark(log)
    return log.run("rule_summary")


@question
def rule_violations(log: Session) -> pl.DataFrame:
    """Each violation of each rule, with its case and event.

    Returns:
        One row per violation, in the order of rules, cases and events: `rule`, `case_key`, `case_id`, `event_number`
        (null where something never happened), `department`, `item`, `activity`, `resource`, `completed_on`,
        `other_event_number` and `other_activity` (what the same officer did, for four eyes).

    Raises:
        CallError: a rule cannot be read.
    """
    _mark(log)
    return log.run("rule_violations")


def _mark(log: Session) -> None:
    log.put_temporary("declared_rules", declared_rules(log).with_row_index("rule_number"))
    log.build("rule_marks")
