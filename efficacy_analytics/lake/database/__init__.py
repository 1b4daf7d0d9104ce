"""Intake from a database: what changed since the last pull."""
