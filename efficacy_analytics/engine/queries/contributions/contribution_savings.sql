-- contribution_savings: what a tenth less of one part takes off the throughput of all cases, by replay of their paths
-- from:   contribution_steps
--
-- A wait shortened by a tenth moves all that follows. In a stretch of overlapping steps each keeps its start, and the
-- stretch ends with the last of them: a step that something else outlasts saves nothing.
create or replace temp table contribution_savings as
with ended as (
    select
        case_key,
        stretch,
        activity,
        max(starts + service) as ends,
        max(starts + service * cast(0.9 as decimal(2, 1))) as ends_sooner
    from contribution_steps
    group by case_key, stretch, activity
),

ranked as (
    select
        *,
        max(ends) over in_stretch as last_end,
        nth_value(ends, 2) over (in_stretch order by ends desc, activity rows between unbounded preceding and unbounded following)
            as second_end,
        row_number() over (in_stretch order by ends desc, activity) as place
    from ended
    window in_stretch as (partition by case_key, stretch)
)

select
    'service' as kind,
    cast(activity as varchar) as activity,
    cast(null as varchar) as next_activity,
    sum(last_end - if(place = 1, greatest(ends_sooner, coalesce(second_end, ends_sooner)), last_end)) as saving
from ranked
group by activity
union all
select
    if(is_start_recorded, 'waiting', 'between_completions'),
    cast(previous_activity as varchar),
    cast(activity as varchar),
    sum(waiting) / 10
from contribution_steps
where previous_activity is not null
group by all;
