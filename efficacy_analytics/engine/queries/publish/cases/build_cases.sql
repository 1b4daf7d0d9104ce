-- build_cases: one row per case: what it is, when, its limit and verdict, its variant
-- from:   read_cases, case_verdicts, clock_verdicts_statute, clock_verdicts_without_extensions, clock_verdicts_with_ground
-- from:   case_variants, slot_readings, deliveries, snapshot
--
-- A case is due when its last day lies before the day of the verdict. Withdrawn and on the green lane is also what a stop
-- of such a kind says so of.
create or replace temp view case_facts as
select
    verdicts.*,
    if(list_contains(verdicts.clock_flags, 'withdrawn'), 'withdrawn', accepted.status) as clock_status,
    coalesce(accepted.is_green_lane, false) or coalesce(list_contains(verdicts.clock_flags, 'green_lane'), false)
        as is_outside_promise,
    verdicts.due_on < snapshot.as_on as is_due,
    coalesce(unextended.is_late, verdicts.is_late) as is_late_unextended,
    coalesce(grounded.is_late, verdicts.is_late) as is_late_with_ground,
    coalesce(verdicts.stopped_days - grounded.stopped_days, 0) as ungrounded_days,
    if(
        statutory.case_key is not null or verdicts.statutory_length is null, statutory.due_on, verdicts.due_on
    ) as statutory_due_on,
    if(
        statutory.case_key is not null or verdicts.statutory_length is null, statutory.is_late, verdicts.is_late
    ) as is_late_by_statute,
    statutory_due_on < snapshot.as_on as is_due_by_statute,
    case_verdict_class(
        clock_status, is_outside_promise, verdicts.is_open, is_due, verdicts.is_late, is_late_unextended
    ) as verdict_class
from case_verdicts as verdicts
inner join read_cases as accepted using (case_key)
cross join (select as_on from snapshot) as snapshot
left join clock_verdicts_statute as statutory using (case_key)
left join clock_verdicts_without_extensions as unextended using (case_key)
left join clock_verdicts_with_ground as grounded using (case_key);

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
    verdicts.needed_days,
    verdicts.extension_days,
    verdicts.stopped_days,
    verdicts.ungrounded_days,
    verdicts.remaining_days,
    verdicts.is_open,
    verdicts.is_late,
    verdicts.clock_flags,
    verdicts.is_late_unextended,
    verdicts.is_late_with_ground,
    verdicts.is_late_by_statute,
    verdicts.statutory_due_on,
    case_is_withdrawn(verdicts.clock_status) as is_withdrawn,
    case_is_under_clock(verdicts.clock_status, verdicts.is_outside_promise) as is_under_clock,
    case_class_is_judged(verdicts.verdict_class) as is_judged,
    case_is_judged_apart(
        verdicts.clock_status, verdicts.is_outside_promise, verdicts.is_due, verdicts.is_late
    ) as is_judged_apart,
    case_is_judged_by_statute(
        verdicts.clock_status, verdicts.is_outside_promise, verdicts.is_due_by_statute, verdicts.is_late_by_statute
    ) as is_judged_by_statute,
    verdicts.verdict_class,
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
left join case_facts as verdicts using (case_key)
left join case_variants using (case_key)
left join slot_readings as opening on opening.slot = slot_of(accepted.calendar_number, accepted.first_local)
left join slot_readings as closing on closing.slot = slot_of(accepted.calendar_number, accepted.last_local);
