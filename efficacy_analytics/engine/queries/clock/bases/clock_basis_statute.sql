-- clock_basis_statute: what a verdict judges by the law alone: the cases whose statutory limit is not the one that judges them
-- from:   clock_cases, clock_terms, clock_notes, clock_extensions
--
-- The day stated by the export is that of the promise and left out. Extensions lengthen the statutory limit, in its own
-- unit where they were told by their dates.
create or replace temp view clock_judged_terms as
select
    * replace (
        statutory_length as limit_length,
        statutory_unit as limit_unit,
        case statutory_unit when 'calendar_days' then 1 when 'months' then 2 when 'hours' then 3 else 0 end
            as unit_number
    ),
    limit_length is distinct from statutory_length or limit_unit is distinct from statutory_unit as judges_plain_cases
from clock_terms
where statutory_length >= 0 and statutory_unit <> 'unknown';

create or replace temp view clock_judged_notes as
select
    notes.* replace (
        cast(null as date) as stated_due_on,
        cast(null as timestamptz) as stated_due_at,
        coalesce(
            if(terms.unit_number = 0, extensions.extension_days, extensions.extension_calendar_days),
            notes.extension_days
        ) as extension_days
    )
from clock_notes as notes
left join clock_extensions as extensions using (case_key)
left join clock_cases as cases using (case_key)
left join clock_judged_terms as terms using (terms_key);

create or replace temp view clock_judged_noted as
select *
from clock_cases
where note_number in (select note_number from clock_notes where stated_due_on is not null)
   or note_number <> 0 and terms_key in (select terms_key from clock_judged_terms where judges_plain_cases);
