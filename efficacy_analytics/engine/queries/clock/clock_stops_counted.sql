-- clock_stops_counted: the clock stops that a verdict counts: all of them
-- from:   clock_stops
create or replace temp view clock_stops_counted as
select * from clock_stops;
