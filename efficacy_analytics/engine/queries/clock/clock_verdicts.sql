-- clock_verdicts: every case's counted days, due date and verdict on a day, as a view of the day that was laid out last
-- from:   clock_judged, clock_judged_terms, clock_flag_lists
create or replace temp view clock_verdicts as
select
    judged.case_key,
    judged.began_on,
    judged.limit_length as limit_days,
    terms.limit_unit,
    terms.statutory_length,
    terms.statutory_unit,
    terms.promised_length,
    terms.promised_unit,
    judged.extension_days,
    if(judged.ends_before_it_begins, null, judged.counted_days) as counted_days,
    case
        when judged.ends_before_it_begins or judged.unbounded_needed_days is null then null
        when judged.is_stated and judged.is_late is not null then if(
            judged.is_late,
            greatest(judged.unbounded_needed_days, judged.limit_length + 1),
            greatest(0, least(judged.unbounded_needed_days, judged.limit_length))
        )
        else greatest(0, judged.unbounded_needed_days)
    end as needed_days,
    judged.stopped_days,
    judged.due_on,
    judged.due_at,
    judged.is_open,
    judged.is_late,
    if(judged.ends_before_it_begins, null, judged.remaining_days) as remaining_days,
    if(
        judged.all_flag_bits = 0, cast([] as varchar[]), list_concat(low.low_codes, high.high_codes)
    ) as clock_flags
from clock_judged as judged
inner join clock_judged_terms as terms on terms.terms_key = judged.terms_key
inner join clock_flag_lists as low on low.bits = judged.all_flag_bits % 8192
inner join clock_flag_lists as high on high.bits = judged.all_flag_bits // 8192;
