-- spectrum_lines: how many passages lead from one stretch of time to another, by quarter of their duration
-- from:   spectrum_wait, spectrum_segment
-- param:  bin_count INTEGER    at most this many stretches, all of the same number of whole hours
-- out:    position INTEGER, activity VARCHAR, next_activity VARCHAR, from_at TIMESTAMPTZ, until_at TIMESTAMPTZ
-- out:    width_seconds BIGINT, quarter INTEGER, transition_count BIGINT
-- Quarters of each segment by themselves: 1 holds the shortest, 4 the longest; equal durations are of one quarter.
with bounds as (
    select
        min(from_us) as first_us,
        3600000000 * greatest(
            1, cast(ceil((max(until_us) - min(from_us) + 1) / (cast($bin_count as integer) * 3600000000.0)) as bigint)
        ) as width_us
    from spectrum_wait
),

quarters as (
    select position, quantile_disc(until_us - from_us, [0.25, 0.5, 0.75]) as ends
    from spectrum_wait
    group by position
),

placed as (
    select
        waits.position,
        width_us,
        first_us + (waits.from_us - first_us) // width_us * width_us as from_us,
        first_us + (waits.until_us - first_us) // width_us * width_us as until_us,
        1 + cast(waits.until_us - waits.from_us > ends[1] as integer)
        + cast(waits.until_us - waits.from_us > ends[2] as integer)
        + cast(waits.until_us - waits.from_us > ends[3] as integer) as quarter
    from spectrum_wait as waits
    inner join quarters using (position)
    cross join bounds
)

select
    placed.position,
    segment.activity,
    segment.next_activity,
    make_timestamptz(placed.from_us) as from_at,
    make_timestamptz(placed.until_us) as until_at,
    placed.width_us // 1000000 as width_seconds,
    placed.quarter,
    count(*) as transition_count
from placed
inner join spectrum_segment as segment using (position)
group by
    placed.position, segment.activity, segment.next_activity, placed.from_us, placed.until_us, placed.width_us, placed.quarter
order by placed.position, placed.from_us, placed.until_us, placed.quarter
