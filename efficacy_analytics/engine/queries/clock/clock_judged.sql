-- clock_judged: the verdict of every case as a view, of which each reader computes only the columns that it asks for
-- from:   clock_cases, clock_judged_noted, clock_judged_terms, clock_notes_on, clock_zones, clock_days, clock_working_days
-- It is that of the day, and of the rules, that `clock_asked` set last.
--
-- With W(x) the working days up to x, a case accepted on a has counted W(x) - W(a) - stopped days; it is due on the
-- day on which W reaches W(a) + limit + the working days of those stops that began before the limit was used up.
-- The needed days are the shortest limit that the case would have kept, in the unit in which its days are counted: an
-- extension lengthens that limit too, and where it ended on a rest day it ended on the next working day; what is completed
-- on a rest day is after the working day before it. A stop takes days out only of a length that is not used up when it
-- begins, so what ends in a stop needs one more than it has counted. A limit of none ends on the first working day.
-- A stated day later than that of the limit lengthens it likewise; an earlier one only makes a case late. They exceed the
-- limit in force if and only if the case is late.
-- unit_number: 0 working days, 1 calendar days, 2 months (counted in calendar days), 3 hours.
--
-- Cases about which nothing is special pass through with one value for all that a note could tell of them.
create or replace temp macro clock_length_to(elapsed, stops_by_length) as if(
    stops_by_length is null,
    elapsed,
    least(elapsed, list_min(list_transform(
        stops_by_length, lambda stop: greatest(elapsed - stop.taken_length, stop.least_length)
    )))
);

create or replace temp view clock_judged as
with plain as not materialized (
    select
        cases.*,
        0 as extension_days,
        false as is_not_deemed_yet,
        false as has_no_end,
        cast(null as date) as stated_due_on,
        cast(null as timestamptz) as stated_due_at,
        false as is_judged_by_instant,
        0 as shift_days,
        0 as stopped_days,
        0 as stopped_seconds,
        null as stops_by_length,
        0 as note_bits
    from clock_cases as cases
    where note_number = 0
),

limited as (
    select cases.*, 0 as unit_number, terms.limit_length, terms.flag_bits as term_bits
    from plain as cases
    inner join clock_judged_terms as terms using (terms_key)
    where terms.judges_plain_cases and terms.unit_number = 0
    union all by name
    select cases.*, terms.unit_number, terms.limit_length, terms.flag_bits as term_bits
    from plain as cases
    inner join clock_judged_terms as terms using (terms_key)
    where terms.judges_plain_cases and terms.unit_number <> 0
    union all by name
    select
        cases.*, notes.* exclude (note_number, flag_bits), notes.flag_bits as note_bits,
        terms.unit_number, terms.limit_length, terms.flag_bits as term_bits
    from clock_judged_noted as cases
    inner join clock_judged_terms as terms using (terms_key)
    inner join clock_notes_on as notes using (note_number)
),

begun as (
    select
        * exclude (note_number, applied_on, accepted_on, ended_on, acceptance_bits, has_no_end, note_bits, term_bits),
        if(is_not_deemed_yet, null, accepted_on) as began_on,
        if(has_no_end, null, least(ended_on, getvariable('clock_as_on'))) as end_on,
        coalesce(ended_on > getvariable('clock_as_on'), not has_no_end) as is_open,
        note_bits
        + term_bits
        + acceptance_bits
        + if(
            applied_on <= accepted_on and accepted_on <= ended_on and ended_on <= getvariable('clock_as_on')
            and not is_not_deemed_yet,
            0,
            if(accepted_on < applied_on, 32, 0)                                                   -- accepted_before_applied
            + if(ended_on < accepted_on, 64, 0)                                                 -- completed_before_accepted
            + if(accepted_on > getvariable('clock_as_on'), 128, 0)                                    -- accepted_after_as_on
            + if(ended_on > getvariable('clock_as_on'), 256, 0)                                      -- completed_after_as_on
            + if(accepted_on is null or is_not_deemed_yet, 512, 0)                                           -- not_accepted
        ) as flag_bits
    from limited
),

