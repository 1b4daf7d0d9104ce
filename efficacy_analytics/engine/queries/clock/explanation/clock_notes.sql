-- clock_notes: what is special about a case, where anything is: stops, an own due date, withdrawal, a green lane, and so on
-- from:   case_readings_in, clock_stops_in, clock_rules, clock_zones, clock_days, clock_working_days
--
-- An extension lasts as recorded: by its number of days, else from its first to its last day as a stop does (A12, A13),
-- in working days here; `clock_extension_units` turns it into calendar days for the limits that are counted so.
-- An application neither accepted nor refused nor answered by a notice in time is deemed accepted on the day it was
-- received.
create or replace temp table clock_extensions as
with told as (
    select distinct
        stops.case_key,
        stops.kind,
        stops.stopped_from_on,
        stops.stopped_until_on,
        stops.extension_days as told_days,
        case
            when stops.stopped_until_on is not null
                then greatest(until_day.working_days_to, from_day.working_days_to) - from_day.working_days_to
        end as working_days,
        case
            when stops.stopped_until_on is not null
                then greatest(stops.stopped_until_on, stops.stopped_from_on) - stops.stopped_from_on
        end as calendar_days,
        rules.default_extension_days
    from clock_stops_in as stops
    inner join clock_rules as rules using (kind)
    inner join case_readings_in as cases using (case_key)
    inner join clock_days as from_day
        on from_day.day_key = clock_day_key(stops.stopped_from_on, coalesce(cases.calendar_number, 0))
    inner join clock_days as until_day
        on until_day.day_key = clock_day_key(stops.stopped_until_on, coalesce(cases.calendar_number, 0))
    where rules.effect = 'extends'
),

lasting as (
    select
        *,
        coalesce(told_days, working_days, default_extension_days, 0) as extension_days,
        coalesce(told_days, calendar_days, default_extension_days, 0) as extension_calendar_days,
        coalesce(
            told_days not in (working_days, working_days + 1, calendar_days, calendar_days + 1), false
        ) as is_disagreeing
    from told
)

select
    case_key,
    cast(sum(extension_days) as integer) as extension_days,
    cast(sum(extension_calendar_days) as integer) as extension_calendar_days,
    bool_or(extension_days > default_extension_days) as is_longer_than_law,
    bool_or(is_disagreeing) as is_disagreeing
from lasting
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
    where cases.accepted_on is null and cases.applied_on is not null and coalesce(cases.status, '') <> 'not_accepted'
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

create or replace table clock_notes as
with stated as (
    select
        case_key,
        coalesce(calendar_number, 0) as calendar_number,
        due_on,
        due_at,
        coalesce(verdict_by = 'instant', false) as is_judged_by_instant,
        coalesce(is_green_lane, false) as is_green_lane,
        coalesce(status = 'withdrawn', false) as is_withdrawn,
        coalesce(status = 'not_accepted', false) as is_not_accepted,
        completed_on is null as has_no_completion,
        coalesce(has_refused_completion, false) as is_completion_refused
    from (
        select cast(null as boolean) as has_refused_completion where false
        union all by name
        select * from case_readings_in
    )
    where due_on is not null or due_at is not null or is_green_lane or status in ('withdrawn', 'not_accepted') or verdict_by = 'instant'
      or has_refused_completion
),

joined as (
    select
        case_key,
        told.case_key is not null as has_stops,
        coalesce(told.is_green_lane, false) or coalesce(stated.is_green_lane, false) as is_green_lane,
        told.withdrawn_on,
        coalesce(stated.is_withdrawn, false) or told.withdrawn_on is not null as is_withdrawn,
        coalesce(stated.is_completion_refused, false) and told.withdrawn_on is null as is_completion_refused,
        coalesce(
            stated.is_not_accepted
            or stated.has_no_completion and (stated.is_withdrawn or stated.is_completion_refused), false
        ) and told.withdrawn_on is null as has_no_end,
        coalesce(stated.is_not_accepted, false) as is_not_accepted,
        coalesce(extensions.extension_days, 0) as extension_days,
        coalesce(extensions.is_longer_than_law, false) as is_extended_beyond_law,
        coalesce(extensions.is_disagreeing, false) as is_extension_disagreeing,
        deemed.accepted_on as deemed_on,
        deemed.deemed_from_on,
        coalesce(stated.due_on, cast(timezone(zones.time_zone, stated.due_at) as date)) as due_on,
        stated.due_at,
        coalesce(stated.is_judged_by_instant, false) as is_judged_by_instant
    from clock_told_cases as told
    full join clock_deemed_cases as deemed using (case_key)
    full join stated using (case_key)
    left join clock_extensions as extensions using (case_key)
    left join clock_zones as zones on zones.calendar_number = stated.calendar_number
)

select
    cast(row_number() over (order by case_key) as integer) as note_number,
    case_key,
    has_stops,
    is_green_lane,
    withdrawn_on,
    is_withdrawn,
    has_no_end,
    is_completion_refused,
    is_not_accepted,
    cast(extension_days as integer) as extension_days,
    is_extended_beyond_law,
    is_extension_disagreeing,
    deemed_on,
    deemed_from_on,
    if(is_green_lane, null, due_on) as stated_due_on,
    if(is_green_lane, null, due_at) as stated_due_at,
    is_judged_by_instant
from joined
order by note_number;
