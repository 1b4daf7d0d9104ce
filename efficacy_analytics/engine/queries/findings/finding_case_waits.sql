-- finding_case_waits: how long each bundle of cases waited in each segment, for drawing the bundles again
-- from:   finding_wait, finding_segment, cohort_cases
-- param:  most_bundles BIGINT    a bundle is one case, unless there are more cases than this
-- out:    bundle BIGINT, segment BIGINT, waiting_seconds DOUBLE
-- Cases are numbered from 0 in the order of their key, those without any segment included.
with numbered as (
    select
        case_key,
        (row_number() over (order by case_key) - 1) % cast($most_bundles as bigint) as bundle
    from cohort_cases
)

select
    numbered.bundle,
    finding_segment.segment,
    cast(sum(cast(finding_wait.waiting_seconds as decimal(18, 6))) as double) as waiting_seconds
from finding_wait
inner join numbered using (case_key)
inner join finding_segment
    on finding_wait.department is not distinct from finding_segment.department
    and cast(finding_wait.activity as varchar) = finding_segment.activity
    and cast(finding_wait.next_activity as varchar) = finding_segment.next_activity
    and finding_wait.is_start_recorded = finding_segment.is_start_recorded
group by numbered.bundle, finding_segment.segment
order by numbered.bundle, finding_segment.segment
