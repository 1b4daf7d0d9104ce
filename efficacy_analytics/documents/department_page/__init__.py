"""One page for one department: how it did, why, what its records have to explain, and what would help."""
