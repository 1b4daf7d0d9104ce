-- what_if_cases: how many cases save how many counted days by a change, and whether they keep their limit before and after
-- from:   cohort_cases, cohort_events, what_if_batching
-- param:  change VARCHAR             cap, remove, parallel, no_batch_day or to_window
-- param:  activity VARCHAR           the step that changes
-- param:  previous_activity VARCHAR  only where it follows this one; null for any
-- param:  most_days INTEGER          with cap: the counted days that may still be waited; else null
-- out:    saved_days INTEGER, counted_days INTEGER, is_met_before BOOLEAN, is_met_after BOOLEAN, case_count BIGINT
-- out:    step_count BIGINT
--
-- Steps made possible before acceptance or ended after the case's completion are left as they are: the clock did not
-- run. Open cases and limits in hours are left out; a case that is not judged (`is_judged`) meets or misses nothing. A late
-- case is in time when it saves the days by which it was late, counted from the due date of the verdict: extensions, stated
-- days and rest days are in it. Of a wait's counted days batching has the share that it has of the time outside clock
-- stops, in whole days, halves up. To the window go the steps up to the last such step of the case that are taken by
-- another officer than the step before them, in the department of the case as far as it is known.
with clocked as (
    select
        case_key,
        department,
        accepted_on,
        completed_on,
        counted_days,
        remaining_days,
        if(is_judged, is_late, null) as is_late
    from cohort_cases
    where not is_open
      and counted_days is not null
      and coalesce(limit_unit, '') <> 'hours'
),

lasting as (
    select
        events.case_key,
        events.event_number,
        events.activity,
        events.previous_activity,
        coalesce(events.waiting_counted_days, 0) as waiting,
        coalesce(events.waiting_counted_days, 0) + coalesce(events.service_counted_days, 0) as lasts,
        coalesce(
            cast(events.resource as varchar) <> lag(cast(events.resource as varchar)) over in_case
            and coalesce(cast(events.department as varchar) = cast(clocked.department as varchar), true),
            false
        ) as is_handed_over,
        max(events.event_number) filter (where cast(events.activity as varchar) = cast($activity as varchar))
            over (partition by events.case_key) as last_number,
        coalesce(
            max(events.completed_on) over earlier >= clocked.accepted_on
            and events.completed_on <= clocked.completed_on,
            false
        ) as is_clocked
    from cohort_events as events
    inner join clocked using (case_key)
    window
        in_case as (partition by events.case_key order by events.event_number),
        earlier as (
            partition by events.case_key order by events.event_number rows between unbounded preceding and 1 preceding
        )
),

paired as (
    select
        *,
        coalesce(if(lag(is_clocked) over in_case, lag(lasts) over in_case, 0), 0) as previous_lasts
    from lasting
    window in_case as (partition by case_key order by event_number)
),

changed as (
    select
        case_key,
        count(*) as step_count,
        sum(case cast($change as varchar)
            when 'cap' then greatest(0, waiting - cast($most_days as integer))
            when 'remove' then lasts
            when 'parallel' then least(lasts, previous_lasts)
            when 'no_batch_day' then coalesce((2 * waiting * batching_us + running_us) // nullif(2 * running_us, 0), 0)
            else waiting
        end) as saved_days
    from paired
    left join what_if_batching using (case_key, event_number)
    where is_clocked
      and if(
          cast($change as varchar) = 'to_window',
          is_handed_over and event_number <= last_number,
          cast(activity as varchar) = cast($activity as varchar)
          and (
              cast($previous_activity as varchar) is null
              or cast(previous_activity as varchar) = cast($previous_activity as varchar)
          )
      )
    group by case_key
),

judged as (
    select
        least(coalesce(changed.saved_days, 0), clocked.counted_days) as saved_days,
        clocked.counted_days,
        not clocked.is_late as is_met_before,
        not clocked.is_late
        or least(coalesce(changed.saved_days, 0), clocked.counted_days) >= greatest(1, -clocked.remaining_days)
            as is_met_after,
        coalesce(changed.step_count, 0) as step_count
    from clocked
    left join changed using (case_key)
)

select
    cast(saved_days as integer) as saved_days,
    cast(counted_days as integer) as counted_days,
    is_met_before,
    is_met_after,
    count(*) as case_count,
    cast(sum(step_count) as bigint) as step_count
from judged
group by saved_days, counted_days, is_met_before, is_met_after
order by saved_days, counted_days, is_met_before nulls last, is_met_after nulls last
