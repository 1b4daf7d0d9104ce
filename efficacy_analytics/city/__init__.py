"""The demonstration city: seeded exports with planted truth."""
