"""The legal clock: working days, limits, stops, due dates, and why a day counts."""
