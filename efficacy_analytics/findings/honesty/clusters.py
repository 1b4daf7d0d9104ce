"""How many rows of a check are worth one independent row: rows come in sessions of keying in, in outages, in cases."""

from dataclasses import fields

import numpy as np
import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.outliers import Clusters, design_effects

_SUMS = tuple(field.name for field in fields(Clusters))


def design_effects_of(log: Session) -> pl.DataFrame:
    """The design effect of each department, check and kind of stop, by day or by case, whichever is larger.

    The scatter is measured around the share p that the department has. Where nothing sets it apart the share is a
    smaller one, and the effect larger by up to 1 / (1 - p), but not larger than the days or cases are, as rows or as
    marked rows have them. Thirty of thirty-one stops that are registered on one day are so one slip; of stops that all
    count, as those of H14, what comes on one day is worth one.

    Args:
        log: an engine that `prepare` has seen.

    Returns:
        One row per department and check, and kind of stop of H12, H14 and H15: `department`, `code`, `stop_kind`,
        `design_effect` (at least 1).
    """
    asked = log.settings.honesty
    sums = log.run("honesty_clusters", together=asked.same_second_count, bulk_entry_count=asked.bulk_entry_count)
    clusters = Clusters(*(sums[name].to_numpy() for name in _SUMS))
    effects = design_effects(clusters)
    with np.errstate(divide="ignore", invalid="ignore"):
        around_none = effects / (1 - clusters.marked_sum / clusters.row_sum)
        size, marked_size = clusters.row_square_sum / clusters.row_sum, clusters.marked_square_sum / clusters.marked_sum
    whole = np.maximum(effects, np.minimum(around_none, np.fmax(size, marked_size)))
    return (
        sums.with_columns(pl.Series("design_effect", whole))
        .group_by("department", "code", "stop_kind", maintain_order=True)
        .agg(pl.col("design_effect").max())
    )
