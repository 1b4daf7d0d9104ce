-- build_service: complaints, ratings, fees and staff: of rows with one business key those of the latest delivery count
-- from:   accepted_complaints, accepted_surveys, accepted_fees, accepted_staff, deliveries, cases
create table complaints as
select
    deliveries.source,
    told.complaint_id,
    cases.case_key,
    told.department,
    told.kind,
    told.received_at,
    told.received_on,
    told.answered_at,
    told.answered_on,
    told.overdue_days,
    told.result
from accepted_complaints as told
inner join deliveries using (delivery_number)
left join cases on cases.source = deliveries.source and cases.case_id = told.case_id
qualify row_number() over (partition by deliveries.source, told.complaint_id order by told.delivery_number desc) = 1
order by deliveries.source, told.complaint_id;

create table surveys as
select deliveries.source, cases.case_key, told.rated_at, told.rated_on, told.satisfaction, told.channel
from accepted_surveys as told
inner join deliveries using (delivery_number)
left join cases on cases.source = deliveries.source and cases.case_id = told.case_id
qualify told.delivery_number = max(told.delivery_number) over (
    partition by deliveries.source, told.case_id, told.rated_at, told.channel
)
order by all;

create table fees as
select
    deliveries.source, cases.case_key, told.item, told.kind, told.amount, told.currency, told.paid_at, told.paid_on
from accepted_fees as told
inner join deliveries using (delivery_number)
left join cases on cases.source = deliveries.source and cases.case_id = told.case_id
qualify told.delivery_number = max(told.delivery_number) over (
    partition by deliveries.source, told.case_id, told.item, told.kind, told.currency, told.paid_at
)
order by all;

create table staff as
select resource, department, role, valid_from, valid_until
from accepted_staff
qualify row_number() over (
    partition by resource, department, valid_from order by delivery_number desc, role, valid_until
) = 1
order by all;
