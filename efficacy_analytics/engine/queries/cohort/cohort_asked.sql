-- cohort_asked: what a cohort was asked for, for questions that look beyond it
-- from:   none
-- param:  accepted_from DATE      first day of acceptance, inclusive; null for no bound
-- param:  accepted_until DATE     day after the last day of acceptance, exclusive; null for no bound
-- param:  department VARCHAR      code of the department; null for all
-- param:  item VARCHAR            code of the item; null for all
-- param:  condition VARCHAR       a condition in SQL that narrows it further; null for none
create or replace temp table cohort_asked as
select
    cast($accepted_from as date) as accepted_from,
    cast($accepted_until as date) as accepted_until,
    cast($department as varchar) as department,
    cast($item as varchar) as item,
    cast($condition as varchar) as condition;
