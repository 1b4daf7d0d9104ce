"""What a single cell says: stamps, days, amounts."""
