"""Every table by its name, with what it says in both languages."""
