-- bucket_case_numbers: how far the case numbers of each delivery go
-- from:   delivered_cases
-- out:    delivery_number INTEGER, until_case_number BIGINT
select delivery_number, cast(max(case_number) + 1 as bigint) as until_case_number
from delivered_cases
group by delivery_number
order by delivery_number
