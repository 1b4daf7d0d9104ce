-- finding_excess: what would be saved in each segment if every case waited no longer than in the best departments
-- from:   finding_wait, finding_segment
-- out:    segment BIGINT, excess DOUBLE
-- As contribution_excess: departments are ordered by their median of case totals; the best quarter of them, at least
-- one, gives the level, the median of their cases together; excess is what cases wait above it, added up.
with totals as (
    select
        segments.segment,
        waits.answering_department,
        waits.case_key,
        sum(cast(waits.waiting_seconds as decimal(18, 6))) as total
    from finding_wait as waits
    inner join finding_segment as segments
        on segments.activity = cast(waits.activity as varchar)
        and segments.next_activity = cast(waits.next_activity as varchar)
        and segments.is_start_recorded = waits.is_start_recorded
        and segments.department is not distinct from waits.department
    group by all
),

medians as (
    select segment, answering_department, quantile_cont(total, 0.5) as department_median
    from totals
    group by segment, answering_department
),

ranked as (
    select
        segment,
        answering_department,
        row_number() over (
            partition by segment order by department_median, answering_department nulls last
        ) as place,
        count(*) over (partition by segment) as department_count
    from medians
),

levels as (
    select totals.segment, quantile_cont(totals.total, 0.5) as best_median
    from totals
    inner join ranked
        on ranked.segment = totals.segment
        and ranked.answering_department is not distinct from totals.answering_department
    where ranked.place <= ceil(ranked.department_count / 4)
    group by totals.segment
)

select
    totals.segment,
    cast(sum(cast(greatest(0, totals.total - levels.best_median) as decimal(38, 6))) as double) as excess
from totals
inner join levels using (segment)
group by totals.segment
order by totals.segment
