"""The drawn log as the libraries compared with take it."""

import sys
from pathlib import Path
from typing import Any

LOG_COLUMNS = ["case_id", "activity", "resource", "department", "stage", "started_at", "completed_at", "source_order"]


def formatted(lake: Path, event_count: int) -> Any:
    """pm4py's frame of the accepted events, loaded and formatted."""
    sys._pm4py_welcome_shown = True  # type: ignore[attr-defined]
    import pandas as pd
    import pm4py

    file = lake / "accepted" / f"drawn-{event_count}" / "events.parquet"
    return pm4py.format_dataframe(
        pd.read_parquet(file, columns=LOG_COLUMNS),
        case_id="case_id",
        activity_key="activity",
        timestamp_key="completed_at",
        start_timestamp_key="started_at",
    )
