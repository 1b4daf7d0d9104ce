"""Which conditions of a page are run when it is checked: a page may come from anybody, and a condition is SQL."""

from pathlib import Path
from typing import Final

from efficacy_analytics.engine.plain_conditions import is_plain_condition
from efficacy_analytics.errors import CallError

ALLOWED: Final = Path("reference") / "conditions.txt"


def check_condition(lake: Path, where: str | None) -> None:
    """Refuses a condition that is not plain, unless the lake's owner allows it in `reference/conditions.txt`.

    Args:
        lake: the lake's folder; the file has a condition a line.
        where: the condition of a page's cohort.

    Raises:
        CallError: it is neither.
    """
    if not where or is_plain_condition(where):
        return
    file = lake / ALLOWED
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    if where not in [line.strip() for line in lines]:
        raise CallError(
            "the page's condition does more than hold columns against values, and is not run for a stranger.",
            hint=f"if it is yours, write it as a line of {file}: {where}",
        )
