"""Which columns could also be meant? Those that a name fits as well, and those whose number of values fits a group.

A department or an item that no name tells is told by its cardinality: the same on all rows of a case, filled nearly
everywhere, and of few values, each of many cases. It is placed only where a single column is also called after it;
all else is offered, and the reader decides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

FEWEST_FILLED_SHARE = 0.8
FEWEST_CASES_OF_A_VALUE = 3
MOST_VALUES = {"department": 150, "item": 1_500}
MOST_VALUES_OF_A_NAMED_GROUP = 0.5
"""A column called "department" that has nearly as many values as there are cases is none."""
ENOUGH_CASES = 20
CALLED_AFTER = {
    "department": r"dept|depart|office|agency|authority|bureau|division|unit|team|branch|queue|desk"
    r"|afdeling|dienst|loket|amt|abteilung|beh(ö|oe)rde|stelle|ufficio|settore|ente|sportello|局|委|处室|科室|部门|单位|窗口|中心",
    "item": r"type|kind|category|class|service|subject|request|reason|product|licen[cs]e|permit"
    r"|soort|categorie|onderwerp|product|art$|anliegen|leistung|tipo|oggetto|categoria|procedimento|事项|业务|类型|类别|种类|名称",
}
A_WORD = r"\p{L}"
YES_OR_NO = {"yes", "no", "true", "false", "y", "n", "是", "否", "ja", "nein", "nee", "si", "sì", "ontime", "overdue"}


def group_candidates(rows: pl.DataFrame, case_id: str, names: Sequence[str]) -> dict[str, list[str]]:
    """Per "department" and "item" the columns whose cardinality fits, those called after it first.

    Args:
        rows: rows of cases or of their steps.
        case_id: the column of the case.
        names: the columns that have no place yet.
    """
    fitting = {name: _cardinality(rows, case_id, name) for name in names}
    counts = {name: count for name, count in fitting.items() if count}
    found = {}
    for column, called in CALLED_AFTER.items():
        few = [name for name, count in counts.items() if count <= MOST_VALUES[column]]
        named = [name for name in few if re.search(called, name.lower())]
        foreign = {name for other in CALLED_AFTER.values() for name in few if re.search(other, name.lower())}
        found[column] = [*named, *(name for name in few if name not in foreign)]
    return found


def is_called_after(column: str, name: str) -> bool:
    """Whether a column of an export is called after a department or an item."""
    return bool(re.search(CALLED_AFTER[column], name.lower()))


def has_too_many(rows: pl.DataFrame, case_id: str, name: str) -> bool:
    """Whether a column has nearly as many values as there are cases: it then groups nothing."""
    cases = rows[case_id].n_unique()
    return cases >= ENOUGH_CASES and rows[name].drop_nulls().n_unique() > MOST_VALUES_OF_A_NAMED_GROUP * cases


def distinct(rows: pl.DataFrame, name: str) -> int:
    """How many different values a column has."""
    return rows[name].drop_nulls().n_unique()


def _cardinality(rows: pl.DataFrame, case_id: str, name: str) -> int:
    """How many values a column has that could be a group of cases; 0 where it could not."""
    texts = rows[name].drop_nulls()
    values = texts.unique()
    cases = rows[case_id].n_unique()
    is_filled = texts.len() >= FEWEST_FILLED_SHARE * rows.height
    is_few = 2 <= values.len() <= max(MOST_VALUES.values()) and values.len() * FEWEST_CASES_OF_A_VALUE <= cases
    if not (is_filled and is_few) or not values.str.contains(A_WORD).all():
        return 0
    if set(values.str.to_lowercase()) <= YES_OR_NO:
        return 0
    pairs = rows.select(case_id, name).drop_nulls().unique()
    return 0 if pairs[case_id].is_duplicated().any() else values.len()


def alternatives(
    found: Mapping[str, str], ranked: Sequence[tuple[str, str]], taken: Iterable[str]
) -> dict[str, list[str]]:
    """The further columns of an export that fit the name of a column of ours, each once, under the surest.

    Args:
        found: our columns to the export's.
        ranked: pairs of our column and one of the export's whose name fits it, the surest first.
        taken: the export's columns that have a place.
    """
    offered: dict[str, list[str]] = {}
    seen = set(taken)
    for column, name in ranked:
        if column in found and name not in seen:
            seen.add(name)
            offered.setdefault(column, []).append(name)
    return offered
