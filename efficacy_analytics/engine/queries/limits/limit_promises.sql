-- limit_promises: the items promised a time that ends after the statutory one, and who kept which
-- from:   cohort_cases
-- out:    department VARCHAR, item VARCHAR, promised_days INTEGER, promised_unit VARCHAR, statutory_days INTEGER
-- out:    statutory_unit VARCHAR, case_count BIGINT, longer_count BIGINT, longer_days_most INTEGER, judged_count BIGINT
-- out:    on_time_count BIGINT, statutory_on_time_count BIGINT, late_by_statute_only_count BIGINT
-- Due dates are compared case by case, so that units do not matter: of a case accepted before a long holiday a promise in
-- working days may be the longer one. Judged here: due by both. Withdrawn and green-lane cases are left out.
select
    cast(department as varchar) as department,
    cast(item as varchar) as item,
    cast(promised_length as integer) as promised_days,
    cast(promised_unit as varchar) as promised_unit,
    cast(statutory_length as integer) as statutory_days,
    cast(statutory_unit as varchar) as statutory_unit,
    count(*) as case_count,
    count(*) filter (where due_on > statutory_due_on) as longer_count,
    cast(max(due_on - statutory_due_on) as integer) as longer_days_most,
    count(*) filter (where is_judged and is_judged_by_statute) as judged_count,
    count(*) filter (where is_judged and is_judged_by_statute and not is_late) as on_time_count,
    count(*) filter (where is_judged and is_judged_by_statute and not is_late_by_statute) as statutory_on_time_count,
    count(*) filter (where is_judged and is_judged_by_statute and is_late_by_statute and not is_late)
        as late_by_statute_only_count
from cohort_cases
where is_under_clock
    and due_on is not null
    and statutory_due_on is not null
group by all
having longer_count > 0
order by longer_count desc, department nulls last, item nulls last, promised_days, promised_unit, statutory_days,
    statutory_unit
