-- cohort_keys: the keys of the cases that were accepted in a period, by a department, for an item
-- from:   cases
-- param:  accepted_from DATE      first day of acceptance, inclusive; null for no bound
-- param:  accepted_until DATE     day after the last day of acceptance, exclusive; null for no bound
-- param:  department VARCHAR      code of the department; null for all
-- param:  item VARCHAR            code of the item; null for all
create or replace temp table cohort_keys as
select case_key
from cases
where (cast($accepted_from as date) is null or accepted_on >= cast($accepted_from as date))
  and (cast($accepted_until as date) is null or accepted_on < cast($accepted_until as date))
  and (cast($department as varchar) is null or department = cast($department as varchar))
  and (cast($item as varchar) is null or item = cast($item as varchar))
order by case_key;
