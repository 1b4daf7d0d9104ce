"""Accounts that no single officer can be: machines that remind or approve, and accounts of a crowd.

Such an account is never busy and is not asked to explain its stamps: who waits does not wait for it, and its steps are
no evidence of how a department keeps its records.

An account that a few officers share is not among them. It looks like one busy officer: officers too have several files
open at once, so that neither the number of its steps nor their overlaps tell it apart.
"""

from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

MOST_STEPS_A_DAY: Final = 200.0
FEWEST_STEPS: Final = 5
"""Of accounts with fewer steps nothing is said."""
REST_HOURS: Final = 6
"""Who works in shifts, or is on call for a day and a night, pauses so long within two days."""
MOST_UNRESTED_DAYS: Final = 5.0
REASONS: Final = ("too_many_steps", "by_night", "round_the_clock")


@question
def machine_accounts(log: Session, *, most_steps_a_day: float = MOST_STEPS_A_DAY) -> pl.DataFrame:
    """Accounts that no single officer can be, in the whole snapshot, whatever the cohort.

    Args:
        log: the engine of a cohort.
        most_steps_a_day: an account with more steps on the average of the days on which it did anything is no officer.

    Returns:
        One row per account, most steps first: `resource`, `step_count`, `day_count` (on which it did anything),
        `steps_a_day`, `night_share` (of its steps that tell a time of day, those from 22:00 to 06:00), `unrested_days`
        (days in stretches of two days and more in which no two steps lie `REST_HOURS` hours apart) and `reason`, the
        first that applies: `too_many_steps`, `by_night` (99 % of its steps), `round_the_clock` (`MOST_UNRESTED_DAYS`
        unrested days or more). Accounts with fewer than `FEWEST_STEPS` steps are left out.
    """
    find_machine_accounts(log, most_steps_a_day=most_steps_a_day)
    return log.run("organisation_account_list")


def find_machine_accounts(log: Session, *, most_steps_a_day: float = MOST_STEPS_A_DAY) -> None:
    """Makes the temporary table `machine_accounts`, columns as `machine_accounts` gives them."""
    if "deliveries" in log.tables():
        zones = log.run("organisation_account_zones")
    else:
        zones = pl.DataFrame({"first_case_key": [0], "time_zone": ["UTC"]})
    log.put_temporary("account_zones", zones)
    log.build(
        "organisation_accounts", most_steps_a_day=most_steps_a_day, fewest_steps=FEWEST_STEPS,
        rest_hours=REST_HOURS, most_unrested_days=MOST_UNRESTED_DAYS,
    )  # fmt: skip
