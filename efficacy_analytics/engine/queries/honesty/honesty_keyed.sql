-- honesty_keyed: when each step was keyed in against when it was completed, as a temporary view
-- from:   honesty_settings, honesty_steps, honesty_days, event_recordings
create or replace temp view honesty_keyed as
with lagging as (
    select
        steps.case_key,
        steps.event_number,
        steps.department,
        steps.activity,
        steps.completed_on,
        steps.calendar_number,
        ended.working_days_to,
        ended.time_zone,
        keyed.recorded_at,
        epoch(keyed.recorded_at) - epoch(steps.completed_at) as lag_seconds,
        case
            when keyed.recorded_at > steps.completed_at + to_days(1)
                then cast(timezone(ended.time_zone, keyed.recorded_at) as date)
        end as late_on
    from honesty_steps as steps
    inner join event_recordings as keyed using (case_key, event_number)
    inner join honesty_days as ended
        on ended.calendar_number = steps.calendar_number and ended.day = steps.completed_on
)

select
    lagging.*,
    epoch_us(lagging.recorded_at) // 3600000000 as keyed_hour,
    cast(timezone(lagging.time_zone, lagging.recorded_at) as date) as keyed_on,
    coalesce(
        days.working_days_to - lagging.working_days_to > (select late_entry_working_days from honesty_settings), false
    ) as is_late_entry,
    lagging.lag_seconds < -(select early_entry_seconds from honesty_settings) as is_early_entry
from lagging
left join honesty_days as days on days.calendar_number = lagging.calendar_number and days.day = lagging.late_on;
