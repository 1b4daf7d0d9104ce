"""The command line: `efficacy`. Figures and file names go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused, 4 the data cannot support the answer,
5 a check failed, 6 the lake is busy.
"""

import os
import sys
import traceback
from pathlib import Path

from efficacy_analytics.cli import data, documents, honesty, layouts, pictures, plans, questions
from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.secrets import hide_passwords
from efficacy_analytics.errors import EfficacyError

TRACEBACK = "EFFICACY_TRACEBACK"
VERBS = (data, layouts, honesty, questions, plans, pictures, documents)
"""The modules whose commands are known once they are imported."""


def main() -> None:
    """Runs the command line; a fault we know is told in one line with a hint and its exit code."""
    try:
        hide_passwords()
        app(prog_name="efficacy")
    except EfficacyError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(fault.exit_code) from None
    except Exception as fault:
        if os.environ.get(TRACEBACK):
            raise
        print(_unforeseen(fault), file=sys.stderr)
        raise SystemExit(EfficacyError.exit_code) from None


def _unforeseen(fault: Exception) -> EfficacyError:
    """A fault of ours by its kind and place: the text of a library's error may repeat what stands in a row."""
    ours = [one for one in traceback.extract_tb(fault.__traceback__) if "efficacy_analytics" in one.filename]
    where = (ours or traceback.extract_tb(fault.__traceback__))[-1]
    return EfficacyError(
        f"{type(fault).__name__} at line {where.lineno} of {Path(where.filename).name}: not foreseen.",
        hint=f"report it; {TRACEBACK}=1 tells all, perhaps with data of the export",
    )
