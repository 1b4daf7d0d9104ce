-- contribution_bundles: how much each part adds to each bundle of cases, for drawing the bundles again
-- from:   contribution_parts, cohort_cases, contribution_numbers (kind, activity, next_activity, part)
-- param:  most_bundles BIGINT    a bundle is one case, unless there are more cases than this
-- out:    bundle BIGINT, part BIGINT, amount DOUBLE
with numbered as (
    select
        case_key,
        (row_number() over (order by case_key) - 1) % cast($most_bundles as bigint) as bundle
    from cohort_cases
),

summed as (
    select
        numbered.bundle,
        parts.kind,
        parts.activity,
        parts.next_activity,
        cast(sum(parts.amount) as double) as amount
    from contribution_parts as parts
    inner join numbered using (case_key)
    group by all
)

select summed.bundle, numbers.part, summed.amount
from summed
inner join contribution_numbers as numbers
    on numbers.kind = summed.kind
    and numbers.activity = cast(summed.activity as varchar)
    and numbers.next_activity is not distinct from cast(summed.next_activity as varchar)
order by summed.bundle, numbers.part
