"""What is asked of an intake: by which layout, from which day, and what it may overlook."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.layout_files import layout_named, with_constants
from efficacy_analytics.settings import AS_SHIPPED, Settings


@dataclass(frozen=True)
class Request:
    """How a delivery is to be taken in.

    Attributes:
        layout: a layout's name, or the path of a layout file.
        constants: contract columns (and `time_zone`, `calendar`) to the value they have throughout.
        delivered_on: the day it counts from; today if not said.
        corrects: the name of the delivery whose refused rows these are, corrected; tables without any may be left out.
        reads_whole: of a database, reads every row, not only those changed since the last pull.
        allow_other_key: take it in though earlier deliveries have pseudonyms of another key.
        confirms_query: of a database, the layout's own queries were read, and may be run from now on.
        is_other_source: take it in though its files came in before as another source.
        left_out: the names of files of the delivery that are not taken in.
        in_force: the settings by which it is taken in.
    """

    layout: str
    constants: Mapping[str, str] = field(default_factory=dict)
    delivered_on: dt.date | None = None
    corrects: str | None = None
    reads_whole: bool = False
    allow_other_key: bool = False
    confirms_query: bool = False
    is_other_source: bool = False
    left_out: Sequence[str] = ()
    in_force: Settings = AS_SHIPPED

    def layout_in(self, lake: Path) -> Layout:
        """The layout with its constants, as the lake or the project has it.

        Raises:
            LayoutError: there is no such layout, or it cannot be used as it is written.
        """
        calendar = self.in_force.clock.calendar
        return with_constants(layout_named(self.layout, lake, calendar=calendar), self.constants)
