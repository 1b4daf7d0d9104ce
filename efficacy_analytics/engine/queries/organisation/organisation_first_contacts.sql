-- organisation_first_contacts: whether the officer who registers a case is known, and sees it to its end
-- from:   cohort_cases, cohort_events, activity_role
-- out:    department VARCHAR, case_count BIGINT, known_count BIGINT, known_share DOUBLE, finished_count BIGINT
-- out:    finished_share DOUBLE, own_step_share DOUBLE
-- The first contact is the resource of the first registration step that names one. finished: the same resource did the
-- last step that names one. own_step_share: of all steps that name a resource, in cases whose first contact is known.
with contacts as (
    select case_key, arg_min(resource, event_number) as resource
    from cohort_events
    where resource is not null
      and cast(activity as varchar) in (select activity from activity_role where role = 'registration')
    group by case_key
),

handled as (
    select
        contacts.case_key,
        count(*) as step_count,
        count(*) filter (where cohort_events.resource = contacts.resource) as own_step_count,
        arg_max(cohort_events.resource, event_number) = any_value(contacts.resource) as is_finished
    from contacts
    inner join cohort_events using (case_key)
    where cohort_events.resource is not null
    group by contacts.case_key
)

select
    cast(cohort_cases.department as varchar) as department,
    count(*) as case_count,
    count(handled.case_key) as known_count,
    count(handled.case_key) / count(*) as known_share,
    count(*) filter (where handled.is_finished) as finished_count,
    count(*) filter (where handled.is_finished) / nullif(count(handled.case_key), 0) as finished_share,
    sum(handled.own_step_count) / sum(handled.step_count) as own_step_share
from cohort_cases
left join handled using (case_key)
group by cohort_cases.department
order by cast(cohort_cases.department as varchar) nulls last
