-- indicator_officers: the cases of the indicators, each with the officer who did its last step
-- from:   indicator_cases, cohort_events
create or replace temp view indicator_officers as
select cases.*, officers.officer
from indicator_cases as cases
left join (
    select case_key, cast(arg_max(resource, event_number) as varchar) as officer
    from cohort_events
    group by case_key
) as officers using (case_key)
