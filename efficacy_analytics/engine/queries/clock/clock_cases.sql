-- clock_cases: what the clock knows of each case, whatever the day of the verdict: its days, its limits, its note
-- from:   case_readings_in, clock_notes, clock_limit_periods, clock_period_limits, clock_stated_limits
--
-- A limit the export states wins over the one in force at acceptance, that of the department over the item's general
-- one. `terms_key` stands for the three and for the green lane; note 0 stands for a case about which nothing is special.
create or replace table clock_cases as
select
    cases.case_key,
    coalesce(cases.calendar_number, 0) as calendar_number,
    coalesce(notes.note_number, 0) as note_number,
    2 * (
        period_limits.radix * (
            period_limits.radix * cast(coalesce(stated.limit_number, 0) as bigint) + coalesce(own.limit_number, 0)
        ) + coalesce(general.limit_number, 0)
    ) + cast(coalesce(notes.is_green_lane, false) as integer) as terms_key,
    cases.applied_on,
    coalesce(cases.accepted_on, notes.deemed_on) as accepted_on,
    cases.accepted_at,
    cast(
        case cases.accepted_by
            when 'application' then 8388608  -- accepted_by_application
            when 'first_step' then 16777216  -- accepted_by_first_step
            else 0
        end as integer
    ) as acceptance_bits,
    coalesce(cases.completed_on, notes.withdrawn_on) as ended_on,
    cases.completed_at
from (
    select cast(null as varchar) as accepted_by where false
    union all by name
    select * from case_readings_in
) as cases
cross join (select 1 + count(*) as radix from clock_period_limits) as period_limits
left join clock_notes as notes using (case_key)
left join clock_stated_limits as stated
    on stated.wording = clock_wording(
        cases.statutory_length, cases.statutory_unit, cases.promised_length, cases.promised_unit
    )
left join (from clock_limit_periods where department is not null) as own
    on own.item = cases.item
    and own.department = cases.department
    and own.valid_from <= coalesce(cases.accepted_on, notes.deemed_on)
    and own.valid_until > coalesce(cases.accepted_on, notes.deemed_on)
left join (from clock_limit_periods where department is null) as general
    on general.item = cases.item
    and general.valid_from <= coalesce(cases.accepted_on, notes.deemed_on)
    and general.valid_until > coalesce(cases.accepted_on, notes.deemed_on);
