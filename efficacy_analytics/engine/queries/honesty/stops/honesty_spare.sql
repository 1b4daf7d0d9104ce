-- honesty_spare: per department, item and kind of stop, cases kept in time by a stop, and the others in time, by their days to spare
-- from:   honesty_stops, honesty_cases
-- param:  most_days INTEGER  more days to spare than these are one group, told as one day more
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, span_days BIGINT, spare_days BIGINT, stop_count BIGINT, plain_count BIGINT
-- Spare days of a stop: its length less the overrun. Of another case, which is of no kind: the days left of its limit.
with spared as (
    select department, item, kind, span_days, spare_days, 1 as stop_count, 0 as plain_count
    from honesty_stops
    where is_rescue
    union all
    select department, item, null, span_days, span_days + extension_days - counted_days, 0, 1
    from honesty_cases as cases
    where not is_open
      and is_under_clock
      and not is_late
      and counted_days <= span_days + extension_days
      and case_key not in (select case_key from honesty_stops where is_rescue)
)

select
    department,
    item,
    kind,
    cast(span_days as bigint) as span_days,
    cast(least(spare_days, cast($most_days as integer) + 1) as bigint) as spare_days,
    cast(sum(stop_count) as bigint) as stop_count,
    cast(sum(plain_count) as bigint) as plain_count
from spared
where span_days > 0
  and spare_days >= 0
group by department, item, kind, span_days, least(spare_days, cast($most_days as integer) + 1)
order by department nulls last, item nulls last, kind nulls last, span_days, spare_days
