-- waiting_work: the work of one part of the desks
-- from:   waiting_instances, waiting_desks
-- param:  part INTEGER
create or replace temp table waiting_work as
select
    instances.instance,
    instances.case_key,
    instances.desk,
    instances.activity,
    instances.enabled_us,
    instances.start_us,
    instances.end_us,
    instances.is_transition
from waiting_instances as instances
inner join waiting_desks as desks using (desk)
where desks.part = cast($part as integer);
