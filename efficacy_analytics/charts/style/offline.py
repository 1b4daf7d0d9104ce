"""Charts without a network: in JupyterLab, in a saved page, and as pictures.

Altair asks a content network for its drawing library. Here the library is one script that goes into the page once,
with the first chart of a notebook; each chart is a place with a specification beside it; nothing is asked of anyone.
"""

import itertools
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import altair as alt

from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style.given import is_missing, place_name
from efficacy_analytics.charts.style.scripts import drawable, drawable_json, inside_script
from efficacy_analytics.charts.style.specification import specification
from efficacy_analytics.errors import CallError
from efficacy_analytics.system.user_cache import cached
from efficacy_analytics.vocabulary import Language

VEGA_LITE: Final = "6.4"
RENDERER: Final = "efficacy"
BUNDLE_MARK: Final = '<script data-efficacy="library">'
ACTIONS: Final = {
    "zh": {"PNG_ACTION": "存为 PNG", "SVG_ACTION": "存为 SVG", "CLICK_TO_VIEW_ACTIONS": "保存图片"},
    "en": {"PNG_ACTION": "Save as PNG", "SVG_ACTION": "Save as SVG", "CLICK_TO_VIEW_ACTIONS": "Save the picture"},
}
NARROW: Final = 480
"""Pixels of a place below which a chart is drawn as for a telephone."""
DRAW: Final = r"""
window.vegaEmbed = vegaEmbed;
const linesOf = (text, most) => {
  const words = text.match(/（?(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*)[）：，。；、]*/g) || [text], lines = [""];
  const wide = (line) => line.length + (line.match(/[\u2e80-\uffff]/g) || []).length;
  for (const word of words) {
    if (wide(lines[lines.length - 1] + word.trimEnd()) > most) lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines.map((line) => line.trimEnd()).filter(Boolean);
};
const stacked = (part, width) => {
  if (!part || typeof part !== "object") return;
  const isChart = part.mark || part.layer || part.vconcat || part.hconcat;
  if (isChart && typeof part.title === "string") part.title = linesOf(part.title, (width - 40) / 7.6);
  for (const [name, inner] of Object.entries(part)) {
    if (["data", "datasets"].includes(name)) continue;
    if (name === "legend" && inner && ["top", "bottom"].includes(inner.orient)) inner.columns = 1;
    for (const axis of name === "x" && inner ? [inner, inner.axis] : [])
      if (axis && typeof axis.title === "string") axis.title = linesOf(axis.title, width / 11);
    stacked(inner, width);
  }
};
const narrowed = (spec, width) => {
  const {legend, axisX, ...config} = spec.config || {};
  stacked(spec, width);
  spec.config = {...config, legend: {...legend, columns: 1, layout: {top: {anchor: "end"}, bottom: {anchor: "end"}}},
    axisX: {...axisX, titleAnchor: "end"}};
  return spec;
};
window.efficacyChart = function (id) {
  const place = document.getElementById(id);
  const given = JSON.parse(document.getElementById(id + "-specification").textContent);
  const room = place.clientWidth;
  const spec = given.width === "container" && room && room < NARROW ? narrowed(given, room) : given;
  const fonts = ["400", "600"].map((weight) => document.fonts.load(weight + " 12px 'FONT'", "环节"));
  const options = {renderer: "svg", mode: "vega-lite",
    actions: {export: true, source: false, compiled: false, editor: false}};
  return Promise.allSettled(fonts)
    .then(() => vegaEmbed(place, spec, options))
    .then((drawn) => {
      place.dataset.drawn = "yes";
      if (room && place.scrollWidth > room) place.style.overflowX = "auto";
      return drawn;
    });
};
""".replace("FONT", theme.FONT).replace("NARROW", str(NARROW))
"""Draws a chart into its place; in a narrow one what stands in a row stands below each other, and titles are broken."""
CALL: Final = "(function draw() { window.efficacyChart ? window.efficacyChart(%s) : setTimeout(draw, 50); })();"
IN_THE_DARK: Final = """<style>
[data-jp-theme-light="false"] .chart svg.marks {
  filter: invert(.93) hue-rotate(180deg); background: transparent !important;
}
</style>"""
"""In a dark theme of JupyterLab a drawing changes light and dark, keeps its hues, and stands on the theme's ground."""
numbers = itertools.count(1)


@cache
def library() -> str:
    """The drawing library as one script element."""
    import vl_convert

    def bundled() -> str:
        return str(vl_convert.javascript_bundle(DRAW, vl_version=VEGA_LITE))

    script = cached("drawing-library", f"{version('vl-convert-python')} {VEGA_LITE} {DRAW}", bundled)
    return BUNDLE_MARK + script.replace("</script", "<\\/script") + "</script>"


def chart_html(
    chart: alt.TopLevelMixin | dict[str, Any], language: Language = "zh", *, name: str = "", fills_page: bool = True
) -> str:
    """A chart as a place, its specification and the call that draws it.

    Args:
        chart: a chart or its specification.
        language: of the menu that saves the picture.
        name: the id of the place; by default the next number of this process.
        fills_page: a chart of the width of a page takes that of its place. Not in a notebook, whose outputs have no
            width of their own when a chart is drawn into them.
    """
    spec = specification(chart)
    place = name or place_name("chart", next(numbers))
    if fills_page and spec.get("width") == theme.WIDTH:
        spec = {**spec, "width": "container"}
    text = inside_script(drawable_json({**spec, "usermeta": {"embedOptions": {"i18n": ACTIONS[language]}}}))
    return (
        f'<div class="chart" id="{place}"></div>\n'
        f'<script type="application/json" id="{place}-specification">{text}</script>\n'
        f"<script>{CALL % json.dumps(place)}</script>"
    )


def save_picture(chart: alt.TopLevelMixin, path: Path, *, scale: float = 2.0, width: int = theme.WIDTH) -> Path:
    """A chart as a PNG or SVG file, by the ending of `path`, with the typeface drawn in.

    Args:
        chart: the chart.
        path: where to; `.png` or `.svg`.
        scale: pixels of the PNG per pixel of the chart.
        width: of a chart that fills its page.
    """
    import vl_convert

    spec: dict[str, Any] = drawable(specification(chart))
    if spec.get("width") == theme.WIDTH:
        spec["width"] = width
    spec["config"]["font"] = fonts.picture_family(json.dumps(spec, ensure_ascii=False))
    if path.suffix == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE), encoding="utf-8")
    else:
        path.write_bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale))
    return path


def checked_picture(path: Path) -> Path:
    """The path, if a picture can be written to it.

    Raises:
        CallError: its ending is neither `.png` nor `.svg`.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise CallError(f"{path.name} is no picture.", hint="give a path that ends in .png or .svg")
    return path


def in_notebook(piece: str) -> str:
    """A piece of HTML with charts for the output of a cell: with the drawing library, where the page still lacks it."""
    dressed = f"{IN_THE_DARK}\n{piece}"
    return f"{library()}\n{dressed}" if is_missing("charts") else dressed


def draw_offline(language: Language = "zh") -> None:
    """Lets any Altair chart of this notebook draw itself without a network."""
    if alt.renderers.active != RENDERER:
        alt.renderers.register(RENDERER, _mimebundle)
        alt.renderers.enable(RENDERER, language=language)


def _mimebundle(spec: dict[str, Any], *, language: Language = "zh", **_: Any) -> dict[str, str]:
    return {"text/html": in_notebook(chart_html(spec, language, fills_page=False))}
