-- bucket_events: the events of a bucket, in their order, with the names of their columns
-- from:   event_steps
select * from event_steps
order by case_key, event_number
