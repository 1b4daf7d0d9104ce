-- finding_reach: from which day on the snapshot has cases, and up to which day it was known; a stray early one is passed
-- from:   cases, snapshot
-- out:    first_on DATE, as_on DATE
select
    quantile_disc(cases.accepted_on, 0.001) as first_on,
    max(snapshot.as_on) as as_on
from cases
cross join snapshot
order by first_on
