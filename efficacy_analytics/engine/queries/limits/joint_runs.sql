-- joint_runs: how long cases took over the steps of a group done one after the other, and how long side by side
-- from:   cohort_cases, cohort_events, joint_group
-- out:    group_number INTEGER, series_days INTEGER, parallel_days INTEGER, counted_days INTEGER, case_count BIGINT
--
-- A run is a stretch of at least two different steps of a group that follow one another with nothing between them. Side
-- by side all begin when the first could; a step that is repeated in a run stays behind itself. Runs in which steps overlap
-- already save nothing. Completed cases counted in working days that have a run; steps before acceptance are left out.
with clocked as (
    select case_key, accepted_on, completed_on, counted_days
    from cohort_cases
    where not is_open
      and counted_days is not null
      and coalesce(limit_unit, 'working_days') in ('working_days', 'on_the_spot')
),

lasting as (
    select
        events.case_key,
        events.event_number,
        cast(events.activity as varchar) as activity,
        coalesce(events.waiting_counted_days, 0) + coalesce(events.service_counted_days, 0) as lasts,
        events.started_at < max(events.completed_at) over earlier as is_overlap
    from cohort_events as events
    inner join clocked using (case_key)
    where events.completed_on <= clocked.completed_on
    window earlier as (
        partition by events.case_key order by events.event_number rows between unbounded preceding and 1 preceding
    )
    qualify max(events.completed_on) over earlier >= clocked.accepted_on
),

placed as (
    select
        joint_group.group_number,
        lasting.*,
        event_number - row_number() over (
            partition by joint_group.group_number, case_key order by event_number
        ) as run
    from lasting
    inner join joint_group using (activity)
),

of_each as (
    select
        group_number,
        case_key,
        run,
        activity,
        sum(lasts) as lasts,
        min(event_number) as first_number,
        max(event_number) filter (where is_overlap) as overlap_number
    from placed
    group by group_number, case_key, run, activity
),

runs as (
    select
        group_number,
        case_key,
        sum(lasts) as series_days,
        if(coalesce(max(overlap_number) > min(first_number), false), sum(lasts), max(lasts)) as parallel_days
    from of_each
    group by group_number, case_key, run
    having count(*) > 1
),

cases as (
    select group_number, case_key, sum(series_days) as series_days, sum(parallel_days) as parallel_days
    from runs
    group by group_number, case_key
)

select
    cases.group_number,
    cast(cases.series_days as integer) as series_days,
    cast(greatest(cases.parallel_days, cases.series_days - clocked.counted_days) as integer) as parallel_days,
    cast(clocked.counted_days as integer) as counted_days,
    count(*) as case_count
from cases
inner join clocked using (case_key)
group by 1, 2, 3, 4
order by 1, 2, 3, 4
