-- office_rules: the declared rules, in the order in which the office wrote them
-- from:   office_rules
-- out:    rule VARCHAR, kind VARCHAR, activity VARCHAR, other_activity VARCHAR, most_count BIGINT, item VARCHAR
-- out:    department VARCHAR, name_zh VARCHAR, name_en VARCHAR, source_zh VARCHAR, source_en VARCHAR
select rule, kind, activity, other_activity, most_count, item, department, name_zh, name_en, source_zh, source_en
from office_rules
order by place
