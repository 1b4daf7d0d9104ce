"""The event log: built once per snapshot, then read by cohort."""
