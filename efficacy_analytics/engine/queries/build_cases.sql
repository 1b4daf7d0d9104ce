-- build_cases: one row per case: what it is, when, its limit and verdict, its variant
-- from:   accepted_cases, case_readings_in, case_verdicts, case_spans, case_variants, slot_readings, deliveries
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
    readings.accepted_at,
    readings.completed_at,
    verdicts.due_at,
    accepted.applied_on,
    readings.accepted_on,
    readings.completed_on,
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
    spans.first_at,
    spans.last_at,
    coalesce(spans.event_count, 0) as event_count,
    case_variants.variant_key,
    seconds_between(spans.first_at, spans.last_at) as throughput_elapsed_seconds,
    in_seconds(open_reading(spans.last_local, closing) - open_reading(spans.first_local, opening))
        as throughput_open_seconds,
    accepted.* exclude (
        delivery_number, case_key, case_number, calendar_number, case_id, department, item, kind, channel, status,
        is_green_lane, applied_at, applied_on, accepted_at, accepted_on, completed_at, completed_on, due_at, due_on,
        statutory_length, statutory_unit, promised_length, promised_unit, first_at, last_at, first_local, last_local,
        event_count, source_file, source_line
    )
from accepted_cases as accepted
inner join deliveries using (delivery_number)
inner join case_readings_in as readings using (case_key)
left join case_verdicts as verdicts using (case_key)
left join case_spans as spans using (case_key)
left join case_variants using (case_key)
left join slot_readings as opening on opening.slot = slot_of(accepted.calendar_number, spans.first_local)
left join slot_readings as closing on closing.slot = slot_of(accepted.calendar_number, spans.last_local);
