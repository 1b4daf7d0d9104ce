-- build_seconds_fractional: seconds with their parts as exact decimals, where some stamp is no whole second
-- from:   nothing
create type kept_seconds as decimal(18, 6);

create or replace macro told_seconds(seconds) as seconds;

create or replace macro in_seconds(microseconds) as cast(microseconds / 1000000 as decimal(18, 6));

create or replace macro seconds_between(from_at, until_at) as
    cast((epoch_us(until_at) - epoch_us(from_at)) / 1000000 as decimal(18, 6));
