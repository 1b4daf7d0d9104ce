-- cohort_undated: the keys of the cases without any day, which no period has, of a department, for an item
-- from:   cases
-- param:  department VARCHAR      code of the department; null for all
-- param:  item VARCHAR            code of the item; null for all
create or replace temp table cohort_undated as
select case_key
from cases
where accepted_on is null
  and (cast($department as varchar) is null or department = cast($department as varchar))
  and (cast($item as varchar) is null or item = cast($item as varchar))
order by case_key;
