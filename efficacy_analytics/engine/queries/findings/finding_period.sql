-- finding_period: what came of the cases accepted in a period, all together and per department
-- from:   cases
-- param:  accepted_from DATE      first day of acceptance, inclusive
-- param:  accepted_until DATE     day after the last day of acceptance, exclusive
-- param:  department VARCHAR      code of the department; null for all
-- param:  item VARCHAR            code of the item; null for all
-- out:    is_total BOOLEAN, department VARCHAR, case_count BIGINT, completed_count BIGINT, open_count BIGINT
-- out:    withdrawn_count BIGINT, judged_count BIGINT, late_count BIGINT, timed_count BIGINT
-- out:    throughput_elapsed_seconds_median DOUBLE, throughput_elapsed_seconds_low DOUBLE, throughput_elapsed_seconds_high DOUBLE
-- Low and high are the times at the ranks (n + 1) / 2 -+ sqrt(n) of the n completed cases: about two standard errors of
-- the median apart from it. Null for fewer than 20.
with chosen as (
    select
        case_key,
        cast(department as varchar) as department,
        is_open,
        is_withdrawn,
        is_judged,
        is_late,
        verdict_class,
        case when not is_open and not is_withdrawn and verdict_class <> 'not_accepted' then throughput_elapsed_seconds end
            as seconds
    from cases
    where accepted_on >= cast($accepted_from as date)
        and accepted_on < cast($accepted_until as date)
        and (cast($department as varchar) is null or department = cast($department as varchar))
        and (cast($item as varchar) is null or item = cast($item as varchar))
),

counted as (
    select
        grouping(department) = 1 as is_total,
        department,
        count(*) as case_count,
        count(*) filter (where not is_open and not is_withdrawn and verdict_class <> 'not_accepted') as completed_count,
        count(*) filter (where is_open and not is_withdrawn) as open_count,
        count(*) filter (where is_withdrawn) as withdrawn_count,
        count(*) filter (where is_judged) as judged_count,
        count(*) filter (where is_judged and is_late) as late_count,
        count(seconds) as timed_count
    from chosen
    group by grouping sets ((), (department))
),

groups as (
    select true as is_total, cast(null as varchar) as department, seconds, case_key from chosen where seconds is not null
    union all
    select false, department, seconds, case_key from chosen where seconds is not null
),

ranked as (
    select
        is_total,
        department,
        seconds,
        row_number() over (partition by is_total, department order by seconds, case_key) as place,
        count(*) over (partition by is_total, department) as size
    from groups
),

timed as (
    select
        is_total,
        department,
        avg(seconds) filter (where place in ((size + 1) // 2, size // 2 + 1)) as throughput_elapsed_seconds_median,
        max(seconds) filter (
            where size >= 20 and place = greatest(1, cast(round((size + 1) / 2.0 - sqrt(size)) as bigint))
        ) as throughput_elapsed_seconds_low,
        max(seconds) filter (
            where size >= 20 and place = size + 1 - greatest(1, cast(round((size + 1) / 2.0 - sqrt(size)) as bigint))
        ) as throughput_elapsed_seconds_high
    from ranked
    group by is_total, department
)

select
    counted.is_total,
    counted.department,
    counted.case_count,
    counted.completed_count,
    counted.open_count,
    counted.withdrawn_count,
    counted.judged_count,
    counted.late_count,
    counted.timed_count,
    timed.throughput_elapsed_seconds_median,
    timed.throughput_elapsed_seconds_low,
    timed.throughput_elapsed_seconds_high
from counted
left join timed
    on counted.is_total = timed.is_total
    and counted.department is not distinct from timed.department
order by counted.is_total desc, counted.department nulls last
