-- clock_stage_verdicts: whether each stage or activity that has a limit of its own kept it, whatever the case did
-- from:   stage_spans, clock_cases, cases, stage_limits, clock_stop_readings, clock_days, clock_working_days
-- param:  roll_rest_days BOOLEAN  whether a limit in calendar days that ends on a rest day ends on the next working day
--
-- What is running ends, so far, on the day of the verdict; it is late once that day is after its due date. Units are
-- working_days, calendar_days and on_the_spot. A stop that begins when the limit is used up moves no due date.
create or replace temp table stage_verdicts as
with limited as (
    select
        spans.*,
        limits.length,
        limits.unit,
        limits.unit = 'calendar_days' as counts_all_days,
        clock_cases.calendar_number,
        row_number() over (
            partition by spans.case_key, spans.first_event_number, spans.stage, spans.activity
            order by rule_precedence(limits.item, limits.department, limits.valid_from), limits.length
        ) as place
    from stage_spans as spans
    inner join clock_cases using (case_key)
    inner join cases using (case_key)
    inner join stage_limits as limits
        on (limits.stage = spans.stage or limits.activity = spans.activity)
        and rule_applies(
            limits.item, limits.department, limits.valid_from, limits.valid_until,
            cases.item, cases.department, spans.ruled_on
        )
),

read as (
    select limited.*, began.working_days_to as began_reading, ended.working_days_to as ended_reading
    from limited
    inner join clock_days as began on began.day_key = clock_day_key(limited.began_on, calendar_number)
    inner join clock_days as ended on ended.day_key = clock_day_key(limited.ended_on, calendar_number)
    where limited.place = 1
),

spans as (
    select
        read.case_key,
        read.first_event_number,
        read.stage,
        read.activity,
        read.length,
        read.began_on,
        read.began_reading,
        read.counts_all_days,
        greatest(stops.stopped_from_on, read.began_on) as from_on,
        least(stops.stopped_until_on, read.ended_on) as until_on,
        greatest(stops.working_days_from, read.began_reading) as from_reading,
        least(stops.working_days_until, read.ended_reading) as until_reading
    from read
    inner join clock_stop_readings as stops
        on stops.case_key = read.case_key
        and stops.stopped_until_on > read.began_on
        and stops.stopped_from_on < read.ended_on
),

measured as (
    select
        *,
        if(counts_all_days, until_on - from_on, until_reading - from_reading) as span_days,
        if(counts_all_days, from_on - began_on, from_reading - began_reading) as elapsed_days
    from spans
),

reached as (
    select
        *,
        elapsed_days - coalesce(sum(span_days) over (
            partition by case_key, first_event_number, stage, activity order by from_on
            rows between unbounded preceding and 1 preceding
        ), 0) < length as is_before_due
    from measured
),

summed as (
    select
        case_key,
        first_event_number,
        stage,
        activity,
        coalesce(sum(span_days) filter (where is_before_due), 0) as shift_days,
        sum(span_days) as stopped_days
    from reached
    group by case_key, first_event_number, stage, activity
),

due as (
    select
        read.*,
        coalesce(summed.stopped_days, 0) as stopped_days,
        case
            when counts_all_days then looked_up.next_working_on
            when read.length = 0 then looked_up.next_working_on
            else reached.day
        end as rolled_on,
        if(
            counts_all_days or read.length = 0,
            read.began_on + cast(read.length + coalesce(summed.shift_days, 0) as integer), null
        )
            as unrolled_on
    from read
    left join summed
        on summed.case_key = read.case_key
        and summed.first_event_number = read.first_event_number
        and summed.stage is not distinct from read.stage
        and summed.activity is not distinct from read.activity
    inner join clock_working_days as reached
        on reached.working_key
        = clock_working_key(began_reading + read.length + coalesce(summed.shift_days, 0), calendar_number)
    inner join clock_days as looked_up
        on looked_up.day_key = clock_day_key(
            read.began_on + cast(read.length + coalesce(summed.shift_days, 0) as integer), calendar_number
        )
)

select
    case_key,
    first_event_number,
    stage,
    activity,
    length as limit_days,
    unit as limit_unit,
    began_on,
    ended_on,
    is_running,
    cast(if(counts_all_days, ended_on - began_on, ended_reading - began_reading) - stopped_days as integer)
        as count_reading,
    if(count_reading < 0, 0, count_reading) as counted_days,
    cast(stopped_days as integer) as stopped_days,
    if(cast($roll_rest_days as boolean), rolled_on, coalesce(unrolled_on, rolled_on)) as due_on,
    ended_on > if(cast($roll_rest_days as boolean), rolled_on, coalesce(unrolled_on, rolled_on)) as is_late
from due
order by case_key, first_event_number, stage, activity;
