-- organisation_accounts: accounts that no single officer can be
-- from:   event_log, account_days, account_overlaps
-- param:  most_steps_a_day DOUBLE  more on an average day on which anything was done are no person's
-- param:  fewest_steps BIGINT      of accounts with fewer nothing is said
-- param:  rest_hours BIGINT        a person pauses so long within two days
-- param:  most_unrested_days DOUBLE as many days without such a pause are no person's
-- out:    resource VARCHAR, step_count BIGINT, day_count BIGINT, steps_a_day DOUBLE, night_share DOUBLE
-- out:    unrested_days DOUBLE, overlap_share DOUBLE, reason VARCHAR
-- Night is 22:00 to 06:00 local time; stamps at midnight exactly tell no time of day. Round the clock: two days and
-- more on end without a rest, for some days in all; within two days without one there is a step of the night.
with timed as (
    select
        events.resource,
        events.completed_on,
        events.completed_at,
        if(
            days.is_plain and events.completed_at >= days.begins_at and events.completed_at < days.ends_at,
            epoch_us(events.completed_at) - epoch_us(days.begins_at),
            epoch_us(timezone(days.time_zone, events.completed_at)) - epoch_us(cast(events.completed_on as timestamp))
        ) as day_us
    from event_log as events
    inner join account_days as days
        on days.day = events.completed_on
        and events.case_key >= days.first_case_key
        and events.case_key < days.until_case_key
    where events.resource is not null
),

days as (
    select
        resource,
        completed_on,
        count(*) as step_count,
        count(*) filter (where day_us <> 0) as timed_count,
        count(*) filter (where day_us <> 0 and (day_us // 3600000000 >= 22 or day_us // 3600000000 < 6)) as night_count
    from timed
    group by resource, completed_on
),

accounts as (
    select
        resource,
        cast(sum(step_count) as bigint) as step_count,
        count(*) as day_count,
        sum(timed_count) as timed_count,
        sum(night_count) as night_count
    from days
    group by resource
),

moments as (
    select distinct resource, completed_at
    from timed
    where day_us > 0 and resource in (select resource from accounts where night_count > 0)
),

pauses as (
    select
        resource,
        completed_at,
        completed_at - lag(completed_at) over by_time >= to_hours(cast($rest_hours as bigint)) as is_rested
    from moments
    window by_time as (partition by resource order by completed_at)
),

numbered as (
    select
        resource,
        completed_at,
        sum(cast(coalesce(is_rested, false) as integer)) over (
            partition by resource order by completed_at rows between unbounded preceding and current row
        ) as stretch
    from pauses
),

stretches as (
    select resource, (epoch_us(max(completed_at)) - epoch_us(min(completed_at))) / 86400000000.0 as day_length
    from numbered
    group by resource, stretch
),

unrested as (
    select resource, sum(day_length) filter (where day_length >= 2) as unrested_days
    from stretches
    group by resource
),

judged as (
    select
        cast(accounts.resource as varchar) as resource,
        accounts.step_count,
        accounts.day_count,
        accounts.step_count / accounts.day_count as steps_a_day,
        accounts.night_count / nullif(accounts.timed_count, 0) as night_share,
        coalesce(unrested.unrested_days, 0) as unrested_days,
        case
            when accounts.step_count / accounts.day_count > cast($most_steps_a_day as double) then 'too_many_steps'
            when accounts.timed_count > 0 and accounts.night_count >= 0.99 * accounts.timed_count then 'by_night'
            when unrested.unrested_days >= cast($most_unrested_days as double) then 'round_the_clock'
            when shared.is_of_several then 'several_at_once'
        end as reason,
        shared.overlap_share
    from accounts
    left join unrested using (resource)
    left join account_overlaps as shared on shared.resource = cast(accounts.resource as varchar)
    where accounts.step_count >= cast($fewest_steps as bigint)
)

select resource, step_count, day_count, steps_a_day, night_share, unrested_days, overlap_share, reason
from judged
where reason is not null
order by step_count desc, resource
