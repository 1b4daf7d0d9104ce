-- build_check: rows built against rows accepted
-- from:   event_steps, cases, accepted_events, accepted_cases
-- out:    event_count BIGINT, accepted_event_count BIGINT, case_count BIGINT, accepted_case_count BIGINT
select
    (select count(activity) from event_steps) as event_count,
    (select count(*) from accepted_events) as accepted_event_count,
    (select count(*) from cases) as case_count,
    (select count(*) from accepted_cases) as accepted_case_count
order by event_count
