-- build_event_chunk: the events of a range of cases added to the event log
-- from:   facts_of
-- param:  first_case_key BIGINT   first case of the range
-- param:  until_case_key BIGINT   case after the last of the range
insert into event_facts
select * from facts_of(cast($first_case_key as bigint), cast($until_case_key as bigint), false);

insert into event_facts
select * from facts_of(cast($first_case_key as bigint), cast($until_case_key as bigint), true);
