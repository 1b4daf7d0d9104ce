-- waiting_reach: how far work goes on back to back from each instance of a run, one doubling further
-- from:   waiting_reach
create or replace temp table waiting_reached as
select
    run,
    place,
    reach as former_reach,
    max(reach) over (
        partition by run order by place rows between current row and (reach - place) following
    ) as reach
from waiting_reach;

create or replace temp table waiting_reach as
select run, place, reach, reach > former_reach as is_further
from waiting_reached;
