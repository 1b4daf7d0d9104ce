"""Measures of the log: directly-follows, activities, variants, discovered models."""
