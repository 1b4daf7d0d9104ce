"""Can the records be believed: the checks, their rows, the audit."""
