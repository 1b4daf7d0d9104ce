-- step_waits: how long cases wait for each step, by month of acceptance
-- from:   cohort_cases, cohort_events, step_group (activity, step)
-- param:  clock VARCHAR    elapsed or open
-- out:    month VARCHAR, step VARCHAR, time_kind VARCHAR, case_count BIGINT, waiting_count BIGINT
-- out:    seconds_median DOUBLE, seconds_mean DOUBLE, seconds_total DOUBLE, month_case_count BIGINT
-- out:    month_open_count BIGINT
-- The first step of a case waits for nothing. Where a step's start is not recorded what is measured is the time
-- between completions, in a row of its own.
with months as (
    select
        case_key,
        substr(cast(accepted_on as varchar), 1, 7) as month,
        count(*) over (partition by substr(cast(accepted_on as varchar), 1, 7)) as month_case_count,
        count(*) filter (where completed_on is null)
            over (partition by substr(cast(accepted_on as varchar), 1, 7)) as month_open_count
    from cohort_cases
    where accepted_on is not null
),

waited as (
    select
        months.month,
        months.month_case_count,
        months.month_open_count,
        months.case_key,
        coalesce(step_group.step, cast(events.activity as varchar)) as step,
        events.is_start_recorded,
        if(cast($clock as varchar) = 'open', waiting_open_seconds, waiting_elapsed_seconds) as seconds
    from cohort_events as events
    inner join months using (case_key)
    left join step_group on step_group.activity = cast(events.activity as varchar)
)

select
    month,
    step,
    if(is_start_recorded, 'waiting', 'between_completions') as time_kind,
    count(distinct case_key) as case_count,
    count(*) as waiting_count,
    cast(quantile_cont(seconds, 0.5) as double) as seconds_median,
    cast(sum(cast(seconds as decimal(18, 6))) as double) / count(*) as seconds_mean,
    cast(sum(cast(seconds as decimal(18, 6))) as double) as seconds_total,
    month_case_count,
    month_open_count
from waited
where seconds is not null
group by month, step, is_start_recorded, month_case_count, month_open_count
order by month, seconds_total desc, step, time_kind
