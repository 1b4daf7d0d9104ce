-- handover_rework: activities done again in a case, and the time that took
-- from:   cohort_events
-- out:    activity VARCHAR, case_count BIGINT, repeating_case_count BIGINT, repeating_case_share DOUBLE
-- out:    repeat_count BIGINT, repeat_elapsed_seconds DOUBLE, repeat_service_elapsed_seconds DOUBLE
-- out:    repeat_open_seconds DOUBLE, repeat_counted_days BIGINT
-- A repeat is every occurrence but the first of a case; it costs its service and the time before it since it was
-- enabled.
with numbered as (
    select
        *,
        row_number() over (partition by case_key, activity order by event_number) as occurrence
    from cohort_events
)

select
    cast(activity as varchar) as activity,
    count(*) filter (where occurrence = 1) as case_count,
    count(*) filter (where occurrence = 2) as repeating_case_count,
    count(*) filter (where occurrence = 2) / count(*) filter (where occurrence = 1) as repeating_case_share,
    count(*) filter (where occurrence > 1) as repeat_count,
    cast(
        coalesce(
            sum(cast(waiting_elapsed_seconds + service_elapsed_seconds as decimal(38, 6)))
                filter (where occurrence > 1),
            0
        ) as double
    ) as repeat_elapsed_seconds,
    cast(
        coalesce(sum(cast(service_elapsed_seconds as decimal(38, 6))) filter (where occurrence > 1), 0) as double
    ) as repeat_service_elapsed_seconds,
    cast(
        coalesce(
            sum(cast(waiting_open_seconds + service_open_seconds as decimal(38, 6))) filter (where occurrence > 1), 0
        ) as double
    ) as repeat_open_seconds,
    cast(
        coalesce(sum(waiting_counted_days + service_counted_days) filter (where occurrence > 1), 0) as bigint
    ) as repeat_counted_days
from numbered
group by numbered.activity
order by repeat_count desc, activity
