"""What is still open: `open`, `warn`, `cards`."""

from efficacy_analytics.cli.supervision import cards, open_cases, warnings

__all__ = ["cards", "open_cases", "warnings"]
