-- organisation_accounts: accounts that no single officer can be, as a temporary table
-- from:   event_log, account_zones
-- param:  most_steps_a_day DOUBLE  more on an average day on which anything was done are no person's
-- param:  fewest_steps BIGINT      of accounts with fewer nothing is said
-- Night is 22:00 to 06:00 local time; stamps at midnight exactly tell no time of day. Round the clock: in 20
-- hours of the day, with a hundred steps or more.
create or replace temp table machine_accounts as
with timed as (
    select
        events.resource,
        events.completed_on,
        epoch_us(timezone(zones.time_zone, events.completed_at)) - epoch_us(cast(events.completed_on as timestamp)) as day_us
    from event_log as events
    asof inner join account_zones as zones on zones.first_case_key <= events.case_key
    where events.resource is not null
),

hours as (
    select
        resource,
        completed_on,
        if(day_us = 0, null, day_us // 3600000000) as hour,
        count(*) as step_count
    from timed
    group by all
),

by_hour as (
    select resource, hour, sum(step_count) as step_count
    from hours
    where hour is not null
    group by resource, hour
),

spread as (
    select
        resource,
        sum(step_count) as timed_count,
        coalesce(sum(step_count) filter (where hour >= 22 or hour < 6), 0) as night_count,
        list(step_count) as hour_counts
    from by_hour
    group by resource
),

accounts as (
    select
        hours.resource,
        cast(sum(hours.step_count) as bigint) as step_count,
        count(distinct hours.completed_on) as day_count
    from hours
    group by hours.resource
),

judged as (
    select
        cast(accounts.resource as varchar) as resource,
        accounts.step_count,
        accounts.day_count,
        accounts.step_count / accounts.day_count as steps_a_day,
        spread.night_count / nullif(spread.timed_count, 0) as night_share,
        case
            when accounts.step_count / accounts.day_count > cast($most_steps_a_day as double) then 'too_many_steps'
            when spread.night_count >= 0.99 * spread.timed_count then 'by_night'
            when len(list_filter(spread.hour_counts, lambda each: each >= 0.01 * spread.timed_count)) >= 20
                and spread.timed_count >= 100
                then 'round_the_clock'
        end as reason
    from accounts
    left join spread using (resource)
    where accounts.step_count >= cast($fewest_steps as bigint)
)

select resource, step_count, day_count, steps_a_day, night_share, reason
from judged
where reason is not null
order by step_count desc, resource;
