"""A chart as a still picture for paper: drawn once, with the typeface that the page has, and its size."""

import copy
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from efficacy_analytics.charts.maps.book import MapBook, composed
from efficacy_analytics.charts.style import fonts
from efficacy_analytics.charts.style.offline import VEGA_LITE
from efficacy_analytics.charts.style.scripts import drawable
from efficacy_analytics.documents.blocks import Chart

SIZE: Final = re.compile(r'<svg[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"')
SCALE: Final = 2.0
"""Pixels of a PNG per pixel of the chart."""


@dataclass(frozen=True)
class Still:
    """A chart drawn.

    Attributes:
        svg: with text as text, in `family`.
        family: static weights of the typeface for the characters of the picture: of a variable one a typesetter takes
            the thinnest; its files lie in `fonts.picture_folder(family)`.
        png: the same in pixels; empty where it was not asked for.
        width: in pixels of the chart.
        height: in pixels of the chart.
        description: what a reader is told who does not see it.
    """

    svg: str
    family: str
    png: bytes
    width: float
    height: float
    description: str


def still(block: Chart, *, with_png: bool = False) -> Still:
    """The chart of a block as its first view shows it; the same bytes for the same chart."""
    import vl_convert

    spec = drawable(_specification(block))
    family = fonts.picture_family(json.dumps(spec, ensure_ascii=False))
    spec["config"]["font"] = family
    svg = _svg(json.dumps(spec, ensure_ascii=False, sort_keys=True))
    found = SIZE.search(svg)
    assert found is not None, "the drawing library writes the size first"
    png = vl_convert.svg_to_png(svg, scale=SCALE) if with_png else b""
    return Still(svg, family, png, float(found[1]), float(found[2]), block.description)


@lru_cache(maxsize=24)
def _svg(specification: str) -> str:
    """The picture of a specification; drawn once for all forms of a document."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(json.loads(specification), vl_version=VEGA_LITE)
    return drawn


def _specification(block: Chart) -> dict[str, Any]:
    if isinstance(block.chart, MapBook):
        spoken = block.chart.language
        drawing = composed(block.chart.specs[spoken], block.chart.views[0].pictures[spoken])
    else:
        drawing = block.chart.to_dict(validate=False)  # it was checked when it was made
    return copy.deepcopy(drawing)
