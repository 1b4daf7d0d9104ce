-- contribution_bundles: how much each part adds to each bundle of cases, for drawing the bundles again
-- from:   contribution_parts, cohort_cases
-- param:  most_bundles BIGINT    a bundle is one case, unless there are more cases than this
-- out:    bundle BIGINT, kind VARCHAR, activity VARCHAR, next_activity VARCHAR, amount DOUBLE
with numbered as (
    select
        case_key,
        (row_number() over (order by case_key) - 1) % cast($most_bundles as bigint) as bundle
    from cohort_cases
)

select
    numbered.bundle,
    parts.kind,
    parts.activity,
    parts.next_activity,
    cast(sum(parts.amount) as double) as amount
from contribution_parts as parts
inner join numbered using (case_key)
group by all
order by numbered.bundle, parts.kind, parts.activity, parts.next_activity nulls last
