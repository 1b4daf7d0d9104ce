-- supervision_reached: the highest step of the ladder that each case, stage or complaint has reached on a day
-- from:   supervision_subjects, office_warnings
-- param:  as_on DATE  the day; a step of the ladder counts where it is in force
--
-- Of the steps of one scope and level the one for the item and department holds before the general one. While the
-- clock stands still nothing becomes due: only what was overrun before is warned of.
create or replace temp table supervision_reached as
with matched as (
    select
        subjects.*,
        ladder.warning,
        ladder.level,
        ladder.measure,
        ladder.threshold,
        ladder.place,
        ladder.name_zh,
        ladder.name_en,
        case ladder.level when 'red' then 3 when 'yellow' then 2 else 1 end as height
    from supervision_subjects as subjects
    inner join office_warnings as ladder
        on ladder.scope = subjects.scope
        and coalesce(ladder.item = subjects.item, ladder.item is null)
        and coalesce(ladder.department = subjects.department, ladder.department is null)
        and coalesce(ladder.valid_from <= cast($as_on as date), true)
        and coalesce(ladder.valid_until > cast($as_on as date), true)
    qualify row_number() over (
        partition by
            subjects.scope, subjects.case_key, subjects.complaint_id, subjects.stage, subjects.first_event_number,
            ladder.level
        order by ladder.item is null, ladder.department is null, ladder.valid_from desc nulls last, ladder.place
    ) = 1
),

reached as (
    select *
    from matched
    where case measure
        when 'working_days_left' then is_past_due or working_days_left <= threshold and not is_stopped
        when 'used_share' then is_past_due or used_share >= threshold and not is_stopped
        when 'past_due' then is_past_due
    end
)

select *
from reached
qualify row_number() over (
    partition by scope, case_key, complaint_id, stage, first_event_number order by height desc, place
) = 1;
