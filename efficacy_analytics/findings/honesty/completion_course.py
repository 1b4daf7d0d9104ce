"""When a department completes its cases: piled up at the limit, or at the end of the month."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import gammaincc, ndtri

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.rows import Row, cannot, row_of
from efficacy_analytics.statistics.outliers import Clusters, borne_out, design_effects, repeated_probability
from efficacy_analytics.statistics.second_peaks import SecondPeak, second_peak

NEAR_THE_LIMIT_DAYS: Final = 15
"""Days around the limit that are looked at; what is asked about are its last two."""
SUMMED: Final = tuple(field.name for field in fields(SecondPeak))
FEWEST_ITEMS, FEWEST_CASES, FEWEST_OF_A_PATH = 4, 100, 5


@dataclass(frozen=True)
class Pile:
    """What an item shows at its limit: its cases near it, and the sums of the second peaks of its paths."""

    case_count: int
    count: float
    usual_count: float
    variance: float
    contrast: float
    usual_contrast: float
    contrast_variance: float


def of_remaining_days(log: Session) -> Iterator[Row]:
    """What is signed on the last two days of the limit in a peak of its own, path by path, whichever item is left out.

    Where all cases of a path are signed there it is their only peak, and no sign of anything: limits may be tight.
    """
    near = log.run("honesty_remaining", most_days=NEAR_THE_LIMIT_DAYS)
    if near.is_empty():
        yield from cannot("no_limits", "H17")
        return
    for (department,), rows in near.group_by("department", maintain_order=True):
        effect, total = _cases_worth_one(rows), int(rows["case_count"].sum())
        items = rows.partition_by("item", maintain_order=True)
        name = None if department is None else str(department)
        if len(items) < FEWEST_ITEMS or total < FEWEST_CASES:
            yield row_of(name, "H17", 0, total, obstacle="too_few_cases")
        else:
            yield _second_peaks(name, [_pile(item, effect) for item in items], effect)


def _pile(item: pl.DataFrame, effect: float) -> Pile:
    paths = [_by_day(path) for path in item.partition_by("is_by_path", maintain_order=True)]
    peaks = [
        second_peak(path, NEAR_THE_LIMIT_DAYS, design_effect=effect) for path in paths if path.sum() >= FEWEST_OF_A_PATH
    ]
    sums = [sum(getattr(peak, name) for peak in peaks) for name in SUMMED]
    return Pile(int(item["case_count"].sum()), *sums)


def _second_peaks(department: str | None, piles: list[Pile], effect: float) -> Row:
    """The cases of second peaks beyond those by chance, as a share of the cases, whichever item is left out."""
    each = np.array([astuple(pile) for pile in piles])
    left = np.vstack([each.sum(axis=0), each.sum(axis=0) - each])
    of_count, count, usual, variance = left.T[:4]
    total = int(of_count[0])
    excess = (count - usual) / of_count
    spread = np.sqrt(variance + effect * count) / of_count
    whole, *without_one = (_tail(*row) for row in left[:, 4:])
    return row_of(
        department, "H17", max(0.0, float(excess.min()) * total), total,
        probability=borne_out(whole, without_one),
        count_low=max(0.0, float((excess - float(ndtri(0.95)) * spread).min()) * total), design_effect=effect,
    )  # fmt: skip


def _tail(contrast: float, usual: float, variance: float) -> float:
    """The chance of such a contrast or more: a gamma distribution of that mean and variance, as squares are skew."""
    if usual <= 0 or variance <= 0:
        return 1.0
    return float(gammaincc(usual**2 / variance, contrast * usual / variance))


def _by_day(near: pl.DataFrame) -> Any:
    days = NEAR_THE_LIMIT_DAYS - near["remaining_days"].to_numpy()
    return np.bincount(days, weights=near["case_count"].to_numpy(), minlength=2 * NEAR_THE_LIMIT_DAYS + 1)


def _cases_worth_one(near: pl.DataFrame) -> float:
    """The design effect of the last two days among the days of completion: a meeting signs many cases at once."""
    is_last = pl.col("remaining_days").is_between(0, 1)
    days = near.group_by("completed_on").agg(
        pl.col("case_count").filter(is_last).sum().alias("x"), pl.col("case_count").sum().alias("n")
    )
    x, n = days["x"].to_numpy().astype(np.float64), days["n"].to_numpy().astype(np.float64)
    sums = ([float(days.height)], [x.sum()], [n.sum()], [(x * x).sum()], [(x * n).sum()], [(n * n).sum()])
    return float(design_effects(Clusters(*map(np.array, sums)))[0])


def of_period_ends(log: Session) -> Iterator[Row]:
    months = log.run("honesty_period_ends").with_columns(
        expected=pl.col("completed_count") / pl.col("month_working_days")
    )
    for (department,), group in months.group_by("department", maintain_order=True):
        total, expected = int(group["completed_count"].sum()), group["expected"].to_numpy()
        last = group["last_day_count"].to_numpy()
        yield row_of(
            str(department) if department is not None else None, "H18", int(last.sum()), total,
            expected_share=float(expected.sum()) / total, probability=repeated_probability(last - expected, expected),
        )  # fmt: skip
