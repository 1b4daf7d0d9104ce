"""`python -m efficacy_analytics`: the command `efficacy` where its script is not on the path."""

from efficacy_analytics.cli import main

main()
