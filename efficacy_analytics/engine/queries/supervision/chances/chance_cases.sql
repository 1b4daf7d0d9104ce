-- chance_cases: cases with a due date: what they may take, when their fate was known, and what it was, as of a day
-- from:   cases, cohort_cases, case_verdicts, clock_cases
-- param:  as_on DATE  the day of the verdicts; what ends later is open
--
-- The fate of a case is known once it ends, or the day after its due date, whichever is first; that of a withdrawn case
-- never is. Cases on the spot and limits in hours are left out: no day remains in which to act; so is the green lane,
-- by its mark or by a stop, which the promise does not bind. All cases are here, for a cohort lies beside the others.
create or replace temp table chance_cases as
select
    cases.case_key,
    cohort_cases.case_key is not null as is_of_cohort,
    cases.department,
    cases.item,
    clock_cases.calendar_number,
    clock_cases.accepted_on,
    if(clock_cases.ended_on <= cast($as_on as date), clock_cases.ended_on, null) as ended_on,
    verdicts.counted_days,
    verdicts.counted_days + verdicts.remaining_days as allowed_days,
    verdicts.limit_unit in ('working_days', 'on_the_spot') as counts_working_days,
    verdicts.due_on,
    cases.is_withdrawn and clock_cases.ended_on <= cast($as_on as date) as is_withdrawn,
    case
        when cases.is_withdrawn and clock_cases.ended_on <= cast($as_on as date) then null
        when verdicts.is_late then least(clock_cases.ended_on, verdicts.due_on + 1)
        when clock_cases.ended_on <= cast($as_on as date) then clock_cases.ended_on
    end as known_on,
    case
        when cases.is_withdrawn and clock_cases.ended_on <= cast($as_on as date) then null
        when verdicts.is_late then true
        when clock_cases.ended_on <= cast($as_on as date) then false
    end as is_late
from cases
inner join case_verdicts as verdicts using (case_key)
inner join clock_cases using (case_key)
left join cohort_cases using (case_key)
where clock_cases.accepted_on <= cast($as_on as date)
  and verdicts.due_on is not null
  and verdicts.limit_unit is distinct from 'hours'
  and cases.is_green_lane is distinct from true
  and not list_contains(verdicts.clock_flags, 'green_lane')
  and verdicts.counted_days + verdicts.remaining_days > 0
  and (verdicts.is_open or clock_cases.ended_on >= clock_cases.accepted_on);
