-- profile_pairs: how long after one activity another starts, for all pairs in a case, as a temporary table
-- from:   cohort_events
-- param:  most_steps INTEGER    pairs further apart than this many events are left out; null: none
-- out:    activity VARCHAR, next_activity VARCHAR, pair_count BIGINT, elapsed_milliseconds_mean DOUBLE
-- A pair is an event and a later one of its case that starts no earlier than the first is completed. Sums are taken of
-- whole milliseconds, so they do not depend on their order.
create or replace temporary table profile_pair as
select
    earlier.case_key,
    earlier.event_number,
    later.event_number as next_event_number,
    earlier.activity,
    later.activity as next_activity,
    date_diff('millisecond', earlier.completed_at, later.started_at) as elapsed_milliseconds
from cohort_events as earlier
inner join cohort_events as later
    on later.case_key = earlier.case_key
    and later.event_number > earlier.event_number
    and later.started_at >= earlier.completed_at
where later.event_number - earlier.event_number <= coalesce(cast($most_steps as integer), 2147483647);

create or replace temporary table profile_measure as
with of_cases as (
    select
        activity,
        next_activity,
        count(*) as pair_count,
        sum(cast(elapsed_milliseconds as hugeint)) as total,
        sum(cast(elapsed_milliseconds as hugeint) * elapsed_milliseconds) as squares
    from profile_pair
    group by case_key, activity, next_activity
),

summed as (
    select
        activity,
        next_activity,
        sum(pair_count) as pair_count,
        count(*) as case_count,
        sum(total) as total,
        sum(squares) as squares
    from of_cases
    group by activity, next_activity
)

select
    activity,
    next_activity,
    pair_count,
    case_count,
    cast(total as double) / pair_count as elapsed_milliseconds_mean,
    coalesce(
        sqrt(cast(pair_count * squares - total * total as double) / (cast(pair_count as double) * (pair_count - 1))), 0
    ) as elapsed_milliseconds_deviation
from (select * replace (cast(pair_count as hugeint) as pair_count) from summed)
