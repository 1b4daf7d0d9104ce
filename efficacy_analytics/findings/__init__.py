"""Judgements with their guarantees: bottlenecks, time limits, punctuality."""
