-- indicator_records: what each source of the snapshot records at all, in any of its cases
-- from:   cases, clock_stops, surveys, complaints, fees
-- An indicator of what a source does not record has no value there, and is not 0. That a case is open is known only
-- where some case was completed by a day of its own, or is open.
create or replace temp table indicator_records as
select
    source,
    bool_or(is_open or completed_on is not null) as has_completion,
    bool_or(limit_days is not null or due_on is not null) as has_limit,
    bool_or(status is not null or is_withdrawn) as has_status,
    bool_or(channel is not null) as has_channel,
    bool_or(applied_on is not null) as has_application,
    bool_or(case_key in (select case_key from clock_stops)) as has_clock_stops,
    bool_or(case_key in (select case_key from surveys)) as has_ratings,
    bool_or(case_key in (select case_key from complaints where case_key is not null)) as has_complaints,
    bool_or(case_key in (select case_key from fees where case_key is not null)) as has_fees
from cases
group by source
order by source nulls last
