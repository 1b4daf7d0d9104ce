-- waiting_parts: into how many parts the desks are divided, so that each fits into memory
-- from:   waiting_desks
-- out:    part INTEGER
select distinct part
from waiting_desks
order by part
