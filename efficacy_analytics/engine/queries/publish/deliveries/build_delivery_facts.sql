-- build_delivery_facts: what publishing must know of each delivery: the completions and acceptances it tells, its years
-- from:   deliveries, accepted_cases
--
-- A delivery in which every completion is a placeholder tells that its cases are open.
create table delivery_facts as
with told as (
    select
        delivery_number,
        bool_or(completed_on is not null) as gives_completion,
        bool_or(accepted_on is not null) as gives_acceptance
    from accepted_cases
    group by delivery_number
)

select
    deliveries.delivery_number,
    deliveries.calendar,
    deliveries.calendar_number,
    deliveries.verdict_by,
    deliveries.time_zone,
    coalesce(told.gives_completion, false)
    or json_contains(deliveries.notices, '{"code": "placeholder_dates", "subject": "cases.completed_at"}')
    as gives_completion,
    coalesce(told.gives_acceptance, false) as gives_acceptance
from deliveries
left join told using (delivery_number)
order by deliveries.delivery_number;

-- A delivery of open cases alone, nothing done in it yet, reaches up to its last acceptance.
create table case_dates as
select
    delivery_number,
    least(min(applied_on), min(accepted_on), cast(min(first_local) as date)) as first_on,
    coalesce(greatest(max(completed_on), cast(max(last_local) as date)), max(accepted_on), max(applied_on)) as last_on
from accepted_cases
group by delivery_number;
