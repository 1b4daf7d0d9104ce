"""Drawings of ours as specifications, quickly.

Altair holds every part of a drawing against its schema when the part is made, and the whole once more when it is
written: most of the time of a chart. What we draw ourselves is held against the schema by the tests; what a person
makes in a notebook still is when it is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode


@contextmanager
def drawing_ours() -> Iterator[None]:
    """Within it the parts of a drawing are taken as they are."""
    with debug_mode(False):
        yield


def specification(chart: alt.TopLevelMixin | dict[str, Any]) -> dict[str, Any]:
    """A chart as Vega-Lite takes it, its data within."""
    if isinstance(chart, dict):
        return chart
    with drawing_ours():
        made: dict[str, Any] = chart.to_dict(validate=False)
    return made
