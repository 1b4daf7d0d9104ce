-- indicator_cases: the cases of a cohort with what indicators ask besides: supplements, ratings, complaints, fees
-- from:   cohort_cases, clock_stops, indicator_calendars, calendar, surveys, complaints, fees, indicator_day
-- A case has no row in the service tables where nobody wrote one. Working days are those of the case's
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
    accepted.working_days_to - applied.working_days_to as acceptance_working_days,
    coalesce(supplements.supplement_count, 0) as supplement_count,
    coalesce(ratings.rating_count, 0) as rating_count,
    coalesce(ratings.satisfied_count, 0) as satisfied_count,
    coalesce(ratings.bad_rating_count, 0) as bad_rating_count,
    coalesce(complained.complaint_count, 0) as complaint_count,
    coalesce(complained.answered_in_time_count, 0) as answered_in_time_count,
    coalesce(complained.answered_late_count, 0) as answered_late_count,
    coalesce(paid.fee_amount, 0) as fee_amount
from cohort_cases as cases
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
