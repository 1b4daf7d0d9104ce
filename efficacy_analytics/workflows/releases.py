"""The register of public editions: of which cases figures were released, from which snapshot, by which key and number.

`released.jsonl` in the lake has a line for each run whose public edition was written. An edition that would let two
different noises of one cell be set against each other is refused: one of a least number that is no multiple of those
before, or smaller than one of them, or of another key.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import CannotAnswerError, CheckFailedError
from efficacy_analytics.findings.runs import Run

PLACE: Final = "released.jsonl"


def release(lake: Path, run: Run) -> None:
    """Enters a run in the register before its public edition is written; one that is there is not entered again.

    Args:
        lake: the lake's folder.
        run: whose public edition is written.

    Raises:
        CannotAnswerError: editions before had a larger least number, one that does not divide this, or another key.
        CheckFailedError: the register is damaged.
    """
    new, former = _entry(run), list(releases(lake))
    earlier = sorted({int(one["fewest_cases"]) for one in former})
    against = [one for one in earlier if new["fewest_cases"] < one or new["fewest_cases"] % max(1, one)]
    if against:
        raise CannotAnswerError(
            f"earlier public editions show groups from {max(against)} cases on, this one from {new['fewest_cases']}: "
            "set against each other they would tell more than either.",
            hint=f"set disclosure.fewest_cases to {math.lcm(*(max(1, one) for one in earlier))}",
        )
    if former and new["key"] != former[-1]["key"]:
        raise CannotAnswerError(
            "earlier public editions moved the same counts otherwise: the lake's oldest delivery is not what it was.",
            hint=f"restore it; where nothing of those editions was given away, remove {lake / PLACE}",
        )
    if new not in former:
        with (lake / PLACE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(new, ensure_ascii=False, sort_keys=True) + "\n")


def releases(lake: Path) -> Iterator[dict[str, Any]]:
    """The runs whose public edition was written, in that order.

    Raises:
        CheckFailedError: the register is damaged.
    """
    file = lake / PLACE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    try:
        yield from map(json.loads, lines)
    except ValueError:
        raise CheckFailedError(f"{file} is damaged.", hint="restore it from a copy") from None


def _entry(run: Run) -> dict[str, Any]:
    snapshot = run.manifest["snapshot"]
    key = hashlib.sha256(str(snapshot.get("disclosure_key")).encode()).hexdigest()[:12]
    return {
        "run": run.name,
        "snapshot": snapshot.get("snapshot"),
        "cohort": {name: value for name, value in run.manifest["cohort"].items() if value is not None},
        "fewest_cases": int(run.manifest["settings"]["disclosure"]["fewest_cases"]),
        "key": key,
    }
