"""A process map with several views as one piece of a page: pick a view, a language, a clock, without a network.

Each view is drawn from a specification of its own, laid out beforehand; the shell (`shell/map.js`) shows one at a time
and keeps what the reader has set. Every control is a native one, so the keyboard reaches all of them.
"""

import html
import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources
from typing import Any, Final

import altair as alt

from efficacy_analytics.charts.style.given import place_name
from efficacy_analytics.charts.style.offline import ACTIONS, chart_html, in_notebook
from efficacy_analytics.charts.style.scripts import drawable_json, inside_script
from efficacy_analytics.vocabulary import TERMS, Language, Words

LABELS: Final = {
    "view": {"zh": "显示", "en": "Show"},
    "back": {"zh": "返回全图", "en": "Back to the whole map"},
    "language": {"zh": "语言", "en": "Language"},
    "controls": {"zh": "流程图的选项", "en": "Options of the map"},
}
LANGUAGE_NAMES: Final = {"zh": "中文", "en": "English"}
numbers = itertools.count(1)


@dataclass(frozen=True)
class Picture:
    """What one view draws, in one language: the data of a drawing, its size in pixels and its words."""

    width: float
    height: float
    title: str
    description: str
    datasets: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class View:
    """One picture of a map.

    Attributes:
        key: its name; a box that opens names the view it opens.
        title: in the list of views, by language.
        pictures: by language.
        notes: a sentence below it, by language.
    """

    key: str
    title: Words
    pictures: Mapping[Language, Picture]
    notes: Words


@dataclass(frozen=True)
class MapBook:
    """A map of one or more views; JupyterLab shows it, a page holds it.

    Attributes:
        specs: the drawing that all views share, without data, by language.
        views: the first one is shown first.
        language: shown first; the reader can switch to the others of `specs`.
        title: above it, by language; none inside a page that has its own.
        introduction: a sentence on what it was made of, by language, or none.
    """

    specs: Mapping[Language, dict[str, Any]]
    views: tuple[View, ...]
    language: Language
    title: Words = field(default_factory=dict)
    introduction: Words = field(default_factory=dict)

    @property
    def width(self) -> float:
        """Pixels of the first view."""
        return self.views[0].pictures[self.language].width

    def html(self, name: str = "") -> str:
        """The map as a piece of HTML for a page that has the drawing library.

        Args:
            name: the id of the place; by default the next number of this process.
        """
        place = name or place_name("map", next(numbers))
        note = html.escape(self.views[0].notes[self.language])
        return (
            f'<style>{_source("map.css")}</style>\n<div class="process-map" id="{place}">\n{self._controls(place)}'
            f'<div class="chart" id="{place}-chart"></div>\n'
            f'<p class="map-note note" aria-live="polite">{note}</p>\n'
            f'<p class="map-picked" aria-live="polite" hidden></p>\n</div>\n'
            f'<script type="application/json" id="{place}-views">{self._data()}</script>\n'
            f"<script>{_source('map.js')}\nefficacyMap({json.dumps(place)});</script>"
        )

    def _controls(self, place: str) -> str:
        """Head, views, the way back, languages; what has one choice only is left out."""
        spoken = self.language
        head = "".join(
            f'<{tag} class="map-{part}">{html.escape(words[spoken])}</{tag}>\n'
            for tag, part, words in (("h1", "title", self.title), ("p", "introduction", self.introduction))
            if words
        )
        parts = []
        if len(self.views) > 1:
            parts.append(self._select("view", {view.key: view.title[spoken] for view in self.views}))
            back = html.escape(LABELS["back"][spoken])
            parts.append(f'<button type="button" class="map-back" hidden>{back}</button>')
        if len(self.specs) > 1:
            parts.append(self._select("language", {one: LANGUAGE_NAMES[one] for one in self.specs}, chosen=spoken))
        choice = f'<div class="map-choice">{"".join(parts)}</div>\n' if parts else ""
        label = html.escape(LABELS["controls"][spoken])
        group = f'<div class="map-controls" id="{place}-controls" role="group" aria-label="{label}"></div>\n'
        return head + choice + group

    def _select(self, name: str, options: Mapping[Any, str], *, chosen: str = "") -> str:
        marks = {key: " selected" if key == chosen else "" for key in options}
        listed = "".join(
            f'<option value="{html.escape(key)}"{marks[key]}>{html.escape(words)}</option>'
            for key, words in options.items()
        )
        label = html.escape(LABELS[name][self.language])
        return (
            f'<label><span class="map-{name}-label">{label}</span> <select class="map-{name}">{listed}</select></label>'
        )

    def _data(self) -> str:
        views = [
            {
                "key": view.key,
                "title": view.title,
                "notes": view.notes,
                "pictures": {spoken: asdict(picture) for spoken, picture in view.pictures.items()},
            }
            for view in self.views
        ]
        kept = {
            "language": self.language, "labels": LABELS, "actions": ACTIONS, "start": TERMS["start"],
            "specs": self.specs, "views": views,
            "title": self.title, "introduction": self.introduction,
        }  # fmt: skip
        return inside_script(drawable_json(kept))

    def _repr_html_(self) -> str:
        return in_notebook(self.html())


def composed(spec: dict[str, Any], picture: Picture) -> dict[str, Any]:
    """The specification of one picture: the drawing with its data, size and words (`shell/map.js` does the same)."""
    params = [{**one, "value": picture.title} if one["name"] == "map_title" else one for one in spec["params"]]
    size = {"width": picture.width, "height": picture.height, "description": picture.description}
    return {**spec, **size, "params": params, "datasets": dict(picture.datasets)}


def drawn_html(chart: alt.TopLevelMixin | MapBook, language: Language, name: str) -> str:
    """A chart or a map as a piece of HTML, by the id of its place."""
    return chart.html(name) if isinstance(chart, MapBook) else chart_html(chart, language, name=name)


def _source(name: str) -> str:
    return resources.files(__package__).joinpath("shell", name).read_text(encoding="utf-8").strip()
