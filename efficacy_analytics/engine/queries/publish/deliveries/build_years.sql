-- build_years: the span of years, and of days, the dates of each calendar's deliveries lie in
-- from:   case_dates, deliveries
-- out:    calendar_number INTEGER, first_year BIGINT, last_year BIGINT, first_on DATE, last_on DATE
select
    deliveries.calendar_number,
    min(year(case_dates.first_on)) as first_year,
    max(year(case_dates.last_on)) as last_year,
    min(case_dates.first_on) as first_on,
    case  -- nothing happened after its delivery
        when max(case_dates.last_on) > max(deliveries.delivered_on) + 1 then max(deliveries.delivered_on) + 1
        else max(case_dates.last_on)
    end as last_on
from case_dates
inner join deliveries using (delivery_number)
group by deliveries.calendar_number
order by deliveries.calendar_number
