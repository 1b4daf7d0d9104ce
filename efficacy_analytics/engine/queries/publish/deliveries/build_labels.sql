-- build_labels: how items, departments and activities are called, and which limits held when
-- from:   accepted_items, accepted_departments, accepted_activities, accepted_events, accepted_cases
--
-- Where several deliveries tell of the same thing, the latest one counts.
create table limits as
select * exclude (delivery_number)
from accepted_items
qualify row_number() over (
    partition by item, department, valid_from, valid_until order by delivery_number desc, promised_length, statutory_length
) = 1
order by item, department, valid_from, valid_until;

create table items as
select item, any_value(name_zh) as name_zh, any_value(name_en) as name_en
from (select item, name_zh, name_en from accepted_items order by delivery_number desc, name_zh, name_en)
group by item
union
select distinct item, null, null
from accepted_cases
where item is not null and item not in (select item from accepted_items where item is not null)
order by item;

create table departments as
select department, first(name_zh order by delivery_number desc) as name_zh, first(name_en order by delivery_number desc) as name_en
from accepted_departments
group by department
union
select distinct department, null, null
from (select department from accepted_cases union select department from accepted_events)
where department is not null and department not in (select department from accepted_departments)
order by department;

create table activities as
select
    cast(events.activity as varchar) as activity,
    any_value(listed.stage) as stage,
    any_value(listed.name_zh) as name_zh,
    coalesce(any_value(listed.name_en), min(events.activity_label)) as name_en
from accepted_events as events
left join accepted_activities as listed using (activity)
group by events.activity
order by activity;
