-- waiting_instances: every activity instance with its enabling, and a start estimated where none was recorded
-- from:   waiting_enabled, waiting_deliveries, machine_accounts
--
-- An estimated start is the later of enabled and the resource's completion before (ties by case and number).
-- Without resource or enabling there is nothing to estimate from: the instance then is its completion alone.
-- A desk is a resource; instances without one, and those of accounts that no officer can be, share the negative number of
-- their calendar and are never busy.
create or replace temp table waiting_instances as
with freed as (
    select
        *,
        not is_start_recorded and resource is not null and enabled_us is not null as is_start_estimated,
        lag(end_us) over (partition by resource order by end_us, case_key, event_number) as free_us
    from waiting_enabled
)

select
    cast(freed.case_key as bigint) * 1000000 + freed.event_number as instance,
    freed.case_key,
    if(
        machines.resource is null, coalesce(cast(enum_code(freed.resource) as integer), -deliveries.calendar_number),
        -deliveries.calendar_number
    ) as desk,
    deliveries.calendar_number,
    freed.activity,
    freed.resource,
    freed.department,
    freed.enabling_activity,
    freed.enabling_resource,
    freed.is_start_estimated,
    freed.enabled_us is not null and (freed.is_start_recorded or freed.is_start_estimated) as is_transition,
    coalesce(freed.enabled_us, freed.start_us) as enabled_us,
    if(freed.is_start_estimated, greatest(freed.enabled_us, coalesce(freed.free_us, freed.enabled_us)), freed.start_us)
        as start_us,
    freed.end_us
from freed
left join machine_accounts as machines on machines.resource = cast(freed.resource as varchar)
asof left join waiting_deliveries as deliveries on deliveries.first_case_key <= freed.case_key;

drop table waiting_enabled;

create or replace temp table waiting_desks as
with counted as (
    select
        desk,
        min(calendar_number) as calendar_number,
        any_value(if(desk >= 0, cast(resource as varchar), null)) as resource,
        mode(cast(department as varchar) order by cast(department as varchar)) as department,
        count(*) as instance_count
    from waiting_instances
    group by desk
)

select
    *,
    cast((sum(instance_count) over (order by desk rows unbounded preceding) - instance_count) // 1000000 as integer)
        as part
from counted
order by desk;
