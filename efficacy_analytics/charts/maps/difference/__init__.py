"""Two cohorts on one map."""
