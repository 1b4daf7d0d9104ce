"""Intervals, guarantees and tests of change: numbers in, numbers out, no word of process or law."""
