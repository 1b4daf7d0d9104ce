"""Columns of whole numbers that are called after a limit and its unit: 承诺时限（工作日）, promised_working_days."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from efficacy_analytics.lake.guessing.named_columns import is_called_a_limit, plain_name
from efficacy_analytics.lake.guessing.stamps_of_samples import ENOUGH_READABLE_SHARE

UNITS: Final = {
    "working_days": r"工作[日天]|(work|working|business)_?days?",
    "calendar_days": r"自然[日天]|日历[日天]|calendar_?days?",
    "hours": r"小时|hours?",
    "months": r"个月|months?",
}
OF_THE_LAW: Final = r"法定|statut|legal"
ALLOWED: Final = r"^(target|limit|sla|allowed|statutory|legal|promised|committed)|法定|承诺|时限|期限"
"""What is allowed, and not what was used: 办结天数 may be either."""
USED: Final = (
    r"实际|已用|用时|耗时|剩余|超|提前|延期|压缩|节省|内办"
    r"|actual|used|taken|elapsed|remaining|left|overdue|saved|exceeded|early"
)
A_LENGTH: Final = r"^[0-9]{1,4}$"


def unit_in(name: str) -> str | None:
    """The one unit that a name says; none where it says none, or several."""
    units = [unit for unit, pattern in UNITS.items() if re.search(pattern, plain_name(name))]
    return units[0] if len(units) == 1 else None


def is_allowed(name: str) -> bool:
    """Whether a column is called after a limit, and not after what was used of it."""
    plain = plain_name(name)
    return is_called_a_limit(name) and bool(re.search(ALLOWED, plain)) and not re.search(USED, plain)


def lengths_with_unit(rows: pl.DataFrame, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The columns whose numbers are lengths of a limit, in the unit that their name says.

    Args:
        rows: of a sample, as text.
        names: the columns that may be such.

    Returns:
        The column, whose limit it is ("statutory" or "promised"), and the unit.
    """
    for name in names:
        unit, texts = unit_in(name), rows[name].drop_nulls().str.strip_chars()
        if unit is None or not is_allowed(name) or texts.is_empty():
            continue
        if texts.filter(texts.str.contains(A_LENGTH)).len() >= ENOUGH_READABLE_SHARE * texts.len():
            yield name, "statutory" if re.search(OF_THE_LAW, plain_name(name)) else "promised", unit
