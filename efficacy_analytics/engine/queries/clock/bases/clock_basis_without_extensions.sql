-- clock_basis_without_extensions: what a verdict judges as if nothing had been extended: the extended cases, with their limit alone
-- from:   clock_cases, clock_terms, clock_notes
--
-- The day stated by the export is left out, as an extension is supposed to be in it.
create or replace temp view clock_judged_terms as select *, false as judges_plain_cases from clock_terms;

create or replace temp view clock_judged_notes as
select
    * replace (
        cast(null as date) as stated_due_on,
        cast(null as timestamptz) as stated_due_at,
        cast(0 as integer) as extension_days
    )
from clock_notes;

create or replace temp view clock_judged_noted as
select *
from clock_cases
where note_number in (select note_number from clock_notes where extension_days > 0);
