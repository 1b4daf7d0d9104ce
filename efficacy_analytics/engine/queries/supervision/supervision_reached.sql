-- supervision_reached: the highest step of the ladder that each case, stage or complaint has reached on a day
-- from:   supervision_subjects, office_warnings
-- param:  as_on DATE  the day; a step of the ladder counts where it is in force
--
-- Of the steps of one scope and level the one for the item and department holds before the general one. While the
-- clock stands still nothing becomes due: only what was overrun before is warned of.
create or replace temp table supervision_reached as
with kinds as (
    select distinct scope, item, department from supervision_subjects
),

matched as (
    select
        kinds.scope,
        kinds.item,
        kinds.department,
        ladder.level,
        {
            'warning': ladder.warning,
            'measure': ladder.measure,
            'threshold': ladder.threshold,
            'name_zh': ladder.name_zh,
            'name_en': ladder.name_en
        } as step
    from kinds
    inner join office_warnings as ladder
        on ladder.scope = kinds.scope
        and rule_applies(
            ladder.item, ladder.department, ladder.valid_from, ladder.valid_until,
            kinds.item, kinds.department, cast($as_on as date)
        )
    qualify row_number() over (
        partition by kinds.scope, kinds.item, kinds.department, ladder.level
        order by rule_precedence(ladder.item, ladder.department, ladder.valid_from), ladder.place
    ) = 1
),

ladders as (
    select
        scope,
        item,
        department,
        any_value(step) filter (where level = 'red') as red,
        any_value(step) filter (where level = 'yellow') as yellow,
        any_value(step) filter (where level = 'reminder') as reminder
    from matched
    group by scope, item, department
),

reached as (
    select
        subjects.*,
        ladders.red,
        ladders.yellow,
        ladders.reminder,
        case
            when
                is_past_due and red is not null
                or not is_stopped and red.measure = 'working_days_left' and working_days_left <= red.threshold
                or not is_stopped and red.measure = 'used_share' and used_share >= red.threshold
                then 'red'
            when
                is_past_due and yellow is not null
                or not is_stopped and yellow.measure = 'working_days_left' and working_days_left <= yellow.threshold
                or not is_stopped and yellow.measure = 'used_share' and used_share >= yellow.threshold
                then 'yellow'
            when
                is_past_due and reminder is not null
                or not is_stopped
                and reminder.measure = 'working_days_left' and working_days_left <= reminder.threshold
                or not is_stopped and reminder.measure = 'used_share' and used_share >= reminder.threshold
                then 'reminder'
        end as level
    from supervision_subjects as subjects
    inner join ladders
        on ladders.scope = subjects.scope
        and ladders.item is not distinct from subjects.item
        and ladders.department is not distinct from subjects.department
)

select
    * exclude (red, yellow, reminder),
    case level when 'red' then 3 when 'yellow' then 2 else 1 end as height,
    case level when 'red' then red.warning when 'yellow' then yellow.warning else reminder.warning end as warning,
    case level when 'red' then red.name_zh when 'yellow' then yellow.name_zh else reminder.name_zh end as name_zh,
    case level when 'red' then red.name_en when 'yellow' then yellow.name_en else reminder.name_en end as name_en
from reached
where level is not null;
