-- activity_names: what each activity is called, and its stage
-- from:   activities
-- out:    activity VARCHAR, stage VARCHAR, name_zh VARCHAR, name_en VARCHAR
select activity, stage, name_zh, name_en
from activities
order by activity
