-- responsibility_shares: the overrun of each late case, divided among the parts that took longer than usual
-- from:   responsibility_parts, cohort_cases
-- out:    case_key BIGINT, case_id VARCHAR, item VARCHAR, event_number INTEGER, activity VARCHAR, department VARCHAR
-- out:    resource VARCHAR, cause VARCHAR, days INTEGER, usual_days DOUBLE, excess_days DOUBLE, overrun_share DOUBLE
-- out:    overrun_days DOUBLE, case_overrun_days INTEGER
--
-- Usual is the median of the cases of the same item that kept their limit, of all items where fewer than 10 did. The
-- applicant's own days are not divided up while the office has any; where nothing took longer than usual, the days
-- themselves are what is divided. Overruns are divided in 1024ths of a day, of which any sum is exact.
with of_item as (
    select item, activity, cause, usual_days
    from (
        select item, activity, cause, median(days) as usual_days, count(*) as case_count
        from responsibility_parts
        where not is_late
        group by item, activity, cause
    )
    where case_count >= 10
),

of_all as (
    select activity, cause, median(days) as usual_days
    from responsibility_parts
    where not is_late
    group by activity, cause
),

late as (
    select
        parts.*,
        coalesce(of_item.usual_days, of_all.usual_days, 0) as usual_days
    from responsibility_parts as parts
    left join of_item
        on of_item.item is not distinct from parts.item
        and of_item.activity is not distinct from parts.activity
        and of_item.cause = parts.cause
    left join of_all
        on of_all.activity is not distinct from parts.activity and of_all.cause = parts.cause
    where parts.is_late
),

weighed as (
    select
        *,
        greatest(0, days - usual_days) as excess_days,
        if(cause = 'applicant', 0, greatest(0, days - usual_days)) as office_excess,
        if(cause = 'applicant', 0, days) as office_days
    from late
),

chosen as (
    select
        *,
        case
            when sum(office_excess) over of_case > 0 then office_excess
            when sum(office_days) over of_case > 0 then office_days
            when sum(days) over of_case > 0 then days
            else cast(cause = 'after_last_step' as integer)
        end as weight
    from weighed
    window of_case as (partition by case_key)
),

added as (
    select
        *,
        sum(weight) over (partition by case_key) as weight_total,
        sum(weight) over so_far as weight_so_far,
        row_number() over so_far = count(*) over (partition by case_key) as is_last
    from chosen
    window so_far as (
        partition by case_key order by event_number nulls last, cause rows between unbounded preceding and current row
    )
),

shared as (
    select
        *,
        if(
            is_last,
            cast(greatest(overrun_days, 0) as double),
            round(1024 * greatest(overrun_days, 0) * weight_so_far / weight_total) / 1024.0
        ) as overrun_so_far
    from added
)

select
    divided.case_key,
    cases.case_id,
    divided.item,
    cast(divided.event_number as integer) as event_number,
    divided.activity,
    divided.department,
    divided.resource,
    divided.cause,
    cast(divided.days as integer) as days,
    divided.usual_days,
    cast(divided.excess_days as double) as excess_days,
    cast(divided.weight / divided.weight_total as double) as overrun_share,
    divided.part_overrun_days as overrun_days,
    cast(greatest(divided.overrun_days, 0) as integer) as case_overrun_days
from (
    select
        *,
        overrun_so_far - coalesce(lag(overrun_so_far) over (
            partition by case_key order by event_number nulls last, cause
        ), 0) as part_overrun_days
    from shared
) as divided
inner join cohort_cases as cases using (case_key)
where divided.days > 0 or divided.weight > 0
order by divided.case_key, divided.event_number nulls last, divided.cause
