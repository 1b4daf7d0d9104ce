"""Departments on like work: late cases, days taken, and whether it matters who decides."""
