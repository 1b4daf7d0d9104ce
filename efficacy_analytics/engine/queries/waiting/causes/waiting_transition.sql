-- waiting_transition: an empty table for every wait of the cohort, by cause, in microseconds
-- from:   nothing
create or replace temp table waiting_transition (
    instance bigint,
    waiting_us bigint,
    clock_stop_us bigint,
    applicant_us bigint,
    batching_us bigint,
    contention_us bigint,
    prioritisation_us bigint,
    unavailability_us bigint,
    extraneous_us bigint
);
