-- office_schemes: the scoring schemes an office declares, by name, each as the text of its file
-- from:   office_schemes
-- out:    scheme VARCHAR, content VARCHAR
select scheme, content
from office_schemes
order by scheme
