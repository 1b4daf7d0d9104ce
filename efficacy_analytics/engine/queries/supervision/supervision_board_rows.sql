-- supervision_board_rows: the cases open on a day, each with the highest step of the ladder that it has reached
-- from:   supervision_open, supervision_reached, cohort_cases
create or replace temp table supervision_board_rows as
select
    open.case_key,
    cases.case_id,
    cases.department,
    cases.item,
    case
        when reached.level is not null then reached.level
        when open.is_stopped then 'stopped'
        when open.due_on is null then 'no_limit'
        else 'green'
    end as colour,
    open.turn,
    open.is_stopped,
    open.stop_kind,
    open.stopped_since_on,
    open.accepted_on,
    open.due_on,
    open.limit_days,
    open.limit_unit,
    open.counted_days,
    open.stopped_days,
    open.remaining_days,
    cast(open.working_days_left as integer) as working_days_left,
    open.used_share,
    open.is_late,
    open.stage,
    open.last_activity,
    open.holding_department,
    open.holder,
    open.waiting_since_on,
    cast(open.waiting_working_days as integer) as waiting_working_days,
    cast(open.open_working_days as integer) as open_working_days,
    open.step_count,
    cases.source
from supervision_open as open
inner join cohort_cases as cases using (case_key)
left join supervision_reached as reached on reached.case_key = open.case_key and reached.scope = 'case';
