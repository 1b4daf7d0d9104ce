-- clock_basis_with_ground: what a verdict judges where only stops that the licensing law names take days out
-- from:   clock_cases, clock_terms, clock_notes, clock_stops, clock_rules
--
-- The cases that have another stop. The day stated by the export is left out, as its stops are supposed to be in it.
create or replace temp view clock_judged_terms as select *, false as judges_plain_cases from clock_terms;

create or replace temp view clock_judged_notes as
select
    * replace (cast(null as date) as stated_due_on, cast(null as timestamptz) as stated_due_at)
from clock_notes;

create or replace temp view clock_stops_without_ground as
select stops.*
from clock_stops as stops
inner join clock_rules as rules using (kind)
where stops.effect = 'stops' and not coalesce(rules.has_ground, true);

create or replace temp view clock_judged_noted as
select *
from clock_cases
where note_number <> 0 and case_key in (select case_key from clock_stops_without_ground);

create or replace temp view clock_stops_counted as
select stops.*
from clock_stops as stops
left join clock_rules as rules using (kind)
where coalesce(rules.has_ground, true) or stops.effect <> 'stops';
