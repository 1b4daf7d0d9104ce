-- honesty_clusters: per department, check and kind of stop, how its rows come in days or in cases, as sums over these
-- from:   honesty_keyed, honesty_steps, honesty_cases, honesty_case_marks, honesty_stops, honesty_reasons, honesty_days
-- param:  together INTEGER          as in honesty_same_second
-- param:  bulk_entry_count INTEGER  as in honesty_entries
-- out:    department VARCHAR, code VARCHAR, stop_kind VARCHAR, cluster_count DOUBLE, marked_sum DOUBLE, row_sum DOUBLE
-- out:    marked_square_sum DOUBLE, marked_by_row_sum DOUBLE, row_square_sum DOUBLE
-- Rows of one session of keying in, one outage, one meeting are of one day: the day of entry for what is asked of entries,
-- in local time, else that of the step or of the case. Stamps of steps are looked at by day of entry and by case too, in rows of their own.
with bulks as (
    select department, keyed_hour
    from honesty_keyed
    group by department, keyed_hour
    having count(*) filter (where is_late_entry) >= cast($bulk_entry_count as integer)
),

entered as (
    select
        keyed.department,
        keyed.keyed_on - date '1970-01-01' as cluster,
        count(*) as every,
        count(*) filter (where is_late_entry) as late,
        count(*) filter (where is_late_entry and bulks.keyed_hour is not null) as bulk,
        count(*) filter (where is_early_entry) as early
    from honesty_keyed as keyed
    left join bulks
        on bulks.department is not distinct from keyed.department and bulks.keyed_hour = keyed.keyed_hour
    group by all
),

seconds as (
    select
        department,
        activity,
        completed_on,
        epoch_us(completed_at) // 1000000 as second,
        count(*) as step_count
    from honesty_steps
    where not is_midnight
    group by all
    having count(*) >= cast($together as integer)
),

stepped as (
    select
        steps.case_key,
        steps.event_number,
        steps.department,
        steps.completed_on,
        steps.is_midnight,
        steps.is_round,
        steps.is_outside,
        steps.is_start_recorded,
        steps.is_zero_length,
        seconds.step_count is not null and not steps.is_midnight as is_together
    from honesty_steps as steps
    left join seconds
        on seconds.department is not distinct from steps.department
        and seconds.activity = steps.activity
        and seconds.completed_on = steps.completed_on
        and seconds.second = epoch_us(steps.completed_at) // 1000000
),

placed as (
    select
        stepped.*,
        stepped.completed_on - date '1970-01-01' as step_day,
        keyed.keyed_on - date '1970-01-01' as keyed_day
    from stepped
    left join honesty_keyed as keyed
        on keyed.case_key = stepped.case_key
        and keyed.event_number = stepped.event_number
        and keyed.recorded_at is not null
),

stamped as (
    select
        department,
        case
            when grouping(step_day) = 0 then 'day'
            when grouping(keyed_day) = 0 then 'entry'
            else 'case'
        end as of_what,
        coalesce(step_day, keyed_day, case_key) as cluster,
        count(*) as every,
        count(*) filter (where is_midnight) as midnight,
        count(*) filter (where not is_midnight) as timed,
        count(*) filter (where is_round) as rounded,
        count(*) filter (where is_outside) as outside,
        count(*) filter (where is_start_recorded) as started,
        count(*) filter (where is_zero_length) as zero,
        count(*) filter (where is_together) as together
    from placed
    group by grouping sets ((department, step_day), (department, keyed_day), (department, case_key))
    having coalesce(step_day, keyed_day, case_key) is not null
),

rows as (
    select department, 'H01' as code, null as stop_kind, cluster, late as x, every as n, 'day' as of_what from entered
    union all select department, 'H02', null, cluster, bulk, every, 'day' from entered
    union all select department, 'H03', null, cluster, early, every, 'day' from entered
    union all select department, 'H04', null, cluster, midnight, every, of_what from stamped
    union all select department, 'H05', null, cluster, rounded, timed, of_what from stamped
    union all select department, 'H06', null, cluster, outside, timed, of_what from stamped
    union all select department, 'H07', null, cluster, together, timed, of_what from stamped
    union all select department, 'H08', null, cluster, zero, started, of_what from stamped
    union all
    select
        department, 'H09', null, accepted_on - date '1970-01-01', count(*) filter (where is_out_of_order), count(*), 'day'
    from honesty_case_marks
    where has_days
    group by department, accepted_on
    union all
    select department, 'H10', null, last_on - date '1970-01-01', count(*) filter (where is_without_end), count(*), 'day'
    from honesty_case_marks
    where is_old
    group by department, last_on
    union all
    select
        department, 'H11', null, accepted_on - date '1970-01-01', count(*) filter (where is_accepted_late), count(*), 'day'
    from honesty_case_marks
    where has_acceptance
    group by department, accepted_on
    union all
    select
        department, 'H19', null, coalesce(completed_on, accepted_on) - date '1970-01-01',
        count(*) filter (where is_unbalanced), count(*), 'day'
    from honesty_case_marks
    group by department, coalesce(completed_on, accepted_on)
    union all
    select
        department, 'H20', null, ended_on - date '1970-01-01', count(*) filter (where is_withdrawn_after_due), count(*),
        'day'
    from honesty_case_marks
    where is_withdrawn_under_limit
    group by department, ended_on
    union all
    select
        cases.department, 'H18', null, cases.completed_on - date '1970-01-01',
        count(*) filter (where cases.completed_on = days.last_working_day), count(*), 'day'
    from honesty_cases as cases
    inner join honesty_days as days
        on days.calendar_number = cases.calendar_number and days.day = cases.completed_on
    where not cases.is_open and not cases.is_withdrawn and days.is_working_day and days.last_working_day <= cases.as_on
    group by cases.department, cases.completed_on
    union all
    select
        department, 'H12', kind, opened_on - date '1970-01-01', count(*) filter (where is_after_warning), count(*), 'day'
    from honesty_stops
    where effect = 'stops' and span_days > 0 and opened_days >= 0
    group by department, kind, opened_on
    union all
    select department, 'H13', null, recorded_on - date '1970-01-01', count(*) filter (where is_dated_back), count(*), 'day'
    from honesty_stops
    where recorded_on is not null
    group by department, recorded_on
    union all
    select department, 'H14', kind, opened_on - date '1970-01-01', count(*), count(*), 'day'
    from honesty_stops
    where is_rescue
    group by department, kind, opened_on
    union all
    select
        stops.department, 'H15', stops.kind, stops.opened_on - date '1970-01-01',
        count(*) filter (where stops.reason = reasons.modal_reason), count(*), 'day'
    from honesty_stops as stops
    inner join honesty_reasons as reasons
        on reasons.department is not distinct from stops.department and reasons.kind = stops.kind
    where stops.effect = 'stops' and stops.reason is not null
    group by stops.department, stops.kind, stops.opened_on
)

select
    department,
    code,
    stop_kind,
    cast(count(*) as double) as cluster_count,
    cast(sum(x) as double) as marked_sum,
    cast(sum(n) as double) as row_sum,
    cast(sum(x * x) as double) as marked_square_sum,
    cast(sum(x * n) as double) as marked_by_row_sum,
    cast(sum(n * n) as double) as row_square_sum
from rows
where n > 0
group by department, code, stop_kind, of_what
order by department nulls last, code, stop_kind nulls last, of_what
