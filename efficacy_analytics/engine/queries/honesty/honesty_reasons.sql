-- honesty_reasons: the most frequent reason of each department and kind of clock stop, as a temporary table
-- from:   honesty_stops
create or replace temp table honesty_reasons as
with counted as (
    select
        department,
        kind,
        reason,
        count(*) as stop_count
    from honesty_stops
    where effect = 'stops'
      and reason is not null
    group by department, kind, reason
)

select
    department,
    kind,
    cast(sum(stop_count) as bigint) as stop_count,
    max(stop_count) as modal_count,
    arg_max(reason, {'stop_count': stop_count, 'later': reason}) as modal_reason
from counted
group by department, kind
order by department nulls last, kind;
