-- build_seconds_whole: seconds as integers, where every stamp is a whole second
-- from:   nothing
create type kept_seconds as bigint;

create or replace macro told_seconds(seconds) as seconds;

create or replace macro in_seconds(microseconds) as microseconds // 1000000;

create or replace macro seconds_between(from_at, until_at) as (epoch_us(until_at) - epoch_us(from_at)) // 1000000;
