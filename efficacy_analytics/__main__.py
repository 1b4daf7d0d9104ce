"""`python -m efficacy_analytics` is `efficacy`."""

from efficacy_analytics.cli import main

main()
