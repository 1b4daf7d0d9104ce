-- clock_basis_recorded: what a verdict judges: every case, by the limit, the extensions and the stated day it has
-- from:   clock_cases, clock_terms, clock_notes
create or replace temp view clock_judged_noted as select * from clock_cases where note_number <> 0;

create or replace temp view clock_judged_terms as select *, true as judges_plain_cases from clock_terms;

create or replace temp view clock_judged_notes as select * from clock_notes;
