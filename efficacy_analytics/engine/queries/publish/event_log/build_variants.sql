-- build_variants: the sequences of activities, numbered from the most frequent, and the variant of each case
-- from:   event_steps, case_sequences
create table variants as
with sequences as (
    select event_count, first_mark, second_mark, min(case_key) as example_key, count(*) as case_count
    from case_sequences
    group by event_count, first_mark, second_mark
),

spelled as (
    select
        example_key,
        any_value(first_mark) as first_mark,
        any_value(second_mark) as second_mark,
        any_value(case_count) as case_count,
        list(cast(activity as varchar) order by event_number) as activities
    from event_steps
    inner join sequences on sequences.example_key = event_steps.case_key
    group by example_key
)

select
    row_number() over (order by case_count desc, activities) as variant_key,
    activities,
    case_count,
    first_mark,
    second_mark
from spelled
order by variant_key;

create table case_variants as
select case_sequences.case_key, variants.variant_key
from case_sequences
inner join variants using (first_mark, second_mark);

alter table variants drop column first_mark;

alter table variants drop column second_mark;
