-- indicator_cases: the cases of a cohort with what indicators ask besides: supplements, ratings, complaints, fees
-- from:   cohort_cases, clock_stops, indicator_calendars, calendar, surveys, complaints, fees, indicator_day,
--         indicator_records
-- A case has no row in the service tables where nobody wrote one: it counts as 0 where its source keeps such a table, else
-- nothing is known. Working days are those of the case's
-- calendar: an acceptance is in time within five of them after the application (art. 32), an answer within five after the
-- complaint. An unanswered complaint is late once five are over by the day of judgement.
create or replace temp view indicator_cases as
with supplements as (
    select case_key, count(*) as supplement_count
    from clock_stops
    where kind = 'supplement'
    group by case_key
),

ratings as (
    select
        case_key,
        count(*) as rating_count,
        count(*) filter (where satisfaction >= 3) as satisfied_count,
        count(*) filter (where satisfaction <= 2) as bad_rating_count
    from surveys
    group by case_key
),

readings as (
    select calendar_number, day, working_days_to from calendar
),

answers as (
    select
        complaints.case_key,
        coalesce(
            answered.working_days_to,
            judged.working_days_to
        ) - received.working_days_to as answer_working_days,
        complaints.answered_on is not null as is_answered
    from complaints
    cross join indicator_day as days
    left join indicator_calendars as calendars using (case_key)
    left join readings as received
        on received.calendar_number = coalesce(calendars.calendar_number, 1)
        and received.day = complaints.received_on
    left join readings as answered
        on answered.calendar_number = received.calendar_number and answered.day = complaints.answered_on
    left join readings as judged
        on judged.calendar_number = received.calendar_number and judged.day = days.judged_on
    where complaints.case_key is not null
),

complained as (
    select
        case_key,
        count(*) as complaint_count,
        count(*) filter (where is_answered and answer_working_days <= 5) as answered_in_time_count,
        count(*) filter (where answer_working_days > 5) as answered_late_count
    from answers
    group by case_key
),

paid as (
    select case_key, sum(amount) as fee_amount
    from fees
    group by case_key
)

select
    cases.*,
    if(
        list_contains(coalesce(cases.clock_flags, []), 'accepted_by_application'), null,
        accepted.working_days_to - applied.working_days_to
    ) as acceptance_working_days,
    records.* exclude (source),
    if(records.has_clock_stops, coalesce(supplements.supplement_count, 0), null) as supplement_count,
    if(records.has_ratings, coalesce(ratings.rating_count, 0), null) as rating_count,
    if(records.has_ratings, coalesce(ratings.satisfied_count, 0), null) as satisfied_count,
    if(records.has_ratings, coalesce(ratings.bad_rating_count, 0), null) as bad_rating_count,
    if(records.has_complaints, coalesce(complained.complaint_count, 0), null) as complaint_count,
    if(records.has_complaints, coalesce(complained.answered_in_time_count, 0), null) as answered_in_time_count,
    if(records.has_complaints, coalesce(complained.answered_late_count, 0), null) as answered_late_count,
    if(records.has_fees, coalesce(paid.fee_amount, 0), null) as fee_amount
from cohort_cases as cases
left join indicator_records as records on records.source is not distinct from cases.source
left join indicator_calendars as calendars using (case_key)
left join readings as applied
    on applied.calendar_number = coalesce(calendars.calendar_number, 1) and applied.day = cases.applied_on
left join readings as accepted
    on accepted.calendar_number = applied.calendar_number
    and accepted.day = cases.accepted_on
left join supplements using (case_key)
left join ratings using (case_key)
left join complained using (case_key)
left join paid using (case_key)
