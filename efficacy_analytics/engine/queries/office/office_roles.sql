-- office_roles: what activities are for, one row per activity and role
-- from:   office_roles
-- out:    activity VARCHAR, role VARCHAR
select activity, role
from office_roles
order by place
