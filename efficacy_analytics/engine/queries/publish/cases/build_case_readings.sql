-- build_case_readings: what the clock needs to know of each case, and its clock stops
-- from:   accepted_cases, accepted_clock_stops, accepted_case_notes, delivery_facts, department_calendars
--
-- Acceptance falls back to the application, else to the first start or step, and for the clock never to the completion
-- (A30). Where the delivery tells acceptances, an application without one is for article 32 (A17). Completion falls back to the last event only where the whole
-- delivery gives no completion at all: else a case without one is open, unless its completion was refused.
-- Where all that is known before the end of a case lies at its end, nothing says how long it took: its only step is its
-- completion, or several are of that moment in a department of which next to no case tells more than its end. In others
-- steps of one day are of a case of one day.
create or replace temp view refused_completions as
select distinct notes.delivery_number, notes.case_id
from accepted_case_notes as notes
inner join delivery_facts using (delivery_number)
inner join accepted_cases as cases using (delivery_number, case_id)
where cases.completed_on is null
  and notes.note = if(delivery_facts.gives_completion, 'completion_refused', notes.note);

create or replace temp view case_ends as
select
    delivery_number,
    case_id,
    department,
    first_at,
    event_count,
    if(delivery_facts.gives_completion, completed_at, last_at) as ended_at
from accepted_cases
inner join delivery_facts using (delivery_number)
where accepted_on is null and applied_on is null;

create or replace temp table timed_departments as
select delivery_number, department, avg(cast(first_at < ended_at as integer)) >= 0.05 as tells_time
from case_ends
where event_count > 1 and ended_at is not null
group by delivery_number, department;

create or replace temp view read_cases as
select
    cases.* replace (
        coalesce(cases.accepted_on, cases.applied_on, cast(cases.first_local as date)) as accepted_on,
        coalesce(cases.accepted_at, cases.applied_at, cases.first_at) as accepted_at,
        case
            when delivery_facts.gives_completion then cases.completed_on
            when refused.case_id is null then cast(cases.last_local as date)
        end as completed_on,
        case
            when delivery_facts.gives_completion then cases.completed_at
            when refused.case_id is null then cases.last_at
        end as completed_at
    ),
    refused.case_id is not null as has_refused_completion,
    case
        when cases.accepted_on is not null then 'record'
        when cases.applied_on is not null and delivery_facts.gives_acceptance then 'article_32'
        when cases.applied_on is not null then 'application'
        when cases.event_count = 0 or cases.first_at is null then 'first_step'
        when cases.first_at is distinct from ends.ended_at then 'first_step'
        when cases.event_count > 1 and departments.tells_time then 'first_step'
        else 'completion'
    end as accepted_by,
    delivery_facts.verdict_by,
    delivery_facts.time_zone
from accepted_cases as cases
inner join delivery_facts using (delivery_number)
left join case_ends as ends using (delivery_number, case_id)
left join timed_departments as departments
    on departments.delivery_number = cases.delivery_number and departments.department is not distinct from cases.department
left join refused_completions as refused using (delivery_number, case_id);

create or replace temp table case_readings_in as
select
    case_key,
    coalesce(own.own_number, read_cases.calendar_number) as calendar_number,
    item,
    read_cases.department,
    kind,
    status,
    is_green_lane,
    applied_on,
    if(accepted_by in ('article_32', 'completion'), null, accepted_on) as accepted_on,
    if(accepted_by in ('article_32', 'completion'), null, accepted_at) as accepted_at,
    accepted_by,
    completed_on,
    completed_at,
    due_on,
    due_at,
    statutory_length,
    statutory_unit,
    promised_length,
    promised_unit,
    verdict_by,
    time_zone,
    has_refused_completion
from read_cases
left join department_calendars as own
    on own.calendar_number = read_cases.calendar_number and own.department = read_cases.department;

create table clock_stops_in as
select
    cases.case_key,
    stops.kind,
    stops.stopped_from_on,
    stops.stopped_until_on,
    stops.extension_days,
    stops.reason,
    stops.recorded_at,
    stops.recorded_on
from accepted_clock_stops as stops
inner join accepted_cases as cases using (delivery_number, case_id)
order by all;
