-- clock_settings_kept: the settings of counting a snapshot was built with
-- from:   clock_settings
-- out:    count_makeup_workdays BOOLEAN, roll_rest_days BOOLEAN, stop_takes_out_its_first_day BOOLEAN
select count_makeup_workdays, roll_rest_days, stop_takes_out_its_first_day
from clock_settings
order by count_makeup_workdays
