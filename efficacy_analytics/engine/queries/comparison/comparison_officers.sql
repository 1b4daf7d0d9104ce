-- comparison_officers: how many completed cases of each item the officer who decided them took how many counted days for
-- from:   cohort_cases, cohort_events, machine_accounts
-- out:    department VARCHAR, item VARCHAR, counted_unit VARCHAR, officer VARCHAR, month VARCHAR, counted_days INTEGER
-- out:    case_count BIGINT
-- A case is completed with its decision: whoever did its last step by then decided it. Certificate, delivery and filing
-- come later. Accounts that no single officer can be have decided nothing; withdrawn and green-lane cases are left out.
with decided as (
    select
        events.case_key,
        cast(arg_max(events.resource, events.event_number) as varchar) as officer
    from cohort_events as events
    inner join cohort_cases as cases using (case_key)
    where events.completed_at <= cases.completed_at
        and events.resource is not null
        and cast(events.resource as varchar) not in (select resource from machine_accounts where resource is not null)
    group by events.case_key
)

select
    cast(cases.department as varchar) as department,
    cast(cases.item as varchar) as item,
    cases.counted_unit,
    decided.officer,
    strftime(cases.completed_on, '%Y-%m') as month,
    cast(cases.counted_days as integer) as counted_days,
    count(*) as case_count
from cohort_cases as cases
inner join decided using (case_key)
where not cases.is_open
    and cases.is_under_clock
    and cases.counted_days is not null
    and cases.completed_on is not null
    and cases.department is not null
    and cases.item is not null
group by all
order by all nulls last
