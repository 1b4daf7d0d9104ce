-- supervision_stock: the open cases of a day by department, stage and how long they are open
-- from:   supervision_board_rows
-- out:    department VARCHAR, stage VARCHAR, open_for VARCHAR, case_count BIGINT, office_count BIGINT
-- out:    applicant_count BIGINT, elsewhere_count BIGINT, green_count BIGINT, reminder_count BIGINT
-- out:    yellow_count BIGINT, red_count BIGINT, stopped_count BIGINT, no_limit_count BIGINT
select
    department,
    stage,
    case
        when open_working_days is null then 'unknown'
        when open_working_days <= 5 then '0-5'
        when open_working_days <= 10 then '6-10'
        when open_working_days <= 20 then '11-20'
        when open_working_days <= 60 then '21-60'
        else '61+'
    end as open_for,
    count(*) as case_count,
    count(*) filter (where turn = 'office') as office_count,
    count(*) filter (where turn = 'applicant') as applicant_count,
    count(*) filter (where turn = 'elsewhere') as elsewhere_count,
    count(*) filter (where colour = 'green') as green_count,
    count(*) filter (where colour = 'reminder') as reminder_count,
    count(*) filter (where colour = 'yellow') as yellow_count,
    count(*) filter (where colour = 'red') as red_count,
    count(*) filter (where colour = 'stopped') as stopped_count,
    count(*) filter (where colour = 'no_limit') as no_limit_count
from supervision_board_rows
group by department, stage, open_for
order by department nulls last, stage nulls last, min(open_working_days) nulls last
