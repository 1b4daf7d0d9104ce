-- clock_other_verdicts: where the verdicts by the statute, without extensions and with stops that have a ground are kept
-- from:   nothing
create or replace temp table clock_other_verdicts (
    basis varchar, case_key bigint, due_on date, is_late boolean, stopped_days integer
);
