-- clock_terms: each combination of limits that some case has, worked out once: which one judges, and what is wrong with it
-- from:   clock_cases, clock_stated_limits, clock_period_limits
create or replace temp macro clock_unit(unit) as
    cast(unit as enum ('working_days', 'calendar_days', 'hours', 'months', 'on_the_spot', 'unknown'));

create or replace table clock_terms as
with used as (
    select
        terms_key,
        terms_key % 2 = 1 as is_green_lane,
        terms_key // 2 % radix as general_number,
        terms_key // 2 // radix % radix as own_number,
        terms_key // 2 // radix // radix as stated_number
    from (select distinct terms_key from clock_cases)
    cross join (select 1 + count(*) as radix from clock_period_limits)
),

chosen as (
    select
        used.terms_key,
        used.is_green_lane,
        coalesce(stated.statutory_length, own.statutory_length, general.statutory_length) as statutory_length,
        case
            when stated.statutory_length is not null then coalesce(stated.statutory_unit, 'working_days')
            when own.statutory_length is not null then coalesce(own.statutory_unit, 'working_days')
            when general.statutory_length is not null then coalesce(general.statutory_unit, 'working_days')
        end as statutory_unit,
        coalesce(stated.promised_length, own.promised_length, general.promised_length) as promised_length,
        case
            when stated.promised_length is not null then coalesce(stated.promised_unit, 'working_days')
            when own.promised_length is not null then coalesce(own.promised_unit, 'working_days')
            when general.promised_length is not null then coalesce(general.promised_unit, 'working_days')
        end as promised_unit,
        coalesce(own.is_overlapping, general.is_overlapping, false)
        and (stated.statutory_length is null or stated.promised_length is null) as is_overlapping
    from used
    left join clock_stated_limits as stated on stated.limit_number = used.stated_number
    left join clock_period_limits as own on own.limit_number = used.own_number
    left join clock_period_limits as general on general.limit_number = used.general_number
),

usable as (
    select
        *,
        coalesce(statutory_unit in ('working_days', 'calendar_days', 'hours', 'months', 'on_the_spot'), true)
            as is_statutory_unit_known,
        coalesce(promised_unit in ('working_days', 'calendar_days', 'hours', 'months', 'on_the_spot'), true)
            as is_promised_unit_known
    from chosen
),

judging as (
    select
        *,
        not is_green_lane and is_promised_unit_known and coalesce(promised_length >= 0, false) as is_promise_judging,
        is_statutory_unit_known and coalesce(statutory_length >= 0, false) as is_statutory_usable
    from usable
)

select
    terms_key,
    statutory_length,
    clock_unit(if(is_statutory_unit_known, statutory_unit, 'unknown')) as statutory_unit,
    promised_length,
    clock_unit(if(is_promised_unit_known, promised_unit, 'unknown')) as promised_unit,
    case
        when is_promise_judging then promised_length
        when is_statutory_usable then statutory_length
    end as limit_length,
    clock_unit(case
        when is_promise_judging then promised_unit
        when is_statutory_usable then statutory_unit
        else 'working_days'
    end) as limit_unit,
    case limit_unit when 'calendar_days' then 1 when 'months' then 2 when 'hours' then 3 else 0 end as unit_number,
    if(is_overlapping, 2, 0)                                                       -- overlapping_limits
    + if(
        promised_length > statutory_length
        and (
            promised_unit = statutory_unit
            or promised_unit = 'working_days' and statutory_unit = 'calendar_days'
            or statutory_unit = 'on_the_spot'
        )
        or promised_length > 31 * statutory_length
        and promised_unit in ('working_days', 'calendar_days') and statutory_unit = 'months'
        or 28 * promised_length > statutory_length and promised_unit = 'months' and statutory_unit = 'calendar_days',
        4, 0)                                                                      -- limit_longer_than_statutory
    + if(is_statutory_unit_known and is_promised_unit_known, 0, 8)                 -- unknown_unit
    + if(least(statutory_length, promised_length) < 0, 16, 0)                      -- negative_limit
    as flag_bits
from judging
order by terms_key;
