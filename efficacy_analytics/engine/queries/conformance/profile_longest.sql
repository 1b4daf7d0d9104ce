-- profile_longest: how many pairs of events the cases have, and the longest of them
-- from:   cohort_events, cohort_cases
-- param:  most_steps INTEGER    pairs further apart than this many events are left out; null: none
-- out:    pair_count BIGINT, case_id VARCHAR, event_count BIGINT
with lengths as (
    select case_key, count(*) as step_count
    from cohort_events
    group by case_key
)

select
    cast(sum(
        step_count * least(step_count - 1, coalesce(cast($most_steps as bigint), step_count)) / 2.0
    ) as bigint) as pair_count,
    arg_max(case_id, step_count) as case_id,
    max(step_count) as event_count
from lengths
inner join cohort_cases using (case_key)
