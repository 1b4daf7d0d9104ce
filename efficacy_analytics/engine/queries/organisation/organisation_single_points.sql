-- organisation_single_points: desks that hang on one officer, and the days files lay there while the officer was away
-- from:   cohort_events, calendar
-- param:  least_share DOUBLE     an officer with more than this share of a desk's steps
-- param:  fewest_steps BIGINT    desks with fewer steps are left out
-- out:    department VARCHAR, activity VARCHAR, resource VARCHAR, event_count BIGINT, resource_share DOUBLE
-- out:    resource_count BIGINT, absent_days BIGINT, idle_days BIGINT, idle_case_days BIGINT
-- A desk is an activity of a department. Away: a working day (of every calendar of the snapshot), between the officer's
-- first and last day in the cohort, on which the officer completes nothing. A file lies there on the days after the
-- latest earlier completion of its case and before the completion of the step.
with placed as (
    select
        department,
        activity,
        resource,
        completed_on,
        max(completed_on) over (
            partition by case_key order by event_number rows between unbounded preceding and 1 preceding
        ) as enabled_on
    from cohort_events
),

shared as (
    select department, activity, resource, count(*) as own_count
    from placed
    where resource is not null and department is not null
    group by department, activity, resource
),

desks as (
    select
        department,
        activity,
        first(resource order by own_count desc, cast(resource as varchar)) as resource,
        cast(sum(own_count) as bigint) as event_count,
        max(own_count) / sum(own_count) as resource_share,
        count(*) as resource_count
    from shared
    group by department, activity
    having max(own_count) / sum(own_count) > cast($least_share as double)
       and sum(own_count) >= cast($fewest_steps as bigint)
),

officers as (
    select resource, min(completed_on) as first_on, max(completed_on) as last_on
    from cohort_events
    where resource in (select resource from desks)
    group by resource
),

working_days as (
    select day from calendar group by day having bool_and(is_working_day)
),

absences as (
    select officers.resource, working_days.day
    from officers
    inner join working_days on working_days.day between officers.first_on and officers.last_on
    where not exists (
        select 1
        from cohort_events
        where cohort_events.resource = officers.resource and cohort_events.completed_on = working_days.day
    )
),

lying as (
    select placed.department, placed.activity, cast(placed.enabled_on + 1 as date) as from_on, completed_on as until_on
    from placed
    inner join desks on desks.department = placed.department and desks.activity = placed.activity
    where placed.completed_on > placed.enabled_on + 1
),

idle as (
    select desks.department, desks.activity, absences.day, count(*) as file_count
    from desks
    inner join absences on absences.resource = desks.resource
    inner join lying
        on lying.department = desks.department
        and lying.activity = desks.activity
        and absences.day >= lying.from_on
        and absences.day < lying.until_on
    group by desks.department, desks.activity, absences.day
),

idle_counts as (
    select department, activity, count(*) as idle_days, cast(sum(file_count) as bigint) as idle_case_days
    from idle
    group by department, activity
),

absence_counts as (
    select resource, count(*) as absent_days from absences group by resource
)

select
    cast(desks.department as varchar) as department,
    cast(desks.activity as varchar) as activity,
    cast(desks.resource as varchar) as resource,
    desks.event_count,
    desks.resource_share,
    desks.resource_count,
    coalesce(absence_counts.absent_days, 0) as absent_days,
    coalesce(idle_counts.idle_days, 0) as idle_days,
    coalesce(idle_counts.idle_case_days, 0) as idle_case_days
from desks
left join idle_counts on idle_counts.department = desks.department and idle_counts.activity = desks.activity
left join absence_counts on absence_counts.resource = desks.resource
order by idle_case_days desc, department, activity
