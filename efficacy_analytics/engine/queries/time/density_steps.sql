-- density_steps: every step of the cohort as its group and its place in time and among the cases, as a temporary table
-- from:   cohort_events, step_group (activity, step)
-- param:  against VARCHAR        calendar (when it was) or acceptance (how long after the case began)
-- param:  time_bins INTEGER      at most this many stretches of time, all of the same number of whole hours
-- param:  case_bins INTEGER      into how many equal parts the cases are divided, those that began first at the top
-- out:    step VARCHAR, time_bin BIGINT, case_bin BIGINT, at_hours BIGINT, width_hours BIGINT
create or replace temporary table density_step as
with firsts as (
    select case_key, min(epoch_us(started_at)) as first_us
    from cohort_events
    group by case_key
),

begun as (
    select
        case_key,
        first_us,
        ntile(cast($case_bins as integer)) over (order by first_us, case_key) - 1 as case_bin
    from firsts
),

moments as (
    select
        coalesce(step_group.step, cast(events.activity as varchar)) as step,
        begun.case_bin,
        epoch_us(events.completed_at)
        - if(cast($against as varchar) = 'calendar', 0, begun.first_us) as moment_us
    from cohort_events as events
    inner join begun using (case_key)
    left join step_group on step_group.activity = cast(events.activity as varchar)
),

bounds as (
    select
        min(moment_us) // 3600000000 as first_hour,
        greatest(
            1,
            cast(ceil(
                (max(moment_us) // 3600000000 - min(moment_us) // 3600000000 + 1) / cast($time_bins as integer)
            ) as bigint)
        ) as width_hours
    from moments
)

select
    step,
    case_bin,
    (moment_us // 3600000000 - first_hour) // width_hours as time_bin,
    first_hour + (moment_us // 3600000000 - first_hour) // width_hours * width_hours as at_hours,
    width_hours
from moments
cross join bounds;
