-- period_content: what was known, at the end of a day, of the cases of a period: equal text, equal past
-- from:   cohort_cases, cohort_events
-- param:  as_on DATE  the day; what was completed later is the ordinary course of things and left out
-- out:    case_count BIGINT, event_count BIGINT, content VARCHAR
with told_cases as (
    select
        md5_number_lower(concat_ws('|',
            case_id, source, department, item, kind, channel, accepted_on, applied_on, limit_days, limit_unit,
            case when completed_on <= cast($as_on as date)
                then concat_ws('|', status, completed_on, due_on, counted_days, stopped_days, is_late, is_withdrawn)
                else 'open' end
        )) as content
    from cohort_cases
),

told_events as (
    select
        md5_number_lower(concat_ws('|',
            case_id, source, activity, cohort_events.department, resource, epoch_us(started_at),
            epoch_us(cohort_events.completed_at)
        )) as content
    from cohort_events
    inner join cohort_cases using (case_key)
    where cohort_events.completed_on <= cast($as_on as date)
)

select
    cases.case_count,
    events.event_count,
    concat_ws('-', cases.content, events.content) as content
from (select count(*) as case_count, cast(sum(content) as varchar) as content from told_cases) as cases
cross join (select count(*) as event_count, cast(sum(content) as varchar) as content from told_events) as events
order by case_count
