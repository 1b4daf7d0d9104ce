-- office_chains: the declared chains of items of a project, in the order in which the office wrote them
-- from:   office_chains
-- out:    chain VARCHAR, step_number BIGINT, item VARCHAR, department VARCHAR, after_steps VARCHAR, limit_days BIGINT
-- out:    proposed_days BIGINT, name_zh VARCHAR, name_en VARCHAR
select chain, step_number, item, department, after_steps, limit_days, proposed_days, name_zh, name_en
from office_chains
order by place
