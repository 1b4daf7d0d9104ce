-- build_case_readings: what the clock needs to know of each case, and its clock stops
-- from:   accepted_cases, accepted_clock_stops, case_spans, delivery_facts
--
-- Acceptance falls back to the first event. Completion falls back to the last event only where the whole
-- delivery gives no completion at all: else a case without one is open.
create table case_readings_in as
select
    cases.case_key,
    cases.calendar_number,
    cases.item,
    cases.department,
    cases.kind,
    cases.status,
    cases.is_green_lane,
    cases.applied_on,
    coalesce(cases.accepted_on, cast(spans.first_local as date)) as accepted_on,
    coalesce(cases.accepted_at, spans.first_at) as accepted_at,
    case
        when delivery_facts.gives_completion then cases.completed_on else cast(spans.last_local as date)
    end as completed_on,
    case when delivery_facts.gives_completion then cases.completed_at else spans.last_at end as completed_at,
    cases.due_on,
    cases.due_at,
    cases.statutory_length,
    cases.statutory_unit,
    cases.promised_length,
    cases.promised_unit,
    delivery_facts.verdict_by,
    delivery_facts.time_zone
from accepted_cases as cases
inner join delivery_facts using (delivery_number)
left join case_spans as spans using (case_key);

create table clock_stops_in as
select cases.case_key, stops.kind, stops.stopped_from_on, stops.stopped_until_on, stops.extension_days
from accepted_clock_stops as stops
inner join accepted_cases as cases using (delivery_number, case_id)
order by all;
