"""What there is in the demonstration city: items, departments, procedures, limits, working time."""
