-- build_years: the span of years each delivery's dates lie in
-- from:   case_dates
-- out:    delivery_number INTEGER, first_year BIGINT, last_year BIGINT, last_on DATE
select delivery_number, min(year(first_on)) as first_year, max(year(last_on)) as last_year, max(last_on) as last_on
from case_dates
group by delivery_number
order by delivery_number
