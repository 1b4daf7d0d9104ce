-- build_notices: what of the accepted rows is assumed, not known or not judged, counted
-- from:   cases, accepted_cases, read_cases, delivery_facts, clock_stops, office_warnings
-- param:  words VARCHAR  the words for a status that are known, as a JSON list
-- out:    code VARCHAR, subject VARCHAR, count BIGINT
with flagged as (
    select unnest(clock_flags) as code
    from cases
),

told as (
    select 1 as place, code, '' as subject
    from flagged
    where code in ('completion_refused', 'accepted_by_application', 'accepted_by_first_step')
    union all
    select 1 as place, 'acceptance_unknown' as code, '' as subject
    from read_cases
    where accepted_by = 'completion' and coalesce(first_local, completed_on, applied_on) is not null
    union all
    select 1 as place, 'completed_by_last_step' as code, '' as subject
    from accepted_cases
    inner join delivery_facts using (delivery_number)
    where not delivery_facts.gives_completion and accepted_cases.event_count > 0
    union all
    select 2 as place, 'open_cases_alone' as code, '' as subject
    from cases
    where is_open
      and not exists (select 1 from cases where not is_open)
      and not exists (  -- judged on a day before the first completion all are open, though the data has others
          select 1
          from accepted_cases
          inner join delivery_facts using (delivery_number)
          where accepted_cases.completed_on is not null
             or (not delivery_facts.gives_completion and accepted_cases.event_count > 0)
      )
    union all
    select 2 as place, 'undated_cases' as code, '' as subject
    from cases
    where accepted_on is null
    union all
    select 2 as place, 'no_ladder' as code, '' as subject
    from cases
    where is_open and due_on is not null and not exists (from office_warnings)
    union all
    select 3 as place, 'status_unknown' as code, status as subject
    from cases
    where status is not null
      and not list_contains(cast(cast($words as json) as varchar[]), lower(status))
    union all
    select 4 as place, 'stop_kind_unknown' as code, kind as subject
    from clock_stops
    where is_of_unknown_kind
)

select code, subject, count(*) as count
from told
group by place, code, subject
order by place, count desc, code, subject
