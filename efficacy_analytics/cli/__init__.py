"""The command line: `efficacy`. Figures and file names go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused, 4 the data cannot support the answer,
5 a check failed, 6 the lake is busy.
"""

import sys

from efficacy_analytics.cli import data, documents, honesty, pictures, plans, questions
from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import EfficacyError

VERBS = (data, honesty, questions, plans, pictures, documents)
"""The modules whose commands are known once they are imported."""


def main() -> None:
    """Runs the command line; a fault we know is told in one line with a hint and its exit code."""
    try:
        app(prog_name="efficacy")
    except EfficacyError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(fault.exit_code) from None
