-- honesty_suspicious: the clock stops with at least two marks against them, as a temporary table
-- from:   honesty_stops, honesty_reasons
-- from:   honesty_constants (department, kind, spare_days), honesty_fixed (department): where H14 and H15 stand out
--
-- Marks: opened in danger, dated back, as long as the overrun and the department's constant of that kind, the department's one reason.
create or replace temp table honesty_suspicious as
with marked as (
    select
        stops.stop_key,
        stops.case_key,
        stops.department,
        stops.kind,
        stops.stopped_from_on,
        stops.stopped_until_on,
        stops.reason,
        stops.recorded_at,
        stops.recorded_on,
        cast(coalesce(stops.is_after_warning, false) as integer)
        + cast(coalesce(stops.is_dated_back, false) as integer)
        + cast(stops.is_rescue and constants.spare_days is not null as integer)
        + cast(fixed.modal_reason is not null as integer) as mark_count
    from honesty_stops as stops
    left join honesty_constants as constants
        on constants.department is not distinct from stops.department
        and constants.kind = stops.kind
        and constants.spare_days = stops.spare_days
    left join (
        select reasons.*
        from honesty_reasons as reasons
        inner join honesty_fixed as accused on accused.department is not distinct from reasons.department
    ) as fixed
        on fixed.department is not distinct from stops.department
        and fixed.kind = stops.kind
        and fixed.modal_reason = stops.reason
    where stops.effect = 'stops'
)

select *
from marked
where mark_count >= 2
order by stop_key;
