-- spectrum_moments: beginning and end of each passage of a segment, in the order in which they began
-- from:   spectrum_wait
-- param:  position INTEGER    which segment
-- out:    from_us BIGINT, until_us BIGINT
select from_us, until_us
from spectrum_wait
where position = cast($position as integer)
order by from_us, until_us
