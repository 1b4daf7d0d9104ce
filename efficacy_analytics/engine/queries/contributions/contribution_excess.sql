-- contribution_excess: what would be saved if every case took no longer than the median of the best departments
-- from:   contribution_parts
--
-- Per part the departments are ordered by their median of case totals; the best quarter of them, at least one, gives
-- the level: the median of their cases together. Excess is what cases take above it, added up.
create or replace temp table contribution_excess as
with totals as (
    select kind, activity, next_activity, department, case_key, sum(amount) as total
    from contribution_parts
    group by all
),

medians as (
    select kind, activity, next_activity, department, quantile_cont(total, 0.5) as department_median
    from totals
    group by all
),

ranked as (
    select
        *,
        row_number() over (
            partition by kind, activity, next_activity order by department_median, department nulls last
        ) as place,
        count(*) over (partition by kind, activity, next_activity) as department_count
    from medians
),

levels as (
    select totals.kind, totals.activity, totals.next_activity, quantile_cont(totals.total, 0.5) as best_median
    from totals
    inner join ranked
        on ranked.kind = totals.kind
        and ranked.activity = totals.activity
        and ranked.next_activity is not distinct from totals.next_activity
        and ranked.department is not distinct from totals.department
    where ranked.place <= ceil(ranked.department_count / 4)
    group by all
)

select
    totals.kind,
    totals.activity,
    totals.next_activity,
    cast(levels.best_median as double) as best_median,
    cast(sum(cast(greatest(0, totals.total - levels.best_median) as decimal(38, 6))) as double) as excess
from totals
inner join levels
    on levels.kind = totals.kind
    and levels.activity = totals.activity
    and levels.next_activity is not distinct from totals.next_activity
group by totals.kind, totals.activity, totals.next_activity, levels.best_median;
