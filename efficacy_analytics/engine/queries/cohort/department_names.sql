-- department_names: what each department is called
-- from:   departments
-- out:    department VARCHAR, name_zh VARCHAR, name_en VARCHAR
select department, name_zh, name_en
from departments
order by department
