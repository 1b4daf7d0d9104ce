"""Rows of the tables on like work, for tests of briefings and of department pages."""

from typing import Any

import polars as pl


def days(department: str, apart: float | None, unit: str = "working_days") -> dict[str, Any]:
    """A row of `department_times`: ten days expected, an interval of a day to either side."""
    known = apart is not None
    position = ("longer" if apart > 1 else "shorter" if apart < -1 else "not_told_apart") if known else None
    return {
        "department": department, "counted_unit": unit, "case_count": 100, "completed_count": 90, "item_count": 3,
        "month_count": 12, "own_item_count": 0, "restricted_days_mean": 10 + apart if known else None,
        "expected_days_mean": 10.0 if known else None, "days_difference": apart,
        "days_difference_low": apart - 1 if known else None, "days_difference_high": apart + 1 if known else None,
        "position": position, "not_compared_because": None if known else "few_months",
    }  # fmt: skip


def share(department: str, low: float | None, *, is_beyond_chance: bool = True) -> dict[str, Any]:
    known = low is not None
    return {
        "department": department, "officer_count": 5, "case_count": 200,
        "between_officers_share": 0.3 if known else None, "between_officers_share_low": low,
        "between_officers_share_high": 0.5 if known else None,
        "is_beyond_chance": bool(low) and is_beyond_chance if known else None,
        "not_told_because": None if known else "few_officers",
    }  # fmt: skip


def like_work_tables() -> dict[str, pl.DataFrame]:
    """Five departments: one takes longer, one shorter, one is not compared; in one it matters who decides."""
    apart = {"D01": 3.2, "D02": 0.4, "D03": -2.0, "D04": None, "D05": 0.0}
    low = {"D01": 0.1, "D02": 0.0, "D03": None, "D04": None, "D05": 0.0}
    rows = {
        "department_times": [days(*entry) for entry in apart.items()],
        "officer_dispersion": [share(*entry) for entry in low.items()],
    }
    return {name: pl.DataFrame(told, infer_schema_length=None) for name, told in rows.items()}
