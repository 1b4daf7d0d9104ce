-- bucket_case_counting: the cases that do not simply count working days, for the workers
-- from:   case_counting
select * from case_counting
order by case_key
