-- clock_limits: which limit of an item and department is in force when, and which limits the export states itself
-- from:   limits, case_readings_in
--
-- Where the validity of two limits overlaps, the one that came into force later is taken, and the period is marked.
create or replace temp table clock_limit_periods as
with stated as (
    select distinct
        item,
        department,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(valid_until, date '9999-12-31') as valid_until,
        if(statutory_unit = 'on_the_spot', 0, statutory_length) as statutory_length,
        statutory_unit,
        if(promised_unit = 'on_the_spot', 0, promised_length) as promised_length,
        promised_unit
    from limits
),

edges as (
    select item, department, valid_from as day from stated
    union
    select item, department, valid_until as day from stated
),

pieces as (
    select item, department, day as valid_from, lead(day) over (partition by item, department order by day) as valid_until
    from edges
),

covering as (
    select
        pieces.item,
        pieces.department,
        pieces.valid_from,
        pieces.valid_until,
        stated.statutory_length,
        stated.statutory_unit,
        stated.promised_length,
        stated.promised_unit,
        count(*) over in_piece > 1 as is_overlapping,
        row_number() over (
            partition by pieces.item, pieces.department, pieces.valid_from
            order by
                stated.valid_from desc, stated.valid_until, stated.promised_length, stated.promised_unit,
                stated.statutory_length, stated.statutory_unit
        ) as place
    from pieces
    inner join stated
        on stated.item = pieces.item
        and stated.department is not distinct from pieces.department
        and stated.valid_from <= pieces.valid_from
        and stated.valid_until > pieces.valid_from
    window in_piece as (partition by pieces.item, pieces.department, pieces.valid_from)
)

select
    item,
    department,
    valid_from,
    valid_until,
    statutory_length,
    statutory_unit,
    promised_length,
    promised_unit,
    is_overlapping,
    cast(dense_rank() over (
        order by statutory_length, statutory_unit, promised_length, promised_unit, is_overlapping
    ) as integer) as limit_number
from covering
where place = 1
order by item, department, valid_from;

create or replace temp table clock_period_limits as
select distinct limit_number, statutory_length, statutory_unit, promised_length, promised_unit, is_overlapping
from clock_limit_periods
order by limit_number;

create or replace temp macro clock_wording(statutory_length, statutory_unit, promised_length, promised_unit) as
    case
        when statutory_length is not null or promised_length is not null
            or statutory_unit is not null or promised_unit is not null
            then concat(
                coalesce(cast(statutory_length as varchar), '-'), '|', coalesce(statutory_unit, '-'), '|',
                coalesce(cast(promised_length as varchar), '-'), '|', coalesce(promised_unit, '-')
            )
    end;

create or replace temp table clock_stated_limits as
with stated as (
    select distinct statutory_length, statutory_unit, promised_length, promised_unit
    from case_readings_in
    where statutory_length is not null or promised_length is not null
       or statutory_unit is not null or promised_unit is not null
)

select
    clock_wording(statutory_length, statutory_unit, promised_length, promised_unit) as wording,
    cast(row_number() over (order by statutory_length, statutory_unit, promised_length, promised_unit) as integer)
        as limit_number,
    if(statutory_unit = 'on_the_spot', 0, statutory_length) as statutory_length,
    statutory_unit,
    if(promised_unit = 'on_the_spot', 0, promised_length) as promised_length,
    promised_unit
from stated
order by limit_number;