read as (
    select
        begun.*,
        began.working_days_to as began_reading,
        ended.working_days_to as end_reading,
        if(getvariable('clock_roll_rest_days'), ended.rest_days_before, 0) as rest_days_before,
        coalesce(end_on > began_on and ended.next_working_on > end_on, false) as ends_on_rest_day,
        unit_number = 0 and getvariable('clock_roll_rest_days') and end_on <= began.next_working_on as ends_by_first_working_day,
        limit_length + extension_days + shift_days as length,
        case
            when stated_due_on is not null then stated_due_on
            when unit_number = 0 and limit_length + extension_days + shift_days = 0 then began_on
            when unit_number = 1 then began_on + limit_length + extension_days + shift_days
            when unit_number = 2
                then cast(began_on + to_months(limit_length) as date) + extension_days + shift_days
        end as nominal_on
    from begun
    inner join clock_days as began
        on began.day_key = clock_day_key(begun.began_on, calendar_number)
    inner join clock_days as ended
        on ended.day_key = clock_day_key(begun.end_on, calendar_number)
),

due as (
    select
        read.*,
        case
            when stated_due_on is not null then stated_due_at
            when unit_number = 3 then accepted_at + to_hours(limit_length + 24 * (extension_days + shift_days))
        end as due_at,
        case
            when stated_due_on is not null then stated_due_on
            when unit_number = 0 and nominal_on is null then reached.day
            when unit_number = 0 and not getvariable('clock_roll_rest_days') then nominal_on
            when unit_number = 3
                then cast(timezone(
                    zones.time_zone, accepted_at + to_hours(limit_length + 24 * (extension_days + shift_days))
                ) as date)
            when getvariable('clock_roll_rest_days') then looked_up.next_working_on
            else nominal_on
        end as due_on,
        looked_up.working_days_to as due_reading,
        case when unit_number = 3
            then epoch(if(is_open, timezone(zones.time_zone, cast(end_on as timestamp)), completed_at))
                - epoch(accepted_at)
        end as elapsed_seconds,
        cast(case unit_number
            when 0 then end_reading - began_reading
            when 3 then ceil(elapsed_seconds / 3600.0)
            else end_on - began_on
        end as integer) as elapsed_length,
        cast(case unit_number
            when 3 then ceil((elapsed_seconds - stopped_seconds) / 3600.0)
            else elapsed_length - stopped_days
        end as integer) as count_reading,
        count_reading * cast(count_reading > 0 as integer) as counted_days,
        coalesce(not is_open and end_on < began_on, false) as ends_before_it_begins
    from read
    inner join clock_zones as zones using (calendar_number)
    inner join clock_working_days as reached
        on reached.working_key = clock_working_key(began_reading + length, calendar_number)
    inner join clock_days as looked_up
        on looked_up.day_key = clock_day_key(nominal_on, calendar_number)
)

select
    *,
    case
        when end_on is null or began_on is null and stated_due_on is null then null
        when ends_before_it_begins then null  -- no success, and no failure: a date is wrong
        when (is_judged_by_instant or unit_number = 3 and stated_due_on is null)
            and not is_open and completed_at is not null and due_at is not null then completed_at > due_at
        when due_on is not null then end_on > due_on
        when counted_days < limit_length + extension_days then false
    end as is_late,
    case
        when stated_due_on is not null then if(unit_number = 0, due_reading - end_reading, due_on - end_on)
        when unit_number = 0
            then limit_length + extension_days - counted_days + cast(coalesce(due_on > nominal_on, false) as integer)
        when unit_number = 3 then limit_length + 24 * extension_days - counted_days
        else due_on - began_on - shift_days - counted_days
    end as remaining_days,
    clock_length_to(
        elapsed_length
        + case unit_number when 0 then cast(ends_on_rest_day as integer) when 3 then 0
            else -coalesce(rest_days_before, 0) end,
        stops_by_length
    ) as length_to_end,
    case
        when counted_days is null then null
        when stated_due_on is not null and limit_length is not null and unit_number in (0, 1)
            then least(
                length_to_end,
                limit_length + clock_length_to(elapsed_length, stops_by_length) - clock_length_to(
                    if(unit_number = 0, due_reading - began_reading, due_on - began_on), stops_by_length
                )
            )
        when ends_by_first_working_day and extension_days = 0 then 0
        else length_to_end - if(unit_number = 3, 24, 1) * extension_days
    end as unbounded_needed_days,
    stated_due_on is not null and unit_number <> 2 as is_stated,
    flag_bits
    + if(limit_length is null and stated_due_on is null, 1, 0)                                           -- no_limit
    + if(counted_days is null or due_on is null or stated_due_on is not null, if(
        unit_number <> 3 and began_on is not null and end_on is not null and counted_days is null
        or unit_number <> 3 and began_on is not null and limit_length is not null and due_on is null
        or unit_number = 0 and stated_due_on is not null and due_reading is null,
        16384, 0), 0)                                                                            -- outside_calendar
    + if(unit_number = 3 and accepted_at is null, 32768, 0)                                  -- hours_without_moment
    as all_flag_bits
from due;
