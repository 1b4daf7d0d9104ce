-- organisation_account_overlaps: accounts under which several steps are at work at once, as a temporary table
-- from:   event_log, account_days
-- param:  fewest_steps BIGINT    of accounts with fewer steps begun and done within a day nothing is said
-- param:  fewest_accounts BIGINT of fewer accounts it is not known what is usual
-- param:  usual_share DOUBLE     half of the accounts overlap in no larger a share of their steps
-- param:  most_share DOUBLE      from this share on an account is no person's
-- A step that lasts over a night is an open file and no work; only those begun and done on one local day are looked at.
-- A step overlaps where it begins before one that the account began earlier is done; of steps begun in one moment all but
-- one do, whichever comes first.
create or replace temp table account_overlaps as
with within_day as (
    select events.resource, events.started_at, events.completed_at
    from event_log as events
    inner join account_days as days
        on days.day = events.completed_on
        and events.case_key >= days.first_case_key
        and events.case_key < days.until_case_key
    where events.resource is not null
        and events.is_start_recorded
        and events.started_at < events.completed_at
        and if(
            days.is_plain,
            events.started_at >= days.begins_at and events.started_at < days.ends_at,
            cast(timezone(days.time_zone, events.started_at) as date) = events.completed_on
        )
),

placed as (
    select
        resource,
        started_at,
        max(completed_at) over (
            partition by resource order by started_at rows between unbounded preceding and 1 preceding
        ) as busy_until
    from within_day
),

accounts as (
    select
        cast(resource as varchar) as resource,
        count(*) as within_day_count,
        count(*) filter (where busy_until > started_at) / count(*) as overlap_share
    from placed
    group by resource
    having count(*) >= cast($fewest_steps as bigint)
),

usual as (
    select median(overlap_share) as overlap_share, count(*) as account_count from accounts
)

select
    accounts.resource,
    accounts.overlap_share,
    accounts.overlap_share >= cast($most_share as double)
        and usual.overlap_share <= cast($usual_share as double)
        and usual.account_count >= cast($fewest_accounts as bigint) as is_of_several
from accounts
cross join usual;
