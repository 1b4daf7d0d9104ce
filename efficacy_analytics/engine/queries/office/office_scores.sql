-- office_scores: what is entered by hand for the scoring schemes, in the order of the file, with the row's number
-- from:   office_scores
-- out:    row_number BIGINT, scheme VARCHAR, department VARCHAR, period VARCHAR, name VARCHAR, value VARCHAR
-- out:    of_value VARCHAR, note VARCHAR
select place + 1 as row_number, scheme, department, period, name, value, of_value, note
from office_scores
order by place
