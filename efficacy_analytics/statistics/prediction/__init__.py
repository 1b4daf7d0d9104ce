"""Chances of what is still to come, and how good they were."""
