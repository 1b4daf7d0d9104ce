"""How many rows of a check are worth one independent row: rows come in sessions of keying in, in outages, in cases."""

from dataclasses import fields
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.outliers import Clusters, design_effects

OF_FITTED_STOPS: Final = "H14"
"""All of its rows are looked at: what comes on one day counts as much as it would if each day were one."""
_SUMS = tuple(field.name for field in fields(Clusters))


def design_effects_of(log: Session) -> pl.DataFrame:
    """The design effect of each department, check and kind of stop, by day or by case, whichever is larger.

    Args:
        log: an engine that `prepare` has seen.

    Returns:
        One row per department and check, and kind of stop of H12, H14 and H15: `department`, `code`, `stop_kind`,
        `design_effect` (at least 1).
    """
    asked = log.settings.honesty
    sums = log.run("honesty_clusters", together=asked.same_second_count, bulk_entry_count=asked.bulk_entry_count)
    effects = design_effects(Clusters(*(sums[name].to_numpy() for name in _SUMS)))
    by_size = np.maximum(1.0, sums["row_square_sum"].to_numpy() / np.maximum(1.0, sums["row_sum"].to_numpy()))
    whole = np.where((sums["code"] == OF_FITTED_STOPS).to_numpy(), by_size, effects)
    return (
        sums.with_columns(pl.Series("design_effect", whole))
        .group_by("department", "code", "stop_kind", maintain_order=True)
        .agg(pl.col("design_effect").max())
    )
