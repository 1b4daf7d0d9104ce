-- clock_stops: each special procedure, supplement or extension of a case, what it does by the rules, what is wrong with it
-- from:   clock_stops_in, clock_rules, clock_stopped_cases, clock_days
create or replace table clock_stops as
with given as (
    select *
    from (
        select
            cast(null as varchar) as reason,
            cast(null as timestamptz) as recorded_at,
            cast(null as date) as recorded_on
        where false
    )
    union all by name
    select * from clock_stops_in
),

told as (
    select
        stops.case_key,
        stops.kind,
        stops.reason,
        stops.recorded_at,
        stops.recorded_on,
        coalesce(rules.effect, 'none') as effect,
        stops.stopped_from_on,
        stops.stopped_until_on,
        clock_day_key(
            if(rules.effect = 'extends', stops.stopped_until_on, null), calendar_number
        ) as extended_key,
        stops.extension_days as told_days,
        case
            when stops.stopped_until_on is not null
                then greatest(stops.stopped_until_on, stops.stopped_from_on) - stops.stopped_from_on
        end as calendar_days,
        coalesce(cases.counts_working_days, true) as counts_working_days,
        rules.default_extension_days,
        rules.kind is null as is_of_unknown_kind,
        rules.notice_within_working_days,
        coalesce(rules.effect = 'stops', false) as is_stopping,
        cases.accepted_on,
        cases.ended_on,
        clock_day_key(
            if(rules.notice_within_working_days is null, null, cases.applied_on), calendar_number
        ) as applied_key,
        clock_day_key(stops.stopped_from_on, calendar_number) as noticed_key
    from given as stops
    left join clock_rules as rules using (kind)
    left join clock_stopped_cases as cases using (case_key)
)

select
    told.case_key,
    told.kind,
    told.effect,
    told.stopped_from_on,
    told.stopped_until_on,
    cast(if(told.effect = 'extends', coalesce(
        told.told_days,
        case
            when not told.counts_working_days then told.calendar_days
            when told.calendar_days is not null
                then greatest(extended.working_days_to, noticed.working_days_to) - noticed.working_days_to
        end,
        told.default_extension_days
    ), null) as integer) as extension_days,
    told.reason,
    told.recorded_at,
    told.recorded_on,
    told.is_of_unknown_kind,
    told.is_stopping and coalesce(told.stopped_until_on < told.stopped_from_on, false) as ends_before_start,
    told.is_stopping and told.stopped_until_on is null as has_no_end,
    told.is_stopping
    and coalesce(told.stopped_until_on >= told.stopped_from_on or told.stopped_until_on is null, false)
    and coalesce(told.stopped_until_on <= told.accepted_on or told.stopped_from_on >= told.ended_on, false)
        as is_outside_case,
    coalesce(noticed.working_days_to - applied.working_days_to > told.notice_within_working_days, false)
        as is_notice_overdue
from told
inner join clock_days as applied on applied.day_key = told.applied_key
inner join clock_days as noticed on noticed.day_key = told.noticed_key
inner join clock_days as extended on extended.day_key = told.extended_key
order by told.case_key, told.stopped_from_on, told.stopped_until_on, told.kind, extension_days,
    told.reason, told.recorded_at;
