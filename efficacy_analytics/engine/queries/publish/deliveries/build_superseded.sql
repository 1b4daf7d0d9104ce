-- build_superseded: cases that a later delivery of the same source gives again, or tells to be deleted
-- from:   deliveries, delivered_cases, accepted_deleted_cases (delivery_number, case_id)
create table superseded_cases as
with mentioned as (
    select case_key, case_id, delivery_number
    from delivered_cases
    union all
    select null as case_key, case_id, delivery_number
    from accepted_deleted_cases
),

repeated as (
    select deliveries.source
    from deliveries
    group by deliveries.source
    having count(*) > 1
),

numbered as (
    select
        mentioned.case_key,
        row_number() over (
            partition by deliveries.source, mentioned.case_id order by mentioned.delivery_number desc
        ) as place
    from mentioned
    inner join deliveries using (delivery_number)
    inner join repeated using (source)
)

select case_key from numbered where place > 1 and case_key is not null;
