-- rule_marks: which cases each rule judges and where they violate it, as temporary tables
-- from:   cohort_cases, cohort_events, declared_rules
-- out:    rule_number BIGINT, case_key BIGINT, event_number INTEGER, other_event_number INTEGER
-- Before and after are meant by event_number. What may still come is not missed: existence and response judge ended
-- cases only (neither open nor withdrawn). Four eyes judges cases where both officers are known, own department those
-- where the department of the case and that of the activity are.
create or replace temporary table rule_scope as
select
    declared_rules.rule_number,
    declared_rules.kind,
    cohort_cases.case_key,
    cast(cohort_cases.department as varchar) as department,
    not coalesce(cohort_cases.is_open, false) and not cohort_cases.is_withdrawn as is_ended
from declared_rules
inner join cohort_cases
    on (declared_rules.item is null or declared_rules.item = cast(cohort_cases.item as varchar))
    and (declared_rules.department is null or declared_rules.department = cast(cohort_cases.department as varchar));

create or replace temporary table rule_step as
with named as (
    select rule_number, kind, true as is_other, unnest(string_split(other_activity, '|')) as activity
    from declared_rules
    union all by name
    select rule_number, kind, false as is_other, unnest(string_split(activity, '|')) as activity
    from declared_rules
)

select
    rule_scope.rule_number,
    rule_scope.kind,
    rule_scope.is_ended,
    named.is_other,
    cohort_events.case_key,
    cohort_events.event_number,
    cohort_events.resource,
    cast(cohort_events.department as varchar) <> rule_scope.department as is_elsewhere
from named
inner join cohort_events on cast(cohort_events.activity as varchar) = trim(named.activity)
inner join rule_scope
    on rule_scope.rule_number = named.rule_number and rule_scope.case_key = cohort_events.case_key;

create or replace temporary table rule_pair as
select
    this.rule_number,
    this.kind,
    this.case_key,
    this.event_number,
    any_value(this.is_ended) as is_ended,
    any_value(this.is_elsewhere) as is_elsewhere,
    count(*) filter (where other.event_number < this.event_number) as before_count,
    count(*) filter (where other.event_number > this.event_number) as after_count,
    count(*) filter (
        where other.event_number <> this.event_number and other.resource is not null and this.resource is not null
    ) as known_count,
    min(other.event_number) filter (
        where other.event_number <> this.event_number and other.resource = this.resource
    ) as same_officer_number
from rule_step as this
left join rule_step as other
    on other.rule_number = this.rule_number and other.case_key = this.case_key and other.is_other
where not this.is_other
group by this.rule_number, this.kind, this.case_key, this.event_number;

create or replace temporary table rule_judged as
select distinct rule_number, case_key
from rule_pair
where kind = 'precedence'
   or (kind = 'response' and is_ended)
   or (kind = 'four_eyes' and known_count > 0)
   or (kind = 'own_department' and is_elsewhere is not null)
union all
select rule_number, case_key
from rule_scope
where kind = 'absence' or (kind = 'existence' and is_ended);

create or replace temporary table rule_violation as
with counted as (
    select
        rule_number,
        case_key,
        event_number,
        row_number() over (partition by rule_number, case_key order by event_number) as occurrence
    from rule_pair
    where kind = 'absence'
)

select rule_number, case_key, event_number, same_officer_number as other_event_number
from rule_pair
where kind = 'four_eyes' and same_officer_number is not null
union all
select rule_number, case_key, event_number, null as other_event_number
from rule_pair
where (kind = 'precedence' and before_count = 0)
   or (kind = 'response' and is_ended and after_count = 0)
   or (kind = 'own_department' and is_elsewhere)
union all
select counted.rule_number, counted.case_key, counted.event_number, null as other_event_number
from counted
inner join declared_rules using (rule_number)
where counted.occurrence > coalesce(declared_rules.most_count, 0)
union all
select rule_scope.rule_number, rule_scope.case_key, null as event_number, null as other_event_number
from rule_scope
where rule_scope.kind = 'existence'
  and rule_scope.is_ended
  and not exists (
      select 1
      from rule_pair
      where rule_pair.rule_number = rule_scope.rule_number and rule_pair.case_key = rule_scope.case_key
  )
