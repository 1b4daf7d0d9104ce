"""Where cases wait, and why."""
