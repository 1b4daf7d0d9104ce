"""A click on a bar, a dot or a row of a chart, as the choice of the cases behind it."""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from efficacy_analytics.charts.style.given import place_name
from efficacy_analytics.workflows.exploring.asked import Asked
from efficacy_analytics.workflows.exploring.listening import listening

SELECTED: Final = {
    "zh": "已选 {count} 件。下一格用 .selected",
    "en": "Selected: {count} {count:case|cases}. In the next cell: .selected",
}
ARROW: Final = " → "
"""Between the two steps of a segment, as charts write it."""
PLACES: Final = itertools.count(1)
LISTEN: Final = """<script>(function () {
  const root = document.getElementById(PLACE);
  root.addEventListener("click", (event) => {
    const item = event.target.__data__;
    const datum = item && (item.datum || (item[0] && item[0].datum));
    if (!datum) return;
    const plain = Object.entries(datum).filter(([, value]) => ["string", "number"].includes(typeof value));
    const detail = {map: PLACE, datum: Object.fromEntries(plain)};
    window.dispatchEvent(new CustomEvent("efficacy-picked", {detail: detail}));
  });
})();</script>"""
"""Each mark of a drawing holds its row."""
kept: Final[list[Any]] = []
"""The listeners of this kernel: a widget lives for as long as somebody holds it."""


def picking_html(drawn: str, hear: Callable[[Mapping[str, Any]], None]) -> str:
    """A drawn chart that tells the kernel what is clicked on it; as it is where there is no kernel."""
    place = place_name("picking", next(PLACES))
    listener = listening(place, hear)
    if listener is None:
        return drawn
    kept.append(listener)
    script = LISTEN.replace("PLACE", json.dumps(place))
    return f'<div id="{place}">{drawn}<p class="map-picked" style="font-weight:600" hidden></p></div>{script}'


def choice_of(datum: Mapping[str, Any], log: Asked) -> dict[str, Any]:
    """What a mark of a chart stands for, as `where` takes it; empty where it stands for no cases of its own.

    Args:
        datum: the row behind the mark: a segment or part, a department, a step of a month, a rank of variants.
        log: whose chart it is.
    """
    way = str(datum.get("segment") or datum.get("part") or "")
    if way:
        steps = [_code(log, "activity", name) for name in way.split(ARROW)]
        return {"passing": (steps[0], steps[1])} if len(steps) == 2 else {"having": steps[0]}
    if datum.get("department"):
        return {"department": _code(log, "department", str(datum["department"]))}
    if datum.get("month") and datum.get("step"):
        return {"accepted": str(datum["month"]), "having": _code(log, "activity", str(datum["step"]))}
    if datum.get("name") and datum.get("rank"):
        return {"variant": int(log.table("variants")["variant_key"][int(datum["rank"]) - 1])}
    return {}


def _code(log: Asked, kind: str, name: str) -> str:
    """The code of a name; a name that none has is a code."""
    return {str(called): str(code) for code, called in log.names(kind).rows()}.get(name, name)
