-- snapshot_deliveries: the deliveries of which this snapshot was made, in the order in which they count
-- from:   deliveries
-- out:    delivery VARCHAR, source VARCHAR, layout VARCHAR, delivered_on DATE, files VARCHAR
select delivery, source, layout, delivered_on, files
from deliveries
order by delivery_number
