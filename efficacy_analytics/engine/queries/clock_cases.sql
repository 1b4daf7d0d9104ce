-- clock_cases: what the clock knows of each case, whatever the day of the verdict: when it began, its limits, its marks
-- from:   case_readings_in, clock_stops_in, clock_rules, clock_limit_periods, clock_period_limits, clock_stated_limits
-- from:   clock_calendars, clock_days, clock_working_days
--
-- A limit the export states wins over the one in force at acceptance, that of the department over the item's general
-- one. The promised limit judges, else the statutory one; a green-lane case only by the statutory one.
-- Cases of one calendar number share a time zone.
create or replace temp table clock_ruled_cases as
select
    stops.case_key,
    bool_or(rules.effect = 'excludes') as is_green_lane,
    min(stops.stopped_from_on) filter (where rules.effect = 'ends') as withdrawn_on,
    sum(coalesce(stops.extension_days, rules.default_extension_days)) filter (where rules.effect = 'extends')
        as extension_days
from (select distinct case_key, kind, stopped_from_on, stopped_until_on, extension_days from clock_stops_in) as stops
inner join clock_rules as rules using (kind)
where rules.effect in ('excludes', 'ends', 'extends')
group by stops.case_key;

create or replace temp table clock_deemed_cases as
with notices as (
    select stops.case_key, min(stops.stopped_from_on) as noticed_on
    from clock_stops_in as stops
    inner join clock_rules as rules using (kind)
    where rules.notice_within_working_days is not null
    group by stops.case_key
),

unanswered as (
    select
        cases.case_key,
        cases.applied_on,
        notices.noticed_on,
        clock_day_key(cases.applied_on, before_on, after_on, before_key) as applied_key,
        clock_day_key(notices.noticed_on, before_on, after_on, before_key) as noticed_key,
        calendars.after_reading,
        calendars.before_working_key
    from case_readings_in as cases
    inner join clock_calendars as calendars using (calendar_number)
    left join notices using (case_key)
    where cases.accepted_on is null and cases.applied_on is not null
)

select
    unanswered.case_key,
    unanswered.applied_on as accepted_on,
    first_late_day.day as deemed_from_on
from unanswered
cross join (select min(notice_within_working_days) as allowed_days from clock_rules) as rules
inner join clock_days as applied on applied.day_key = unanswered.applied_key
inner join clock_days as noticed on noticed.day_key = unanswered.noticed_key
inner join clock_working_days as first_late_day
    on first_late_day.working_key
    = clock_working_key(applied.working_days_to + rules.allowed_days + 1, after_reading, before_working_key)
where first_late_day.day is not null
  and (unanswered.noticed_on is null or noticed.working_days_to - applied.working_days_to > rules.allowed_days);

create or replace temp table clock_case_marks as
select
    case_key,
    ruled.is_green_lane,
    ruled.withdrawn_on,
    cast(ruled.extension_days as integer) as extension_days,
    deemed.accepted_on as deemed_on,
    deemed.deemed_from_on
from clock_ruled_cases as ruled
full join clock_deemed_cases as deemed using (case_key)
order by case_key;

create or replace table clock_cases as
select
    cases.case_key,
    cases.calendar_number,
    cases.applied_on,
    coalesce(cases.accepted_on, marks.deemed_on) as accepted_on,
    marks.deemed_from_on,
    cases.accepted_at,
    coalesce(cases.completed_on, marks.withdrawn_on) as ended_on,
    cases.completed_at,
    cases.due_on as stated_due_on,
    cases.due_at as stated_due_at,
    coalesce(marks.extension_days, 0) as extension_days,
    coalesce(cases.verdict_by = 'instant', false) as is_judged_by_instant,
    coalesce(cases.status = 'withdrawn', false) or marks.withdrawn_on is not null as is_withdrawn,
    coalesce(cases.is_green_lane, false) or coalesce(marks.is_green_lane, false) as is_green_lane,
    2 * (
        period_limits.radix * (
            period_limits.radix * cast(coalesce(stated.limit_number, 0) as bigint) + coalesce(own.limit_number, 0)
        ) + coalesce(general.limit_number, 0)
    ) + cast(coalesce(cases.is_green_lane, false) or coalesce(marks.is_green_lane, false) as integer) as terms_key
from case_readings_in as cases
cross join (select 1 + count(*) as radix from clock_period_limits) as period_limits
left join clock_case_marks as marks using (case_key)
left join clock_stated_limits as stated
    on stated.wording = clock_wording(
        cases.statutory_length, cases.statutory_unit, cases.promised_length, cases.promised_unit
    )
left join (from clock_limit_periods where department is not null) as own
    on own.item = cases.item
    and own.department = cases.department
    and own.valid_from <= coalesce(cases.accepted_on, marks.deemed_on)
    and own.valid_until > coalesce(cases.accepted_on, marks.deemed_on)
left join (from clock_limit_periods where department is null) as general
    on general.item = cases.item
    and general.valid_from <= coalesce(cases.accepted_on, marks.deemed_on)
    and general.valid_until > coalesce(cases.accepted_on, marks.deemed_on);

create or replace table clock_zones as
with stated as (
    select * from (select cast(null as varchar) as time_zone where false)
    union all by name
    select * from case_readings_in
)

select calendar_number, coalesce(max(time_zone), 'UTC') as time_zone
from stated
group by calendar_number
order by calendar_number;
