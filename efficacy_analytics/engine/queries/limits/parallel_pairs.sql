-- parallel_pairs: for steps that cases take once each: how often they overlap, come in either order, and hand over at once
-- from:   cohort_events, cohort_cases
-- out:    activity VARCHAR, other_activity VARCHAR, case_count BIGINT, overlap_count BIGINT, before_count BIGINT
-- out:    after_count BIGINT, handed_count BIGINT, adjacent_count BIGINT, saved_days BIGINT[]
--
-- A pair is named in the order of its spelling. A case where both are done at the same moment counts as neither order.
-- Where one directly follows the other, doing both at once saves the shorter of the two, each with its own waiting.
with once as (
    select
        case_key,
        activity,
        any_value(event_number) as event_number,
        any_value(started_at) as started_at,
        any_value(completed_at) as completed_at,
        any_value(waiting_elapsed_seconds) as waiting_elapsed_seconds,
        any_value(coalesce(waiting_counted_days, 0) + coalesce(service_counted_days, 0)) as lasts_days
    from cohort_events
    where case_key in (select case_key from cohort_cases)
    group by case_key, activity
    having count(*) = 1
),

pairs as (
    select
        cast(earlier.activity as varchar) as activity,
        cast(later.activity as varchar) as other_activity,
        earlier.started_at < later.completed_at and later.started_at < earlier.completed_at as is_overlap,
        earlier.completed_at <= later.started_at and earlier.completed_at < later.completed_at as is_before,
        later.completed_at <= earlier.started_at and later.completed_at < earlier.completed_at as is_after,
        abs(earlier.event_number - later.event_number) = 1 as is_adjacent,
        if(earlier.event_number < later.event_number, later.waiting_elapsed_seconds, earlier.waiting_elapsed_seconds)
        <= 3600 as is_at_once,
        least(earlier.lasts_days, later.lasts_days) as shorter_days
    from once as earlier
    inner join once as later
        on later.case_key = earlier.case_key and cast(earlier.activity as varchar) < cast(later.activity as varchar)
)

select
    activity,
    other_activity,
    count(*) as case_count,
    count(*) filter (where is_overlap) as overlap_count,
    count(*) filter (where is_before and not is_overlap) as before_count,
    count(*) filter (where is_after and not is_overlap) as after_count,
    count(*) filter (where is_adjacent and not is_overlap and is_at_once) as handed_count,
    count(*) filter (where is_adjacent and not is_overlap) as adjacent_count,
    list(
        if(is_adjacent and not is_overlap and (is_before or is_after), cast(shorter_days as bigint), 0)
        order by if(is_adjacent and not is_overlap and (is_before or is_after), shorter_days, 0)
    ) as saved_days
from pairs
group by activity, other_activity
order by activity, other_activity
