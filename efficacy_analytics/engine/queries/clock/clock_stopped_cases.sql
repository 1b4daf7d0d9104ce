-- clock_stopped_cases: what the clock needs of the cases that have any special procedure, supplement or extension
-- from:   clock_judged_noted, clock_judged_notes, clock_judged_terms, clock_zones
create or replace temp view clock_stopped_cases as
select
    cases.case_key,
    cases.applied_on,
    cases.accepted_on,
    cases.ended_on,
    terms.unit_number = 0 as counts_working_days,
    terms.unit_number = 3 as counts_hours,
    notes.extension_days + case terms.unit_number
        when 2 then cast(cases.accepted_on + to_months(terms.limit_length) as date) - cases.accepted_on
        when 3 then terms.limit_length / 24.0
        else terms.limit_length
    end as length_days,
    if(terms.unit_number = 3, timezone(zones.time_zone, cases.accepted_at), null) as accepted_local,
    if(terms.unit_number = 3, timezone(zones.time_zone, cases.completed_at), null) as completed_local,
    cases.calendar_number
from clock_judged_noted as cases
inner join clock_judged_notes as notes using (note_number)
inner join clock_judged_terms as terms using (terms_key)
inner join clock_zones as zones using (calendar_number)
where notes.has_stops;
