-- variants: the sequences of activities, most frequent first, with how long their cases take
-- from:   cohort_cases, variants
-- out:    variant_key BIGINT, activities VARCHAR[], case_count BIGINT, case_share DOUBLE
-- out:    case_share_cumulated DOUBLE
-- out:    elapsed_seconds_median DOUBLE, open_seconds_median DOUBLE
with counted as (
    select
        variant_key,
        count(*) as case_count,
        median(throughput_elapsed_seconds) as elapsed_seconds_median,
        median(throughput_open_seconds) as open_seconds_median
    from cohort_cases
    where variant_key is not null
    group by variant_key
)

select
    counted.variant_key,
    variants.activities,
    counted.case_count,
    counted.case_count / sum(counted.case_count) over () as case_share,
    sum(counted.case_count) over (order by counted.case_count desc, counted.variant_key)
    / sum(counted.case_count) over () as case_share_cumulated,
    cast(counted.elapsed_seconds_median as double) as elapsed_seconds_median,
    cast(counted.open_seconds_median as double) as open_seconds_median
from counted
inner join variants using (variant_key)
order by counted.case_count desc, counted.variant_key
