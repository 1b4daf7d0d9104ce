-- supervision_flow: how many cases arrive, end and are open at the end of each day, until a day
-- from:   cohort_cases, case_verdicts, clock_cases, event_log
-- param:  as_on DATE  the last day
-- out:    day DATE, arrival_count BIGINT, departure_count BIGINT, stock_count BIGINT
--
-- A case arrives on the day of its acceptance, else of its application, else of its first step; it ends on the day of
-- its completion or withdrawal, else, where it is over and no day is known, with its last step; not before it arrives.
with steps as (
    select case_key, min(completed_on) as first_on, max(completed_on) as last_on
    from event_log
    where case_key in (select case_key from cohort_cases)
    group by case_key
),

spans as (
    select
        coalesce(cases.accepted_on, cases.applied_on, steps.first_on) as arrived_on,
        if(
            verdicts.is_open, null,
            greatest(
                coalesce(cases.accepted_on, cases.applied_on, steps.first_on),
                least(coalesce(clock_cases.ended_on, steps.last_on, cases.accepted_on), cast($as_on as date))
            )
        ) as ended_on
    from cohort_cases as cases
    inner join case_verdicts as verdicts using (case_key)
    inner join clock_cases using (case_key)
    left join steps using (case_key)
),

moves as (
    select arrived_on as day, 1 as arrived, 0 as ended from spans where arrived_on <= cast($as_on as date)
    union all
    select ended_on, 0, 1 from spans where arrived_on <= cast($as_on as date) and ended_on is not null
),

days as (
    select cast(unnest(generate_series(min(day), cast($as_on as date), interval 1 day)) as date) as day from moves
),

counts as (
    select day, sum(arrived) as arrival_count, sum(ended) as departure_count from moves group by day
)

select
    days.day,
    cast(coalesce(counts.arrival_count, 0) as bigint) as arrival_count,
    cast(coalesce(counts.departure_count, 0) as bigint) as departure_count,
    cast(sum(coalesce(counts.arrival_count, 0) - coalesce(counts.departure_count, 0)) over (
        order by days.day rows between unbounded preceding and current row
    ) as bigint) as stock_count
from days
left join counts using (day)
order by days.day
