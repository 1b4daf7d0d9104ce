-- organisation_account_days: when each local day begins and ends, of each stretch of cases with one time zone, as a temporary table
-- from:   event_log, account_zones
--
-- Where this day and those beside it have 24 hours, what lies between its ends is of this day, and its time of day is
-- what has passed since its beginning (`is_plain`). Any other day is read on the zone's clock.
create or replace temp table account_days as
with zones as (
    select
        time_zone,
        first_case_key,
        lead(first_case_key) over (order by first_case_key) as next_first_case_key
    from account_zones
),

span as (
    select min(completed_on) - 1 as first_on, max(completed_on) + 1 as last_on from event_log
),

days as (
    select cast(unnest(generate_series(first_on, last_on, interval 1 day)) as date) as day from span
),

read as (
    select
        days.day,
        zones.time_zone,
        zones.first_case_key,
        coalesce(zones.next_first_case_key, 9223372036854775807) as until_case_key,
        timezone(zones.time_zone, cast(days.day as timestamp)) as begins_at,
        timezone(zones.time_zone, cast(days.day + 1 as timestamp)) as ends_at
    from days
    cross join zones
)

select
    day,
    time_zone,
    first_case_key,
    until_case_key,
    begins_at,
    ends_at,
    bool_and(epoch_us(ends_at) - epoch_us(begins_at) = 86400000000) over (
        partition by first_case_key order by day rows between 1 preceding and 1 following
    ) as is_plain
from read
order by first_case_key, day;
