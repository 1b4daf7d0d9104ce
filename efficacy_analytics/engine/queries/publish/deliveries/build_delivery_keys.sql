-- build_delivery_keys: where the case keys of a delivery begin, and the number of its calendar
-- from:   deliveries
-- param:  delivery_number INTEGER  the delivery
-- out:    first_case_key BIGINT, calendar_number INTEGER
select first_case_key, calendar_number
from deliveries
where delivery_number = cast($delivery_number as integer)
order by first_case_key
