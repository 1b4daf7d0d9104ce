-- bucket_accepted: the accepted events of a bucket: those of its stretch whose case no later delivery replaces
-- from:   stretch, bucket, deliveries, superseded_cases
set variable first_case_key = (
    select first_case_key from deliveries where delivery_number = (select delivery_number from bucket)
);

set variable calendar_number = (
    select calendar_number from deliveries where delivery_number = (select delivery_number from bucket)
);

create view accepted_events as
select
    getvariable('first_case_key') + case_number as case_key,
    getvariable('calendar_number') as calendar_number,
    *
from stretch
where getvariable('first_case_key') + case_number not in (select case_key from superseded_cases);
