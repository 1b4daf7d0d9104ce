"""The command line: `efficacy`. Figures and file names go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused, 4 the data cannot support the answer,
5 a check failed, 6 the lake is busy; 128 and the signal's number where it was told to stop.
"""

import os
import sys

from efficacy_analytics.cli import (
    backup,
    bundles,
    data,
    documents,
    honesty,
    layouts,
    pictures,
    pipelines,
    plans,
    questions,
    schedule,
    supervision,
)
from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.faults import TRACEBACK, ended, output_given_away
from efficacy_analytics.cli.secrets import hide_passwords
from efficacy_analytics.system.stopping import Stops, leave

VERBS = (
    backup,
    bundles,
    data,
    layouts,
    honesty,
    questions,
    plans,
    pictures,
    documents,
    pipelines,
    schedule,
    supervision,
)
"""The modules whose commands are known once they are imported."""


def main() -> None:
    """Runs the command line; a fault is told in one line with a hint and its exit code, and so is a stop."""
    stops = Stops(is_hushed=not os.environ.get(TRACEBACK))
    stops.heed()
    try:
        try:
            hide_passwords()
            app(prog_name="efficacy")
        finally:
            output_given_away()
    except BaseException as fault:
        way = ended(stops.stopped or fault)
        if stops.stopped:
            leave(128 + stops.stopped.number)
        raise way from None
    finally:
        stops.rest()


def run_file(file: str) -> None:
    """What `python pipelines/NAME.py` does: `efficacy run` with the file's pipeline and the same options."""
    sys.argv = ["efficacy", "run", file, *sys.argv[1:]]
    main()
