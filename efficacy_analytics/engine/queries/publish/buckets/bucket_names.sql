-- bucket_names: the names of each enumeration, in their order
-- from:   the enumerations of names
-- out:    enumeration VARCHAR, place BIGINT, name VARCHAR
select enumeration, unnest(range(len(names))) as place, unnest(names) as name
from (
    select 'activity_name' as enumeration, cast(enum_range(cast(null as activity_name)) as varchar[]) as names
    union all
    select 'stage_name' as enumeration, cast(enum_range(cast(null as stage_name)) as varchar[]) as names
    union all
    select 'resource_name' as enumeration, cast(enum_range(cast(null as resource_name)) as varchar[]) as names
    union all
    select 'department_name' as enumeration, cast(enum_range(cast(null as department_name)) as varchar[]) as names
)
order by enumeration, place
