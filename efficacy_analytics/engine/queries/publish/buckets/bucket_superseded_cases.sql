-- bucket_superseded_cases: the cases that a later delivery replaces, for the workers
-- from:   superseded_cases
select case_key from superseded_cases
order by case_key
