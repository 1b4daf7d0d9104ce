-- bucket_recordings: when the steps of a bucket were keyed in
-- from:   event_recordings
select * from event_recordings
order by case_key, event_number
