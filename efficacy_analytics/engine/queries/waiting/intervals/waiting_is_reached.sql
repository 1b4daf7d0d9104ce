-- waiting_is_reached: whether the last doubling led nowhere further
-- from:   waiting_reach
-- out:    is_reached BOOLEAN
select coalesce(not bool_or(is_further), true) as is_reached
from waiting_reach
