-- handover_repeats: in how many cases each activity is done again, and how often
-- from:   cohort_cases, variants
-- out:    activity VARCHAR, case_count BIGINT, repeating_case_count BIGINT, repeat_count BIGINT
-- Counted in each variant once, however many cases follow it.
with followed as (
    select variant_key, count(*) as case_count
    from cohort_cases
    where variant_key is not null
    group by variant_key
),

steps as (
    select variant_key, unnest(variants.activities) as activity
    from variants
    inner join followed using (variant_key)
),

occurring as (
    select variant_key, activity, count(*) as occurrence_count from steps group by variant_key, activity
)

select
    activity,
    cast(sum(case_count) as bigint) as case_count,
    cast(coalesce(sum(case_count) filter (where occurrence_count > 1), 0) as bigint) as repeating_case_count,
    cast(sum(case_count * (occurrence_count - 1)) as bigint) as repeat_count
from occurring
inner join followed using (variant_key)
group by activity
order by repeat_count desc, activity
