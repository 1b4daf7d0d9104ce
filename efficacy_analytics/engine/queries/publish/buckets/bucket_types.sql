-- bucket_types: the enumerations of names again, as the publisher made them
-- from:   names
create type activity_name as enum (select name from names where enumeration = 'activity_name' order by place);

create type stage_name as enum (select name from names where enumeration = 'stage_name' order by place);

create type resource_name as enum (select name from names where enumeration = 'resource_name' order by place);

create type department_name as enum (select name from names where enumeration = 'department_name' order by place);
