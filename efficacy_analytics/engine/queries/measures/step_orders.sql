-- step_orders: by what the steps of the question's cases are ordered
-- from:   cohort_cases, cohort_events, deliveries
-- out:    step_order VARCHAR
--
-- Where the layout does not say otherwise by their start; where no start is recorded by their completion.
with delivered as (
    select
        step_order,
        first_case_key,
        lead(first_case_key) over (order by delivery_number) as next_case_key
    from deliveries
),

asked as (
    select distinct delivered.step_order
    from cohort_cases
    inner join delivered
        on cohort_cases.case_key >= delivered.first_case_key
        and cohort_cases.case_key < coalesce(delivered.next_case_key, cohort_cases.case_key + 1)
),

recorded as (
    select coalesce(bool_or(is_start_recorded), false) as has_starts
    from cohort_events
),

told as (
    select distinct if(step_order = 'start' and not has_starts, 'completion', step_order) as step_order
    from asked
    cross join recorded
)

select array_to_string(list_sort(list(step_order)), ', ') as step_order
from told
order by step_order
