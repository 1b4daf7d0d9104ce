-- honesty_evidence: the cases behind the counts of the checks, the first few of each department and check
-- from:   honesty_steps, honesty_keyed, honesty_case_marks, honesty_stops, honesty_reasons, honesty_suspicious
-- param:  together INTEGER          as in honesty_same_second
-- param:  bulk_entry_count INTEGER  as in honesty_entries
-- param:  most_rows INTEGER         rows of each department and check
-- out:    department VARCHAR, code VARCHAR, row_number BIGINT, case_id VARCHAR, activity VARCHAR, happened_on DATE
-- out:    recorded_on DATE, measure DOUBLE
-- measure: of H01 to H03 the hours from completion to entry, of H12 to H14 days as the check counts, of H16 the marks,
-- of H20 the days after the due date.
with bulks as (
    select department, keyed_hour
    from honesty_keyed
    where is_late_entry
    group by department, keyed_hour
    having count(*) >= cast($bulk_entry_count as integer)
),

crowds as (
    select department, activity, epoch_us(completed_at) // 1000000 as second, count(*) as step_count
    from honesty_steps
    where not is_midnight
    group by department, activity, second
    having count(*) >= cast($together as integer)
),

rows as (
    select 'H01' as code, department, case_key, activity, completed_on as happened_on,
        late_on as recorded_on, lag_seconds / 3600.0 as measure
    from honesty_keyed where is_late_entry
    union all
    select 'H02', keyed.department, case_key, activity, completed_on, late_on, lag_seconds / 3600.0
    from honesty_keyed as keyed
    inner join bulks on bulks.department is not distinct from keyed.department and bulks.keyed_hour = keyed.keyed_hour
    where is_late_entry
    union all
    select 'H03', department, case_key, activity, completed_on, null, lag_seconds / 3600.0
    from honesty_keyed where is_early_entry
    union all
    select 'H04', department, case_key, activity, completed_on, null, null from honesty_steps where is_midnight
    union all
    select 'H05', department, case_key, activity, completed_on, null, null from honesty_steps where is_round
    union all
    select 'H06', department, case_key, activity, completed_on, null, null from honesty_steps where is_outside
    union all
    select 'H07', steps.department, case_key, steps.activity, completed_on, null, crowds.step_count
    from honesty_steps as steps
    inner join crowds
        on crowds.department is not distinct from steps.department
        and crowds.activity = steps.activity
        and crowds.second = epoch_us(steps.completed_at) // 1000000
    union all
    select 'H08', department, case_key, activity, completed_on, null, null from honesty_steps where is_zero_length
    union all
    select 'H09', department, case_key, null, accepted_on, null, null from honesty_case_marks where is_out_of_order
    union all
    select 'H10', department, case_key, null, last_on, null, null from honesty_case_marks where is_without_end
    union all
    select 'H11', department, case_key, null, accepted_on, null, null from honesty_case_marks where is_accepted_late
    union all
    select 'H12', department, case_key, kind, stopped_from_on, recorded_on, opened_days
    from honesty_stops where is_after_warning and span_days > 0 and opened_days >= 0
    union all
    select 'H13', department, case_key, kind, stopped_from_on, recorded_on, lag_working_days
    from honesty_stops where recorded_on is not null and is_dated_back
    union all
    select 'H14', department, case_key, kind, stopped_from_on, recorded_on, spare_days
    from honesty_stops where is_rescue
    union all
    select 'H15', stops.department, case_key, stops.kind, stopped_from_on, recorded_on, null
    from honesty_stops as stops
    inner join honesty_reasons as reasons
        on reasons.department is not distinct from stops.department
        and reasons.kind = stops.kind
        and reasons.modal_reason = stops.reason
    where stops.effect = 'stops'
    union all
    select 'H16', department, case_key, kind, stopped_from_on, recorded_on, mark_count from honesty_suspicious
    union all
    select 'H19', department, case_key, null, coalesce(completed_on, accepted_on), null, null
    from honesty_case_marks where is_unbalanced
    union all
    select 'H20', department, case_key, null, ended_on, null, case_days_after_due
    from honesty_case_marks where is_withdrawn_under_limit and is_withdrawn_after_due
),

numbered as (
    select
        rows.*,
        cases.case_id,
        row_number() over (
            partition by rows.code, rows.department
            order by rows.happened_on desc, cases.case_id, rows.activity, rows.measure
        ) as row_number
    from rows
    inner join cohort_cases as cases using (case_key)
)

select department, code, row_number, case_id, activity, happened_on, recorded_on, cast(measure as double) as measure
from numbered
where row_number <= cast($most_rows as integer)
order by code, department nulls last, row_number
