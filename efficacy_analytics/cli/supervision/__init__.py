"""What is still open: `open`, `warn`."""

from efficacy_analytics.cli.supervision import open_cases, warnings

__all__ = ["open_cases", "warnings"]
