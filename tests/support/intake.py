"""Intake by words of its request, under the settings that a test has set."""

from pathlib import Path
from typing import Any

from efficacy_analytics.lake.database import pull
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake import ingest as intake
from efficacy_analytics.lake.intake.request import Request
from efficacy_analytics.settings import settings


def ingest(lake: Path, paths: Any, layout: str, *, on_progress: Any = None, **asked: Any) -> Delivery:
    """Takes files in; `asked` as `Request` has it."""
    return intake.ingest(lake, paths, _request(layout, asked), on_progress=on_progress)


def ingest_from(lake: Path, address: Address, layout: str, **asked: Any) -> Delivery | None:
    """Takes in what changed in a database; `asked` as `Request` has it."""
    return pull.ingest_from(lake, address, _request(layout, asked))


def _request(layout: str, asked: dict[str, Any]) -> Request:
    return Request(layout, **{"in_force": settings(), **asked})
