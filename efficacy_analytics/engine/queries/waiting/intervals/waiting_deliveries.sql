-- waiting_deliveries: from which case on each delivery's calendar and zone hold
-- from:   deliveries
create or replace temp table waiting_deliveries as
select first_case_key, calendar_number, coalesce(time_zone, 'UTC') as time_zone
from deliveries
order by first_case_key;
