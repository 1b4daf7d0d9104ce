-- clock_cases: what the clock knows of each case, whatever the day of the verdict: when it began, its limits, its marks
-- from:   case_readings_in, clock_stops_in, clock_rules, clock_limit_periods, clock_period_limits, clock_stated_limits
-- from:   clock_zones, clock_days, clock_working_days
--
-- A limit the export states wins over the one in force at acceptance, that of the department over the item's general
-- one. The promised limit judges, else the statutory one; a green-lane case only by the statutory one.
-- `told_key` is the case's key where it has stops, else null.
create or replace temp table clock_extensions as
with told as (
    select distinct
        stops.case_key,
        stops.kind,
        stops.stopped_from_on,
        stops.stopped_until_on,
        coalesce(stops.extension_days, rules.default_extension_days, 0) as extension_days
    from clock_stops_in as stops
    inner join clock_rules as rules using (kind)
    where rules.effect = 'extends'
)

select case_key, cast(sum(extension_days) as integer) as extension_days
from told
group by case_key;

create or replace temp table clock_told_cases as
select
    stops.case_key,
    bool_or(rules.effect = 'excludes') as is_green_lane,
    min(if(rules.effect = 'ends', stops.stopped_from_on, null)) as withdrawn_on
from clock_stops_in as stops
left join clock_rules as rules using (kind)
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
        coalesce(cases.calendar_number, 0) as calendar_number,
        cases.applied_on,
        notices.noticed_on,
        rules.allowed_days
    from case_readings_in as cases
    left join notices using (case_key)
    cross join (select min(notice_within_working_days) as allowed_days from clock_rules) as rules
    where cases.accepted_on is null and cases.applied_on is not null
)

select
    unanswered.case_key,
    unanswered.applied_on as accepted_on,
    first_late_day.day as deemed_from_on
from unanswered
inner join clock_days as applied on applied.day_key = clock_day_key(applied_on, calendar_number)
inner join clock_days as noticed on noticed.day_key = clock_day_key(noticed_on, calendar_number)
inner join clock_working_days as first_late_day
    on first_late_day.working_key = clock_working_key(applied.working_days_to + allowed_days + 1, calendar_number)
where first_late_day.day is not null
  and (noticed_on is null or noticed.working_days_to - applied.working_days_to > allowed_days);

create or replace temp table clock_case_marks as
select
    case_key,
    told.case_key as told_key,
    told.is_green_lane,
    told.withdrawn_on,
    extensions.extension_days,
    deemed.accepted_on as deemed_on,
    deemed.deemed_from_on
from clock_told_cases as told
full join clock_deemed_cases as deemed using (case_key)
left join clock_extensions as extensions using (case_key);

create or replace table clock_cases as
select
    cases.case_key,
    coalesce(cases.calendar_number, 0) as calendar_number,
    cases.applied_on,
    coalesce(cases.accepted_on, marks.deemed_on) as accepted_on,
    marks.deemed_from_on,
    marks.told_key,
    cases.accepted_at,
    coalesce(cases.completed_on, marks.withdrawn_on) as ended_on,
    cases.completed_at,
    case
        when cases.is_green_lane or marks.is_green_lane then null
        when cases.due_on is not null then cases.due_on
        when cases.due_at is not null then cast(timezone(zones.time_zone, cases.due_at) as date)
    end as stated_due_on,
    if(cases.is_green_lane or marks.is_green_lane, null, cases.due_at) as stated_due_at,
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
inner join clock_zones as zones on zones.calendar_number = coalesce(cases.calendar_number, 0)
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
