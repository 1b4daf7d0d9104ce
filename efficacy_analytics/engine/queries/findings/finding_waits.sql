-- finding_waits: every wait before a step, and the segments they belong to, as temporary tables
-- from:   cohort_cases, cohort_events
-- param:  clock VARCHAR            elapsed or open
-- param:  by_department BOOLEAN    a segment of its own for each department
-- out:    case_key BIGINT, segment BIGINT, waiting_seconds BIGINT
-- A segment leads from one step to the next of its case; its wait lies on the row of the next. The department
-- is that of the step waited for, else that of the case. What lies between two steps is waiting only where
-- the start of the next was recorded. Totals are added as decimals: the same in whatever order threads add them.
create or replace temporary table finding_wait as
with followed as (
    select
        case_key,
        lag(activity) over (partition by case_key order by event_number) as activity,
        activity as next_activity,
        department,
        coalesce(is_start_recorded, false) as is_start_recorded,
        if(cast($clock as varchar) = 'open', waiting_open_seconds, waiting_elapsed_seconds) as waiting_seconds
    from cohort_events
)

select
    followed.case_key,
    if(
        cast($by_department as boolean),
        coalesce(cast(followed.department as varchar), cast(cohort_cases.department as varchar)),
        null
    ) as department,
    coalesce(cast(cohort_cases.department as varchar), cast(followed.department as varchar)) as answering_department,
    followed.activity,
    followed.next_activity,
    followed.is_start_recorded,
    followed.waiting_seconds
from followed
inner join cohort_cases using (case_key)
where followed.activity is not null;

create or replace temporary table finding_segment as
with measured as (
    select
        department,
        cast(activity as varchar) as activity,
        cast(next_activity as varchar) as next_activity,
        if(is_start_recorded, 'waiting', 'between_completions') as time_kind,
        is_start_recorded,
        count(distinct case_key) as case_count,
        count(*) as transition_count,
        sum(cast(waiting_seconds as decimal(18, 6))) as seconds_total,
        quantile_cont(waiting_seconds, 0.5) as seconds_median,
        quantile_cont(waiting_seconds, 0.9) as seconds_p90
    from finding_wait
    group by department, activity, next_activity, is_start_recorded
)

select
    row_number() over (
        order by department nulls last, seconds_total desc, activity, next_activity, time_kind
    ) - 1 as segment,
    row_number() over (
        partition by department order by seconds_total desc, activity, next_activity, time_kind
    ) as rank,
    dense_rank() over (order by department nulls last) - 1 as department_number,
    department,
    activity,
    next_activity,
    time_kind,
    is_start_recorded,
    case_count,
    transition_count,
    cast(seconds_total as double) as seconds_total,
    cast(seconds_total as double) / transition_count as seconds_mean,
    seconds_median,
    seconds_p90,
    cast(seconds_total as double)
    / nullif(cast(sum(seconds_total) over (partition by department) as double), 0) as share_of_total
from measured
