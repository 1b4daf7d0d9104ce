"""Persons under pseudonyms, the key outside the lake."""
