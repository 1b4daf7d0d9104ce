"""How long a look takes from a notebook: a log opened, its map, and everything it can show once more.

A look is what a cell pays: the answer, and the HTML that the notebook shows. "Once more" is asked for anew by its name,
in the same log. Read the processor's seconds where other work runs on the machine.

`python -m benchmarks.looks LAKE` prints the table alone, for a lake that is published.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Look = tuple[float, float]
"""Seconds by the wall and of the processor."""
FIRST, AGAIN = "first: ", "once more: "
MOST_SECONDS = 0.1


def looks(lake: Path) -> dict[str, Look]:
    """Each look with its seconds; of the second looks all, by the kind and name of what is shown."""
    seconds: dict[str, Look] = {}
    log = taken(seconds, "open a log", lambda: _opened(lake))
    taken(seconds, "first map", lambda: log.chart.process_map()._repr_html_())
    shown = _everything(log)
    for turn in (FIRST, AGAIN):
        for name, look in shown.items():
            taken(seconds, f"{turn}{name}", look)
    return seconds


def looks_table(seconds: dict[str, Look]) -> str:
    """The looks as a table: the log, the map, and of all that is looked at once more what takes longest."""
    again = {part: look for part, look in seconds.items() if part.startswith(AGAIN)}
    slowest = sorted(again, key=lambda part: -again[part][1])[:3]
    over = sum(spent > MOST_SECONDS for _, spent in again.values())
    lines = ["| look | seconds | of the processor |", "|---|---:|---:|"]
    for part in ("open a log", "first map", *slowest):
        wall, spent = seconds[part]
        lines.append(f"| {part} | {wall:.2f} | {spent:.2f} |")
    told = f"Of {len(again)} tables and charts looked at once more, {over} take over {MOST_SECONDS} s of the processor."
    return "\n".join([*lines, "", told]) + "\n"


def taken(seconds: dict[str, Look], part: str, look: Callable[[], Any]) -> Any:
    """Does what is to be measured, and notes how long it took."""
    wall, spent = time.perf_counter(), time.process_time()
    found = look()
    seconds[part] = (time.perf_counter() - wall, time.process_time() - spent)
    return found


def _opened(lake: Path) -> Any:
    import efficacy_analytics as ea

    return ea.Lake(lake).log(language="en")


def _everything(log: Any) -> dict[str, Callable[[], Any]]:
    """What a log can show, by kind and name; of the tables those that this log has."""
    from efficacy_analytics.documents.pages.log_charts import LOG_CHARTS

    shown: dict[str, Callable[[], Any]] = {"chart process_map": lambda: log.chart.process_map()._repr_html_()}
    for name in log.tables():
        shown[f"table {name}"] = lambda name=name: _table(log, name)
    for name in LOG_CHARTS:
        shown[f"chart {name}"] = lambda name=name: _chart(log, name)
    return shown


def _table(log: Any, name: str) -> Any:
    return _or_told(lambda: log.table(name)._repr_html_())


def _chart(log: Any, name: str) -> Any:
    return _or_told(lambda: getattr(log.chart, name)()._repr_html_())


def _or_told(look: Callable[[], Any]) -> Any:
    """What a log cannot answer it says; that is its look."""
    from efficacy_analytics.errors import EfficacyError

    try:
        return look()
    except EfficacyError as fault:
        return str(fault)


if __name__ == "__main__":
    import sys

    found = looks(Path(sys.argv[1]))
    for part, (wall, spent) in found.items():
        print(f"{wall:8.3f} {spent:8.3f}  {part}", file=sys.stderr)
    print(looks_table(found))
