-- rule_summary: how many cases each rule judges, and how many violate it
-- from:   declared_rules, rule_judged, rule_violation
-- out:    rule VARCHAR, kind VARCHAR, case_count BIGINT, violating_case_count BIGINT, violation_count BIGINT
-- out:    violating_case_share DOUBLE, name_zh VARCHAR, name_en VARCHAR, source_zh VARCHAR, source_en VARCHAR
with judged as (
    select rule_number, count(*) as case_count from rule_judged group by rule_number
),

violated as (
    select rule_number, count(distinct case_key) as violating_case_count, count(*) as violation_count
    from rule_violation
    group by rule_number
)

select
    declared_rules.rule,
    declared_rules.kind,
    coalesce(judged.case_count, 0) as case_count,
    coalesce(violated.violating_case_count, 0) as violating_case_count,
    coalesce(violated.violation_count, 0) as violation_count,
    coalesce(violated.violating_case_count, 0) / judged.case_count as violating_case_share,
    declared_rules.name_zh,
    declared_rules.name_en,
    declared_rules.source_zh,
    declared_rules.source_en
from declared_rules
left join judged using (rule_number)
left join violated using (rule_number)
order by declared_rules.rule_number
