-- bucket_deliveries: the keys of each delivery, for the workers
-- from:   deliveries
select delivery_number, first_case_key, calendar_number from deliveries
order by delivery_number
