"""Samples drawn by strata, and what they say of the whole."""
