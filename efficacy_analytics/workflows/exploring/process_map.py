"""The process map in a notebook: a click on a line or a box is the choice of its cases, for the next cell.

The picture is the same as in a page and stands without a kernel. What is clicked is told to the kernel by a widget that
has no view of its own: nothing is missing where there is none.
"""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.charts.maps.book import MapBook, composed
from efficacy_analytics.charts.maps.layout.paths import CAME_FROM, WENT_TO
from efficacy_analytics.charts.style.given import place_name
from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.system.arguments import checked
from efficacy_analytics.workflows.exploring.asked import Asked, near
from efficacy_analytics.workflows.exploring.listening import listening

STAGES: Final = "stages"
"""The view of a map whose lines join stages."""
TOLD: Final = {
    "line": {
        "zh": "已选：{one} → {other}，{count} 件。下一格用 .selected",
        "en": "Selected: {one} → {other}, {count} {count:case|cases}. In the next cell: .selected",
    },
    "box": {
        "zh": "已选：{one}，{count} 件。下一格用 .selected",
        "en": "Selected: {one}, {count} {count:case|cases}. In the next cell: .selected",
    },
    "start": {"zh": "开始", "en": "Start"},
    "end": {"zh": "结束", "en": "End"},
}
PLACES: Final = itertools.count(1)


class ProcessMap:
    """A process map of a log. A notebook shows it; a click on it, or `select`, chooses cases.

    Attributes:
        book: the map with its views.
        log: whose map it is.
    """

    def __init__(self, book: MapBook, log: Asked) -> None:
        self.book = book
        self.log = log
        self._chosen: dict[str, Any] | None = None
        self._listeners: list[Any] = []

    @property
    def selected(self) -> Any:
        """The log of the cases that were clicked on: those that pass the line, or have the step.

        Raises:
            CallError: nothing was selected.
        """
        if self._chosen is None:
            raise CallError(
                "nothing is selected on the map.",
                hint='click a line or a box, or map.select("review", "decision")',
            )
        return self.log.where(**self._chosen)

    @checked
    def select(self, activity: str = "", next_activity: str = "") -> Any:
        """Chooses by code what a click would.

        Args:
            activity: the step; with `next_activity` the line from it to that one. Empty: the start.
            next_activity: the step after it. Empty: the step `activity` alone.

        Raises:
            CallError: the log has no such activity.
        """
        known = [str(one) for one in self.log.table("activities")["activity"]]
        for code in filter(None, (activity, next_activity)):
            if code not in known:
                raise CallError(f"the log has no activity '{code}'.{near(code, known)}")
        is_line = bool(next_activity)
        self._chosen = self._choice(
            {"activity": activity, "next_activity": next_activity, "is_line": is_line, "view": ""}
        )
        return self.selected

    @checked
    def save(self, path: Path | str) -> Path:
        """Writes the first view as a picture, `.svg` or `.png`, in the house's typeface."""
        import altair as alt

        from efficacy_analytics.charts.style.offline import checked_picture, save_picture

        language = self.book.language
        spec = composed(dict(self.book.specs[language]), self.book.views[0].pictures[language])
        return save_picture(alt.LayerChart.from_dict(spec, validate=False), checked_picture(Path(path)))

    def _choice(self, picked: Mapping[str, Any]) -> dict[str, Any]:
        """What was clicked as what `where` takes."""
        one, other = (self._codes(str(picked[side]), str(picked["view"])) for side in ("activity", "next_activity"))
        if not picked["is_line"]:
            return {"having": one}
        if not one:
            return {"starting": other}
        return {"passing": (one, other)} if other else {"ending": one}

    def _codes(self, key: str, view: str) -> list[str]:
        """The activities that a box stands for: itself, or those of its stage."""
        is_stage = view == STAGES or key[:1] in (CAME_FROM, WENT_TO)
        if not key or not is_stage:
            return [key] if key else []
        stage = key.removeprefix(CAME_FROM).removeprefix(WENT_TO)
        known = self.log.table("activity_stages")
        return [str(row[0]) for row in known.select("activity", "stage").rows() if row[1] == stage]

    def _hear(self, change: Mapping[str, Any]) -> None:
        """A click: the choice, and a sentence on it."""
        picked = change["new"]
        try:
            self._chosen = self._choice(picked)
            count = self.selected.engine.run("finding_case_count").item()
            change["owner"].told = self._sentence(picked, int(count))
        except EfficacyError as fault:
            change["owner"].told = str(fault)

    def _sentence(self, picked: Mapping[str, Any], count: int) -> str:
        language = self.log.language
        names = dict(self.log.names("activity").rows())

        def called(key: str, end: str) -> str:
            plain = key.removeprefix(CAME_FROM).removeprefix(WENT_TO)
            return str(names.get(plain, plain)) if key else TOLD[end][language]

        one, other = called(picked["activity"], "start"), called(picked["next_activity"], "end")
        return TOLD["line" if picked["is_line"] else "box"][language].format(one=one, other=other, count=Count(count))

    def _repr_html_(self) -> str:
        from efficacy_analytics.charts.style.offline import in_notebook

        place = place_name("selecting-map", next(PLACES))
        self._listeners.append(listening(place, self._hear))
        return in_notebook(self.book.html(place))

    def __repr__(self) -> str:
        return f"process map of {self.log!r}"
