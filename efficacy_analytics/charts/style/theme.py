"""What a picture of ours looks like: colours by meaning, one typeface, quiet axes.

Colours keep their meaning in every chart and stay apart for colour-blind readers (blue against orange, and a waiting
scale that grows darker as the wait grows longer).
"""

from typing import Any, Final

FONT: Final = "Noto Sans CJK SC"
FONT_STACK: Final = (
    f"'{FONT}', 'Source Han Sans SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Segoe UI', sans-serif"
)

INK: Final = "#1f2933"
MUTED: Final = "#6b7580"
RULE: Final = "#d5dae0"
PAPER: Final = "#ffffff"
NODE: Final = "#f1f4f7"

WAITING: Final = "#c8641b"
ON_TIME: Final = "#2b6a99"
LATE: Final = "#b3471c"
OVERALL: Final = "#8a939c"
PROMISED: Final = "#8a939c"
SAFE: Final = "#2b6a99"

WAITING_SCALE: Final = ("#a9b4bf", "#e3b65b", "#dd8a2b", "#b9561a", "#7d2a12")
"""From no wait to the longest; five steps that differ in lightness, so that they also differ in grey."""

TIME_SCALE: Final = ("#d3d9df", "#e5a04c", "#d0651f", "#96290f", "#4a0d12")
"""From hardly any of the time to most of it: one scale from pale to nearly black, told apart in grey too."""

CATEGORIES: Final = (
    "#2b6a99", "#e08a2b", "#3f9a7e", "#c884ac", "#7dbde0", "#a63d17", "#e3cf57", "#55606b"
)  # fmt: skip
"""Up to eight kinds side by side, told apart by colour-blind readers too; what is left is `OVERALL`."""
CAUSES: Final = {
    "clock_stop": "#cfd5db", "applicant": "#8a939c", "batching": "#7dbde0", "contention": "#a63d17",
    "prioritisation": "#e3b65b", "unavailability": "#2b6a99", "extraneous": "#3f9a7e",
}  # fmt: skip
"""Causes of waiting: grey does not count against the office, the others do."""

WIDTH: Final = 660
"""Pixels of a chart that fills the text column of an A4 page."""


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    label = {"labelColor": INK, "labelFontSize": 12, "titleColor": MUTED, "titleFontSize": 12, "titleFontWeight": 400}
    return {
        "background": PAPER,
        "font": FONT_STACK,
        "view": {"stroke": None},
        "axis": {
            **label,
            "domainColor": RULE,
            "gridColor": "#e9ecf0",
            "tickColor": RULE,
            "labelLimit": 320,
            "labelSeparation": 4,
        },
        "legend": {
            **label,
            "symbolStrokeWidth": 4,
            "columnPadding": 5,
            "symbolSize": 64,
        },
        "title": {"color": INK, "fontSize": 14, "fontWeight": 600, "anchor": "start", "offset": 12},
        "text": {"color": INK},
    }
