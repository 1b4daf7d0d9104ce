"""What is still open: `open`, `warn`, `cards`; what an audit tells: `estimate`."""

from efficacy_analytics.cli.supervision import audits, cards, open_cases, warnings

__all__ = ["audits", "cards", "open_cases", "warnings"]
