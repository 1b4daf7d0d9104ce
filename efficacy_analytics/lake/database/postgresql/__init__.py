"""PostgreSQL as a pull reads it."""
