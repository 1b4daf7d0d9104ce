-- contribution_ranking: the parts of the throughput, largest first, with excess and what a tenth less would save
-- from:   contribution_parts, contribution_steps, contribution_excess, contribution_savings
-- out:    kind VARCHAR, activity VARCHAR, next_activity VARCHAR, case_count BIGINT, part_count BIGINT, total DOUBLE
-- out:    mean DOUBLE, median DOUBLE, p90 DOUBLE, share DOUBLE, best_median DOUBLE, excess DOUBLE
-- out:    tenth_less_mean DOUBLE, tenth_less_share DOUBLE
with measured as (
    select
        kind,
        activity,
        next_activity,
        count(distinct case_key) as case_count,
        count(*) as part_count,
        sum(amount) as total,
        quantile_cont(amount, 0.5) as median,
        quantile_cont(amount, 0.9) as p90
    from contribution_parts
    group by all
),

whole as (
    select sum(total) as total
    from measured
),

counted as (
    select count(distinct case_key) as case_count
    from contribution_steps
)

select
    measured.kind,
    cast(measured.activity as varchar) as activity,
    cast(measured.next_activity as varchar) as next_activity,
    measured.case_count,
    measured.part_count,
    cast(measured.total as double) as total,
    cast(measured.total as double) / measured.part_count as mean,
    cast(measured.median as double) as median,
    cast(measured.p90 as double) as p90,
    cast(measured.total as double) / nullif(cast(whole.total as double), 0) as share,
    excess.best_median,
    excess.excess,
    cast(savings.saving as double) / counted.case_count as tenth_less_mean,
    cast(savings.saving as double) / nullif(cast(whole.total as double), 0) as tenth_less_share
from measured
cross join whole
cross join counted
left join contribution_excess as excess
    on excess.kind = measured.kind
    and excess.activity = measured.activity
    and excess.next_activity is not distinct from measured.next_activity
left join contribution_savings as savings
    on savings.kind = measured.kind
    and savings.activity = cast(measured.activity as varchar)
    and savings.next_activity is not distinct from cast(measured.next_activity as varchar)
order by
    measured.total desc,
    measured.kind,
    cast(measured.activity as varchar),
    cast(measured.next_activity as varchar) nulls last
