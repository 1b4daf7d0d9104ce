-- bucket_calendar: the calendars of the snapshot, for its workers
-- from:   calendar
select * from calendar
