-- waiting_pieces: what is left of each wait once clock stops, the applicant and batching are taken out
-- from:   waiting_work, waiting_instances, waiting_batches, waiting_stops, applicant_activities, cohort_cases
--
-- A wait has one piece more than there are stops within it. What waits for the applicant has none.
create or replace temp table waiting_waits as
select
    work.instance,
    work.case_key,
    work.desk,
    work.enabled_us,
    work.start_us,
    batches.batch,
    greatest(work.enabled_us, coalesce(batches.batch_enabled_us, work.enabled_us)) as turn_us,
    work.activity in (select cast(activity as varchar) from applicant_activities) as is_for_applicant
from waiting_work as work
left join waiting_batches as batches using (instance)
where work.is_transition
  and work.case_key in (select case_key from cohort_cases);

create or replace temp table waiting_pieces as
with overlapped as (
    select
        waits.instance,
        greatest(stops.from_us, waits.enabled_us) as from_us,
        least(stops.until_us, waits.start_us) as until_us
    from waiting_waits as waits
    inner join waiting_stops as stops
        on stops.case_key = waits.case_key
        and stops.from_us < waits.start_us
        and stops.until_us > waits.enabled_us
),

edges as (
    select instance, enabled_us as at_us, 0 as is_end
    from waiting_waits
    where enabled_us < start_us
    union all
    select instance, start_us, 1
    from waiting_waits
    where enabled_us < start_us
    union all
    select instance, from_us, 1
    from overlapped
    union all
    select instance, until_us, 0
    from overlapped
),

pieces as (
    select instance, at_us as from_us, lead(at_us) over (partition by instance order by at_us, is_end) as until_us, is_end
    from edges
)

select pieces.instance, pieces.from_us, pieces.until_us
from pieces
where pieces.is_end = 0 and pieces.from_us < pieces.until_us;
