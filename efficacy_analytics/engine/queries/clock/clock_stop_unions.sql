-- clock_stop_unions: the stops of each case as disjoint spans in order, what they take out, and the notes as of a day
-- from:   clock_stops_counted, clock_stopped_cases, clock_judged_notes, clock_days
-- param:  as_on DATE  the day of the verdict; a stop without an end runs until then
-- param:  stop_takes_out_its_first_day BOOLEAN  whether the day a stop begins is itself taken out
--
-- A span takes out the days after its first up to and including its second, from acceptance to completion only.
-- stops_by_length tells, in the unit of the limit, from which length on a stop begins before the limit is used up, and what
-- it and those before it take out up to the end of the case.
create or replace temp table clock_stop_unions as
with effective as (
    select
        stops.case_key,
        greatest(
            stops.stopped_from_on - cast(cast($stop_takes_out_its_first_day as boolean) as integer), cases.accepted_on
        ) as from_on,
        least(
            coalesce(stops.stopped_until_on, cast($as_on as date)),
            if(cases.ended_on <= cast($as_on as date), cases.ended_on, null)
        ) as until_on
    from clock_stops_counted as stops
    inner join clock_stopped_cases as cases using (case_key)
    where stops.effect = 'stops' and not stops.ends_before_start
),

begun as (
    select
        case_key,
        from_on,
        until_on,
        from_on > coalesce(max(until_on) over earlier, date '0001-01-01') as begins_span
    from effective
    where from_on < until_on
    window earlier as (
        partition by case_key order by from_on, until_on rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        case_key,
        from_on,
        until_on,
        sum(cast(begins_span as integer)) over (partition by case_key order by from_on, until_on) as span_number
    from begun
)

select
    case_key,
    cast(span_number as integer) as span_number,
    min(from_on) as stopped_from_on,
    max(until_on) as stopped_until_on
from numbered
group by case_key, span_number;

create or replace temp table clock_stop_readings as
with placed as (
    select
        unions.case_key,
        unions.span_number,
        unions.stopped_from_on,
        unions.stopped_until_on,
        clock_day_key(unions.stopped_from_on, calendar_number) as from_key,
        clock_day_key(unions.stopped_until_on, calendar_number) as until_key
    from clock_stop_unions as unions
    inner join clock_stopped_cases as cases using (case_key)
)

select
    placed.case_key,
    placed.stopped_from_on,
    placed.stopped_until_on,
    from_day.working_days_to as working_days_from,
    until_day.working_days_to as working_days_until,
    from_day.calendar_days_to as calendar_days_from,
    until_day.calendar_days_to as calendar_days_until
from placed
inner join clock_days as from_day on from_day.day_key = placed.from_key
inner join clock_days as until_day on until_day.day_key = placed.until_key;

create or replace temp table clock_notes_on as
with cases as (
    select
        *,
        least(ended_on, cast($as_on as date)) as end_on,
        clock_day_key(accepted_on, calendar_number) as began_key,
        clock_day_key(least(ended_on, cast($as_on as date)), calendar_number) as end_key
    from clock_stopped_cases
),

measured as (
    select
        cases.case_key,
        cases.length_days,
        cases.counts_hours,
        spans.stopped_from_on,
        if(
            counts_working_days,
            spans.working_days_until - spans.working_days_from,
            spans.stopped_until_on - spans.stopped_from_on
        ) as span_days,
        case
            when counts_working_days then spans.working_days_from - began.working_days_to
            when counts_hours
                then (epoch_us(cast(spans.stopped_from_on + 1 as timestamp)) - epoch_us(accepted_local)) / 86400e6
            else spans.stopped_from_on - cases.accepted_on
        end as elapsed_days,
        case
            when not counts_working_days
                then least(spans.stopped_until_on, cases.end_on) - least(spans.stopped_from_on, cases.end_on)
            when ended.working_days_to is not null and spans.working_days_from is not null
                then least(spans.working_days_until, ended.working_days_to)
                - least(spans.working_days_from, ended.working_days_to)
        end as stopped_days,
        if(
            counts_hours,
            greatest(0, epoch_us(least(
                cast(spans.stopped_until_on + 1 as timestamp),
                coalesce(completed_local, cast(cases.end_on as timestamp))
            )) - epoch_us(cast(spans.stopped_from_on + 1 as timestamp))) // 1000000,
            0
        ) as stopped_seconds
    from clock_stop_readings as spans
    inner join cases using (case_key)
    inner join clock_days as began on began.day_key = cases.began_key
    inner join clock_days as ended on ended.day_key = cases.end_key
),

reached as (
    select
        *,
        elapsed_days - coalesce(sum(span_days) over earlier, 0) as used_days,
        sum(stopped_days) over (partition by case_key order by stopped_from_on) as taken_days,
        used_days < length_days as is_before_due
    from measured
    window earlier as (
        partition by case_key order by stopped_from_on rows between unbounded preceding and 1 preceding
    )
),

summed as (
    select
        case_key,
        case
            when not bool_or(is_before_due is null or is_before_due and span_days is null)
                then coalesce(sum(span_days) filter (where is_before_due), 0)
        end as shift_days,
        if(bool_or(stopped_days is null), null, sum(stopped_days)) as stopped_days,
        sum(stopped_seconds) as stopped_seconds,
        list(if(
            counts_hours,
            {'least_length': cast(floor(24 * used_days) as integer) + 1, 'taken_length': cast(24 * taken_days as integer)},
            {'least_length': cast(used_days as integer) + 1, 'taken_length': cast(taken_days as integer)}
        ) order by stopped_from_on) as stops_by_length
    from reached
    group by case_key
),

marked as (
    select
        case_key,
        bit_or(
            if(is_notice_overdue, 2048, 0)      -- supplement_overdue
            + if(is_of_unknown_kind, 65536, 0)  -- unknown_stop_kind
            + if(ends_before_start, 131072, 0)  -- stop_ends_before_start
            + if(has_no_end, 262144, 0)         -- stop_open
            + if(is_outside_case, 524288, 0)    -- stop_outside_case
        ) as flag_bits
    from clock_stops_counted
    group by case_key
)

select
    notes.note_number,
    notes.extension_days,
    notes.deemed_from_on > cast($as_on as date) as is_not_deemed_yet,
    notes.has_no_end,
    notes.stated_due_on,
    notes.stated_due_at,
    notes.is_judged_by_instant,
    cast(if(summed.case_key is null, 0, summed.shift_days) as integer) as shift_days,
    cast(if(summed.case_key is null, 0, summed.stopped_days) as integer) as stopped_days,
    cast(coalesce(summed.stopped_seconds, 0) as integer) as stopped_seconds,
    summed.stops_by_length,
    coalesce(marked.flag_bits, 0)
    + if(notes.deemed_from_on <= cast($as_on as date), 1024, 0)  -- deemed_accepted
    + if(notes.is_withdrawn, 4096, 0)                            -- withdrawn
    + if(notes.is_green_lane, 8192, 0)                           -- green_lane
    + if(notes.is_completion_refused, 1048576, 0)                -- completion_refused
    + if(notes.is_not_accepted, 33554432, 0)                     -- acceptance_refused
    + if(notes.is_extended_beyond_law, 2097152, 0)               -- extension_longer_than_law
    + if(notes.is_extension_disagreeing, 4194304, 0)             -- extension_disagrees
    as flag_bits
from clock_judged_notes as notes
left join marked using (case_key)
left join summed using (case_key)
union all
select 0, 0, false, false, null, null, false, 0, 0, 0, null, 0;
