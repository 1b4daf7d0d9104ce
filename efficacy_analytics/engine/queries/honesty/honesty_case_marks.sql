-- honesty_case_marks: of each case, whether its days are out of order, its end is missing, or its steps do not bear it out
-- from:   honesty_cases, cohort_events, activities
-- param:  stale_days INTEGER                an open case without a step for so long has no end
-- param:  acceptance_working_days INTEGER   acceptance may come so many working days after the application
--
-- Order is judged by the day: some stamps tell no more. A case awaiting the applicant before it is accepted (a step of
-- the stage `supplement`) is not asked how soon it was accepted. A case is borne out where a step was completed on the
-- day of its acceptance, and one on that of its completion.
create or replace temp table honesty_case_marks as
with staged as (
    select
        events.case_key,
        events.completed_on,
        coalesce(cast(events.stage as varchar), activities.stage) as stage
    from cohort_events as events
    left join (select activity, any_value(stage) as stage from activities group by activity) as activities
        on activities.activity = cast(events.activity as varchar)
),

seen as (
    select
        staged.case_key,
        max(staged.completed_on) as last_on,
        bool_or(staged.stage in ('decision', 'delivery') and staged.completed_on < cases.accepted_on) as is_decided_early,
        bool_or(staged.stage = 'supplement' and staged.completed_on <= cases.accepted_on) as is_supplemented_early,
        bool_or(staged.completed_on = cases.accepted_on) as is_arrival_seen,
        bool_or(staged.completed_on = cases.completed_on) as is_departure_seen
    from staged
    inner join honesty_cases as cases using (case_key)
    group by staged.case_key
)

select
    cases.case_key,
    cases.case_id,
    cases.department,
    cases.accepted_on,
    cases.completed_on,
    cases.is_open,
    cases.ended_on,
    cases.is_withdrawn and cases.due_on is not null and cases.ended_on >= cases.accepted_on as is_withdrawn_under_limit,
    cases.is_withdrawn and coalesce(cases.ended_on > cases.due_on, false) as is_withdrawn_after_due,
    if(cases.due_on is null, null, greatest(0, cases.until_on - cases.accepted_on)) as case_days,
    greatest(0, cases.until_on - greatest(cases.due_on, cases.accepted_on)) as case_days_after_due,
    seen.last_on,
    cases.accepted_on is not null as has_days,
    coalesce(cases.accepted_on < cases.applied_on, false)
    or coalesce(not cases.is_open and cases.completed_on < cases.accepted_on, false)
    or coalesce(seen.is_decided_early, false) as is_out_of_order,
    coalesce(cases.accepted_on <= cases.as_on - cast($stale_days as integer), false) as is_old,
    cases.is_open
    and coalesce(cases.accepted_on <= cases.as_on - cast($stale_days as integer), false)
    and coalesce(seen.last_on <= cases.as_on - cast($stale_days as integer), false) as is_without_end,
    cases.applied_on is not null
    and cases.accepted_on is not null
    and not coalesce(seen.is_supplemented_early, false) as has_acceptance,
    cases.applied_on is not null
    and not coalesce(seen.is_supplemented_early, false)
    and coalesce(
        cases.accepted_working_days - cases.applied_reading > cast($acceptance_working_days as integer), false
    ) as is_accepted_late,
    not cases.is_withdrawn and not coalesce(cases.accepted_at = cases.first_at, false)
    or not cases.is_withdrawn and not cases.is_open and not coalesce(cases.completed_at = cases.last_at, false)
        as has_own_days,
    not cases.is_withdrawn
    and (
        not coalesce(seen.is_arrival_seen, true)
        or not cases.is_open and not coalesce(seen.is_departure_seen, true)
    ) as is_unbalanced
from honesty_cases as cases
left join seen using (case_key)
order by cases.case_key;
