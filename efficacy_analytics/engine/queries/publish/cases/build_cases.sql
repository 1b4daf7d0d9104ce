-- build_cases: one row per case: what it is, when, its limit and verdict, its variant
-- from:   read_cases, case_verdicts, case_variants, slot_readings, deliveries
create table cases as
select
    accepted.case_key,
    accepted.case_id,
    deliveries.source,
    accepted.department,
    accepted.item,
    accepted.kind,
    accepted.channel,
    accepted.status,
    accepted.is_green_lane,
    accepted.applied_at,
    accepted.accepted_at,
    accepted.completed_at,
    verdicts.due_at,
    accepted.applied_on,
    accepted.accepted_on,
    accepted.completed_on,
    verdicts.due_on,
    verdicts.statutory_length,
    verdicts.statutory_unit,
    verdicts.promised_length,
    verdicts.promised_unit,
    verdicts.limit_days,
    verdicts.limit_unit,
    verdicts.counted_days,
    verdicts.stopped_days,
    verdicts.remaining_days,
    verdicts.is_open,
    verdicts.is_late,
    verdicts.clock_flags,
    case_is_withdrawn(accepted.status) as is_withdrawn,
    case_is_under_clock(accepted.status, accepted.is_green_lane) as is_under_clock,
    case_is_judged(accepted.status, accepted.is_green_lane, verdicts.is_open, verdicts.is_late) as is_judged,
    case_verdict_class(accepted.status, accepted.is_green_lane, verdicts.is_open, verdicts.is_late) as verdict_class,
    counted_unit_of(verdicts.limit_unit) as counted_unit,
    accepted.first_at,
    accepted.last_at,
    accepted.event_count,
    case_variants.variant_key,
    if(accepted.has_refused_completion, null, seconds_between(accepted.first_at, accepted.last_at))
        as throughput_elapsed_seconds,
    if(
        accepted.has_refused_completion, null,
        in_seconds(open_reading(accepted.last_local, closing) - open_reading(accepted.first_local, opening))
    )
        as throughput_open_seconds,
    accepted.* exclude (
        delivery_number, case_key, case_number, calendar_number, case_id, department, item, kind, channel, status,
        is_green_lane, applied_at, applied_on, accepted_at, accepted_on, completed_at, completed_on, due_at, due_on,
        statutory_length, statutory_unit, promised_length, promised_unit, first_at, last_at, first_local, last_local,
        event_count, has_split_seconds, verdict_by, time_zone, has_refused_completion,
        accepted_by,
        source_file, source_line
    )
from read_cases as accepted
inner join deliveries using (delivery_number)
left join case_verdicts as verdicts using (case_key)
left join case_variants using (case_key)
left join slot_readings as opening on opening.slot = slot_of(accepted.calendar_number, accepted.first_local)
left join slot_readings as closing on closing.slot = slot_of(accepted.calendar_number, accepted.last_local);
