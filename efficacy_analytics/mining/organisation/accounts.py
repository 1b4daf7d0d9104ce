"""Accounts that no single officer can be: machines that remind or approve, and accounts of a crowd.

Such an account is never busy and is not asked to explain its stamps: who waits does not wait for it, and its steps are
no evidence of how a department keeps its records.

An account that a few officers share is told by work that overlaps: steps begun and done within one day, of which one
begins before another is done. That is no evidence where officers usually have several steps at work at once, so
nothing is said unless half of the accounts hardly ever do; nor where starts are not recorded.
"""

from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question_of_snapshot
from efficacy_analytics.engine.session import Session

MOST_STEPS_A_DAY: Final = 200.0
FEWEST_STEPS: Final = 5
"""Of accounts with fewer steps nothing is said."""
REST_HOURS: Final = 6
"""Who works in shifts, or is on call for a day and a night, pauses so long within two days."""
MOST_UNRESTED_DAYS: Final = 5.0
FEWEST_WITHIN_A_DAY: Final = 30
FEWEST_ACCOUNTS: Final = 8
USUAL_OVERLAP_SHARE: Final = 0.01
MOST_OVERLAP_SHARE: Final = 0.1
"""An account of which so many steps overlap, where half of eight or more accounts overlap in at most 1 % of theirs."""
REASONS: Final = ("too_many_steps", "by_night", "round_the_clock", "several_at_once")


@question_of_snapshot
def machine_accounts(log: Session, *, most_steps_a_day: float = MOST_STEPS_A_DAY) -> pl.DataFrame:
    """Accounts that no single officer can be, in the whole snapshot, whatever the cohort.

    Args:
        log: the engine of a cohort.
        most_steps_a_day: an account with more steps on the average of the days on which it did anything is no officer.

    Returns:
        One row per account, most steps first: `resource`, `step_count`, `day_count` (on which it did anything),
        `steps_a_day`, `night_share` (of its steps that tell a time of day, those from 22:00 to 06:00), `unrested_days`
        (days in stretches of two days and more in which no two steps lie `REST_HOURS` hours apart), `overlap_share` (of
        its steps begun and done within a day, those that begin while another is at work; null with fewer than 30) and
        `reason`, the first that applies: `too_many_steps`, `by_night` (99 % of its steps), `round_the_clock`
        (`MOST_UNRESTED_DAYS` unrested days or more), `several_at_once` (a tenth of its steps overlap, where half of at
        least eight accounts overlap in at most 1 % of theirs). Accounts with fewer than `FEWEST_STEPS` steps are left
        out.
    """
    if "deliveries" in log.tables():
        zones = log.run("organisation_account_zones")
    else:
        zones = pl.DataFrame({"first_case_key": [0], "time_zone": ["UTC"]})
    log.put_temporary("account_zones", zones)
    log.build("organisation_account_days")
    log.build(
        "organisation_account_overlaps",
        fewest_steps=FEWEST_WITHIN_A_DAY,
        fewest_accounts=FEWEST_ACCOUNTS,
        usual_share=USUAL_OVERLAP_SHARE,
        most_share=MOST_OVERLAP_SHARE,
    )
    return log.run(
        "organisation_accounts", most_steps_a_day=most_steps_a_day, fewest_steps=FEWEST_STEPS,
        rest_hours=REST_HOURS, most_unrested_days=MOST_UNRESTED_DAYS,
    )  # fmt: skip


def find_machine_accounts(log: Session, *, most_steps_a_day: float = MOST_STEPS_A_DAY) -> None:
    """Makes the temporary table `machine_accounts`, columns as `machine_accounts` gives them."""
    log.put_temporary("machine_accounts", machine_accounts(log, most_steps_a_day=most_steps_a_day))
