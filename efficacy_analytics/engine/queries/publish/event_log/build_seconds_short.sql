-- build_seconds_short: seconds as integers kept in half the room, where every stamp is whole and all lie within 60 years
-- from:   nothing
create type kept_seconds as integer;

create or replace macro told_seconds(seconds) as cast(seconds as bigint);

create or replace macro in_seconds(microseconds) as microseconds // 1000000;

create or replace macro seconds_between(from_at, until_at) as (epoch_us(until_at) - epoch_us(from_at)) // 1000000;
