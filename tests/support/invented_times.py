"""Small invented tables of time, for every chart of them."""

import datetime as dt

import polars as pl

from efficacy_analytics.findings.waiting.causes import CAUSES

DAY = 86_400
START = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
SPECTRUM = pl.DataFrame(
    {
        "position": [1, 1, 2],
        "activity": ["a", "a", "b"],
        "next_activity": ["b", "b", "c"],
        "from_at": [START, START, START],
        "until_at": [START, START + dt.timedelta(days=3), START],
        "width_seconds": [DAY] * 3,
        "quarter": [1, 4, 2],
        "transition_count": [9, 1, 4],
    }
)
DISCIPLINE = pl.DataFrame(
    {
        "position": [1, 2], "activity": ["a", "b"], "next_activity": ["b", "c"], "transition_count": [10, 4],
        "fifo_violation_share": [0.25, None], "batch_share": [None, 0.5],
    }
)  # fmt: skip
DENSITY = pl.DataFrame(
    {
        "time_bin": [0, 1], "case_bin": [0, 0], "at_hours": [474_000, 474_024], "width_hours": [24, 24],
        "step": ["a", "b"], "step_share": [1.0, 0.5], "event_count": [3, 4],
    }
)  # fmt: skip
VARIANTS = pl.DataFrame(
    {
        "activities": [["a", "b", "c"], ["a"] * 30], "case_count": [7, 3], "case_share": [0.7, 0.3],
        "case_share_cumulated": [0.7, 1.0], "elapsed_seconds_median": [float(DAY), 2.0 * DAY],
    }
)  # fmt: skip
NAMES = pl.DataFrame({"activity": ["a", "b", "c"], "name": ["受理", "审核", "决定"]})
WAITS = pl.DataFrame(
    {
        "month": ["2024-01", "2024-01", "2024-02"], "step": ["b", "c", "b"],
        "time_kind": ["waiting", "between_completions", "waiting"], "case_count": [3, 1, 2], "waiting_count": [3, 1, 2],
        "waiting_elapsed_seconds_median": [0.0, 50.0, 7200.0], "waiting_elapsed_seconds_mean": [1.0, 50.0, 7200.0],
        "waiting_elapsed_seconds_total": [3.0, 50.0, 14_400.0], "month_case_count": [4, 4, 2],
        "month_open_count": [0, 0, 1],
    }
)  # fmt: skip
SEGMENTS = pl.DataFrame(
    {
        "activity": ["a"], "next_activity": ["b"], "transition_count": [4], "waiting_seconds": [28.0 * DAY],
        **{f"{cause}_seconds": [float(DAY * place)] for place, cause in enumerate(CAUSES, 1)},
    }
)  # fmt: skip
EFFECTS = pl.DataFrame(
    {
        "cause": list(CAUSES), "waiting_seconds": [float(DAY)] * 7, "waiting_share": [1 / 7] * 7,
        "efficiency_share": [0.2] * 7, "efficiency_without_share": [0.25] * 7,
    }
)  # fmt: skip
PARTS = pl.DataFrame(
    {
        "rank": [1, 2], "kind": ["waiting", "service"], "activity": ["a", "b"], "next_activity": ["b", None],
        "case_count": [3, 3], "share_of_total": [0.7, 0.3], "share_low": [0.6, 0.2], "share_high": [0.8, 0.4],
        "elapsed_seconds_mean": [100.0, 10_000.0], "excess_days": [4.0, None],
    }
)  # fmt: skip
