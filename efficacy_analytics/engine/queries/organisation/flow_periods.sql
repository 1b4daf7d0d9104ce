-- flow_periods: stock and flow of each stage, with how far Little's law holds
-- from:   flow_day
-- param:  by VARCHAR    month or all
-- out:    stage VARCHAR, month DATE, day_count BIGINT, arrival_count BIGINT, departure_count BIGINT
-- out:    queue_count_mean DOUBLE, queue_count_end BIGINT, stay_days_mean DOUBLE, little_queue_count DOUBLE
-- out:    little_gap DOUBLE
-- little_queue_count = arrivals per day × mean stay of those who depart in the period; the gap is what the mean queue
-- exceeds it by.
with periods as (
    select *, if(cast($by as varchar) = 'month', cast(date_trunc('month', day) as date), null) as month
    from flow_day
),

summed as (
    select
        stage,
        month,
        count(*) as day_count,
        cast(sum(arrival_count) as bigint) as arrival_count,
        cast(sum(departure_count) as bigint) as departure_count,
        sum(queue_count) / count(*) as queue_count_mean,
        arg_max(queue_count, day) as queue_count_end,
        sum(stay_days) / nullif(sum(departure_count), 0) as stay_days_mean
    from periods
    group by stage, month
)

select
    stage,
    month,
    day_count,
    arrival_count,
    departure_count,
    queue_count_mean,
    queue_count_end,
    stay_days_mean,
    arrival_count / day_count * stay_days_mean as little_queue_count,
    queue_count_mean - arrival_count / day_count * stay_days_mean as little_gap
from summed
order by stage, month
