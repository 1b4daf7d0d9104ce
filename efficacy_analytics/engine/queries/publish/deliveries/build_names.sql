-- build_names: the names of activities, resources and departments as enumerations, in the order of their spelling
-- from:   accepted_events, accepted_activities
create type activity_name as enum (select distinct activity from accepted_events order by 1);

create type stage_name as enum (
    select distinct stage from (
        select stage from accepted_events union select stage from accepted_activities
    ) where stage is not null order by 1
);

create type resource_name as enum (
    select distinct resource from accepted_events where resource is not null order by 1
);

create type department_name as enum (
    select distinct department from accepted_events where department is not null order by 1
);
