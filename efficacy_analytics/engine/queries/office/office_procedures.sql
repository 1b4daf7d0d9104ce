-- office_procedures: the steps of the declared procedures, in the order in which the office wrote them
-- from:   office_procedures
-- out:    procedure VARCHAR, kind VARCHAR, item VARCHAR, department VARCHAR, step_number BIGINT, activity VARCHAR
-- out:    is_optional BOOLEAN, may_repeat BOOLEAN, bpmn_file VARCHAR
select procedure, kind, item, department, step_number, activity, is_optional, may_repeat, bpmn_file
from office_procedures
order by place
