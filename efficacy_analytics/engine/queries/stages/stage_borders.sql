-- stage_borders: by which activities cases enter each stage and leave it, from and to which stages, after how long
-- from:   stage_visit
-- out:    stage VARCHAR, side VARCHAR, neighbour VARCHAR, activity VARCHAR, transition_count BIGINT, case_count BIGINT
-- out:    elapsed_seconds_mean DOUBLE, elapsed_seconds_median DOUBLE, elapsed_seconds_p90 DOUBLE
-- out:    open_seconds_mean DOUBLE, open_seconds_median DOUBLE, open_seconds_p90 DOUBLE
with crossings as (
    select
        next_stage as stage, 'from' as side, stage as neighbour, next_activity as activity,
        case_key, elapsed_seconds, open_seconds
    from stage_visit
    where next_stage is not null
    union all
    select
        stage, 'to' as side, next_stage as neighbour, last_activity as activity,
        case_key, elapsed_seconds, open_seconds
    from stage_visit
    where next_stage is not null
)

select
    stage,
    side,
    neighbour,
    activity,
    count(*) as transition_count,
    count(distinct case_key) as case_count,
    cast(avg(elapsed_seconds) as double) as elapsed_seconds_mean,
    cast(quantile_cont(elapsed_seconds, 0.5) as double) as elapsed_seconds_median,
    cast(quantile_cont(elapsed_seconds, 0.9) as double) as elapsed_seconds_p90,
    cast(avg(open_seconds) as double) as open_seconds_mean,
    cast(quantile_cont(open_seconds, 0.5) as double) as open_seconds_median,
    cast(quantile_cont(open_seconds, 0.9) as double) as open_seconds_p90
from crossings
group by stage, side, neighbour, activity
order by stage, side, transition_count desc, neighbour, activity
