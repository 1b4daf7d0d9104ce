-- difference_stages: per pair of stages and case, how often the case takes the pair and its mean gap
-- from:   stage_visit
-- out:    activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, elapsed_seconds DOUBLE, open_seconds DOUBLE
select
    stage as activity,
    next_stage as next_activity,
    count(*) as transition_count,
    cast(avg(elapsed_seconds) as double) as elapsed_seconds,
    cast(avg(open_seconds) as double) as open_seconds
from stage_visit
where next_stage is not null
group by stage, next_stage, case_key
order by 1, 2, elapsed_seconds, open_seconds, transition_count
