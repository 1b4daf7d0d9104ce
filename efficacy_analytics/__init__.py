"""Analytics and process mining for administrative efficacy (行政效能)."""

__version__ = "0.1.0"
