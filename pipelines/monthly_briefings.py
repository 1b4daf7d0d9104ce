"""The briefings of a period: takes the exports in, publishes, finds, writes and checks the pages.

    python pipelines/monthly_briefings.py data_lake city 2025-03 exports/2025-04-01

The lake, the layout, the period, then the files of the delivery. Exit codes as those of `efficacy`.
"""

import sys
from pathlib import Path

from efficacy_analytics.cli.faults import ended
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import spoken
from efficacy_analytics.system.stopping import Stops
from efficacy_analytics.workflows.monthly_briefings import monthly_briefings


def main(arguments: list[str]) -> None:
    """Runs the pipeline and prints the documents made."""
    if len(arguments) < 4:
        raise CallError("too few arguments.", hint="python pipelines/monthly_briefings.py LAKE LAYOUT PERIOD EXPORT…")
    lake, layout, period, *exports = arguments
    languages = settings().briefing.languages
    paths = [Path(export) for export in exports]
    made = monthly_briefings(Path(lake), paths, layout, period=period, languages=languages, progress=spoken())
    print(*made, sep="\n")


if __name__ == "__main__":
    stops = Stops()
    stops.heed()
    try:
        main(sys.argv[1:])
    except BaseException as fault:
        raise ended(stops.stopped or fault) from None
