"""Finished tables as pictures."""
