"""How a command ends: every fault in one line with a hint and its exit code, and nothing of anybody's data.

The traceback, which may hold values of the data, is shown where `EFFICACY_TRACEBACK` is set.
"""

import os
import sys
import traceback
from pathlib import Path

import efficacy_analytics
from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.system.disk import hint_of_the_disk, said_by_the_disk
from efficacy_analytics.system.stopping import Stopped

PACKAGE = Path(efficacy_analytics.__file__).parent
TRACEBACK = "EFFICACY_TRACEBACK"


def ended(fault: BaseException) -> SystemExit:
    """Tells a fault on stderr and gives the way the process ends."""
    if isinstance(fault, SystemExit) and not isinstance(fault, Stopped):
        return fault
    if os.environ.get(TRACEBACK):
        traceback.print_exception(fault)
    known = fault if isinstance(fault, EfficacyError | Stopped) else unexpected(fault)
    print(known.told() if isinstance(known, EfficacyError) else known, file=sys.stderr)
    return SystemExit(known.code if isinstance(known, Stopped) else known.exit_code)


def unexpected(fault: BaseException) -> EfficacyError:
    """A fault that nobody foresaw, by its kind and place; its own words may quote the data, so they are left out."""
    reason = said_by_the_disk(fault)
    if reason:
        named = getattr(fault, "filename", None)
        if not named:
            return EfficacyError(f"the output: {reason}.", hint="make room where it goes, or write it elsewhere")
        place = Path(named)
        return EfficacyError(f"{place.name}: {reason}.", hint=hint_of_the_disk(place.parent, fault, reason))
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if PACKAGE in Path(frame.filename).parents]
    line = f"{Path(ours[-1].filename).relative_to(PACKAGE)}:{ours[-1].lineno}" if ours else "an unknown place"
    return EfficacyError(
        f"an unexpected {type(fault).__name__} in {line}.",
        hint=f"this is a fault of the program; {TRACEBACK}=1 shows all of it, values of the data included",
    )


def output_given_away() -> None:
    """Writes what is still held for stdout; a reader that has gone, or a full disk, is complained of once."""
    try:
        sys.stdout.flush()
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise (SystemExit(1) if isinstance(fault, BrokenPipeError) else fault) from None
