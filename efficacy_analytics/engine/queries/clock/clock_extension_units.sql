-- clock_extension_units: extensions given by their dates, in the unit of the limit that they lengthen
-- from:   clock_notes, clock_extensions, clock_cases, clock_terms
--
-- `clock_notes` has them in working days, before it is known which limit judges a case.
update clock_notes
set extension_days = extensions.extension_calendar_days
from clock_extensions as extensions
inner join clock_cases as cases using (case_key)
inner join clock_terms as terms using (terms_key)
where clock_notes.case_key = extensions.case_key
  and terms.unit_number <> 0
  and extensions.extension_calendar_days <> extensions.extension_days;
