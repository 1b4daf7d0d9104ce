-- contribution_months: the parts of the throughput per month of acceptance
-- from:   contribution_parts, cohort_cases
-- out:    month VARCHAR, kind VARCHAR, activity VARCHAR, next_activity VARCHAR, case_count BIGINT, part_count BIGINT
-- out:    total DOUBLE, mean DOUBLE, median DOUBLE, share DOUBLE
with measured as (
    select
        date_trunc('month', cohort_cases.accepted_on) as month,
        parts.kind,
        parts.activity,
        parts.next_activity,
        count(distinct parts.case_key) as case_count,
        count(*) as part_count,
        sum(parts.amount) as total,
        quantile_cont(parts.amount, 0.5) as median
    from contribution_parts as parts
    inner join cohort_cases using (case_key)
    group by all
)

select
    substr(cast(month as varchar), 1, 7) as month,
    kind,
    cast(activity as varchar) as activity,
    cast(next_activity as varchar) as next_activity,
    case_count,
    part_count,
    cast(total as double) as total,
    cast(total as double) / part_count as mean,
    cast(median as double) as median,
    cast(total as double) / nullif(cast(sum(total) over (partition by measured.month) as double), 0) as share
from measured
order by
    measured.month nulls last,
    total desc,
    kind,
    cast(measured.activity as varchar),
    cast(measured.next_activity as varchar) nulls last
