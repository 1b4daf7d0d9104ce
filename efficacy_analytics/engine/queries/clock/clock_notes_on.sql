-- clock_notes_on: what is special about a case on a day, as a view: what its stops take out, its extension, its stated day, its flags
-- from:   clock_stop_readings, clock_stops_counted, clock_stopped_cases, clock_judged_notes, clock_days
--
-- The day is that which `clock_asked` set last.
-- stops_by_length tells, in the unit of the limit, from which length on a stop begins before the limit is used up, and what
-- it and those before it take out up to the end of the case.
create or replace temp view clock_notes_on as
with cases as (
    select
        *,
        least(ended_on, getvariable('clock_as_on')) as end_on,
        clock_day_key(accepted_on, calendar_number) as began_key,
        clock_day_key(least(ended_on, getvariable('clock_as_on')), calendar_number) as end_key
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
        )) as stops_by_length
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
    notes.deemed_from_on > getvariable('clock_as_on') as is_not_deemed_yet,
    notes.has_no_end,
    notes.stated_due_on,
    notes.stated_due_at,
    notes.is_judged_by_instant,
    cast(if(summed.case_key is null, 0, summed.shift_days) as integer) as shift_days,
    cast(if(summed.case_key is null, 0, summed.stopped_days) as integer) as stopped_days,
    cast(coalesce(summed.stopped_seconds, 0) as integer) as stopped_seconds,
    summed.stops_by_length,
    coalesce(marked.flag_bits, 0)
    + if(notes.deemed_from_on <= getvariable('clock_as_on'), 1024, 0)  -- deemed_accepted
    + if(notes.is_withdrawn, 4096, 0)                            -- withdrawn
    + if(notes.is_green_lane, 8192, 0)                           -- green_lane
    + if(notes.is_completion_refused, 1048576, 0)                -- completion_refused
    + if(notes.is_not_accepted, 33554432, 0)                     -- acceptance_refused
    + if(notes.is_extended_beyond_law, 2097152, 0)               -- extension_longer_than_law
    + if(notes.is_extension_disagreeing, 4194304, 0)             -- extension_disagrees
    as flag_bits
from clock_judged_notes as notes
left join marked using (case_key)
left join summed using (case_key);
