-- items_offered: each item of each department as it is offered on a day, with what it charged and how often it was asked for
-- from:   limits, fees, cases, cohort_cases
-- param:  as_on DATE  the day
-- out:    item VARCHAR, department VARCHAR, name_zh VARCHAR, name_en VARCHAR, statutory_length INTEGER
-- out:    statutory_unit VARCHAR, promised_length INTEGER, promised_unit VARCHAR, fee_amount DOUBLE, case_count BIGINT
with asked as (
    select
        cast(item as varchar) as item,
        coalesce(cast(department as varchar), '') as department,
        count(*) as case_count
    from cohort_cases
    group by cast(item as varchar), coalesce(cast(department as varchar), '')
),

charged as (
    select
        cast(cases.item as varchar) as item,
        coalesce(cast(cases.department as varchar), '') as department,
        median(total) as fee_amount
    from (select case_key, sum(amount) as total from fees group by case_key) as of_case
    inner join cases using (case_key)
    group by cast(cases.item as varchar), coalesce(cast(cases.department as varchar), '')
)

select
    limits.item,
    coalesce(limits.department, '') as department,
    limits.name_zh,
    limits.name_en,
    limits.statutory_length,
    limits.statutory_unit,
    limits.promised_length,
    limits.promised_unit,
    cast(charged.fee_amount as double) as fee_amount,
    coalesce(asked.case_count, 0) as case_count
from limits
left join asked on asked.item = limits.item and asked.department = coalesce(limits.department, '')
left join charged on charged.item = limits.item and charged.department = coalesce(limits.department, '')
where coalesce(limits.valid_from <= cast($as_on as date), true)
  and coalesce(limits.valid_until > cast($as_on as date), true)
qualify row_number() over (
    partition by limits.item, coalesce(limits.department, '')
    order by
        limits.valid_from desc nulls last, limits.promised_length, limits.promised_unit, limits.statutory_length,
        limits.statutory_unit, limits.name_zh, limits.name_en
) = 1
order by limits.item, coalesce(limits.department, '')
