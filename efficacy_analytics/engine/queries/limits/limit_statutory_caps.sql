-- limit_statutory_caps: the longest limit in another unit that never ends after the statutory one, whatever the day of acceptance
-- from:   cohort_cases, calendar
-- out:    statutory_days INTEGER, statutory_unit VARCHAR, counted_unit VARCHAR, statutory_cap_days INTEGER
-- Tried on every day of the snapshot's calendars from which the statutory limit ends within them. The statutory limit is taken
-- not to move off a rest day; one in hours, not to reach the day on which it ends. Where the units are alike the limit
-- itself is the cap; no row where no day can be tried.
with asked as (
    select distinct
        cast(statutory_length as integer) as statutory_days,
        cast(statutory_unit as varchar) as statutory_unit,
        cast(counted_unit as varchar) as counted_unit
    from cohort_cases
    where statutory_length >= 0 and statutory_unit is not null and counted_unit is not null
),

begun as (
    select
        asked.*,
        calendar.calendar_number,
        calendar.day,
        calendar.working_days_to,
        case asked.statutory_unit
            when 'calendar_days' then calendar.day + asked.statutory_days
            when 'months' then cast(calendar.day + to_months(asked.statutory_days) as date)
            when 'hours' then calendar.day + (asked.statutory_days // 24 - 1)
        end as statutory_due_on,
        calendar.working_days_to + asked.statutory_days as statutory_reading
    from asked
    cross join calendar
    where asked.statutory_unit not in (asked.counted_unit, 'working_days', 'on_the_spot', 'unknown')
       or asked.statutory_unit = 'working_days' and asked.counted_unit in ('calendar_days', 'hours')
),

due as (
    select
        begun.*,
        coalesce(begun.statutory_due_on, reached.day) as due_on
    from begun
    left join calendar as reached
        on begun.statutory_unit = 'working_days'
        and reached.calendar_number = begun.calendar_number
        and reached.working_days_to = begun.statutory_reading
        and reached.is_working_day
),

tried as (
    select
        due.statutory_days,
        due.statutory_unit,
        due.counted_unit,
        case due.counted_unit
            when 'working_days' then ended.working_days_to - due.working_days_to
            when 'calendar_days' then due.due_on - due.day
            when 'hours' then 24 * (due.due_on - due.day)
        end as days
    from due
    inner join calendar as ended on ended.calendar_number = due.calendar_number and ended.day = due.due_on
)

select
    statutory_days,
    statutory_unit,
    counted_unit,
    cast(greatest(0, min(days)) as integer) as statutory_cap_days
from tried
group by statutory_days, statutory_unit, counted_unit
union all
select
    statutory_days,
    statutory_unit,
    counted_unit,
    if(statutory_unit = 'on_the_spot', 0, statutory_days) as statutory_cap_days
from asked
where statutory_unit = counted_unit or statutory_unit = 'on_the_spot'
order by statutory_days, statutory_unit, counted_unit
