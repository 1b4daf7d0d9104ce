-- build_superseded: cases that a later delivery of the same source gives again
-- from:   deliveries, delivered_cases
create table superseded_cases as
with repeated as (
    select source
    from deliveries
    group by source
    having count(*) > 1
),

numbered as (
    select
        cases.case_key,
        row_number() over (
            partition by deliveries.source, cases.case_id order by cases.delivery_number desc
        ) as place
    from delivered_cases as cases
    inner join deliveries using (delivery_number)
    inner join repeated using (source)
)

select case_key from numbered where place > 1;
