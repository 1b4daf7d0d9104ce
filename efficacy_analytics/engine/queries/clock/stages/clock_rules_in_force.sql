-- clock_rules_in_force: which of several rules for an item, for a department and for all holds, said once: as macros
-- from:   nothing
--
-- The rule for the item holds before that for the department, and that before the general one; of several alike the one
-- that came into force last. The first of those that apply, by precedence, is the rule that holds.
create or replace temp macro rule_applies(rule_item, rule_department, valid_from, valid_until, of_item, of_department, on_day) as
    coalesce(rule_item = of_item, rule_item is null)
    and coalesce(rule_department = of_department, rule_department is null)
    and coalesce(valid_from <= on_day, true)
    and coalesce(valid_until > on_day, true);

create or replace temp macro rule_precedence(rule_item, rule_department, valid_from) as
    2000000000 * cast(rule_item is null as bigint)
    + 1000000000 * cast(rule_department is null as bigint)
    + coalesce(date '9999-12-31' - valid_from, 999999999);
