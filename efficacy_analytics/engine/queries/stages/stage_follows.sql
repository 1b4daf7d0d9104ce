-- stage_follows: how often one stage follows another, and after how long; events of one stage in a row are one visit
-- from:   stage_visit
-- out:    stage VARCHAR, next_stage VARCHAR, transition_count BIGINT, case_count BIGINT
-- out:    elapsed_seconds_mean DOUBLE, elapsed_seconds_median DOUBLE, elapsed_seconds_p90 DOUBLE
-- out:    open_seconds_mean DOUBLE, open_seconds_median DOUBLE, open_seconds_p90 DOUBLE
select
    stage,
    next_stage,
    count(*) as transition_count,
    count(distinct case_key) as case_count,
    cast(avg(elapsed_seconds) as double) as elapsed_seconds_mean,
    cast(quantile_cont(elapsed_seconds, 0.5) as double) as elapsed_seconds_median,
    cast(quantile_cont(elapsed_seconds, 0.9) as double) as elapsed_seconds_p90,
    cast(avg(open_seconds) as double) as open_seconds_mean,
    cast(quantile_cont(open_seconds, 0.5) as double) as open_seconds_median,
    cast(quantile_cont(open_seconds, 0.9) as double) as open_seconds_p90
from stage_visit
where next_stage is not null
group by stage, next_stage
order by transition_count desc, stage, next_stage
