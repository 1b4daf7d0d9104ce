-- rule_violations: each violation of a rule with its case and its event
-- from:   declared_rules, rule_violation, cohort_cases, cohort_events
-- out:    rule VARCHAR, case_key BIGINT, case_id VARCHAR, event_number INTEGER, department VARCHAR, item VARCHAR
-- out:    activity VARCHAR, resource VARCHAR, completed_on DATE, other_event_number INTEGER, other_activity VARCHAR
-- event_number is null where the violation is that something never happened.
select
    declared_rules.rule,
    rule_violation.case_key,
    cohort_cases.case_id,
    rule_violation.event_number,
    cast(cohort_cases.department as varchar) as department,
    cast(cohort_cases.item as varchar) as item,
    cast(this.activity as varchar) as activity,
    cast(this.resource as varchar) as resource,
    this.completed_on,
    rule_violation.other_event_number,
    cast(other.activity as varchar) as other_activity
from rule_violation
inner join declared_rules using (rule_number)
inner join cohort_cases using (case_key)
left join cohort_events as this
    on this.case_key = rule_violation.case_key and this.event_number = rule_violation.event_number
left join cohort_events as other
    on other.case_key = rule_violation.case_key and other.event_number = rule_violation.other_event_number
order by rule_violation.rule_number, rule_violation.case_key, rule_violation.event_number
