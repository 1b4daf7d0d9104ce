"""The columns of an export that are called like one of ours, and can be it by what they hold."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from efficacy_analytics.lake.cells.amounts import limit_of
from efficacy_analytics.lake.guessing.known_headers import DUE, HAPPENED, LENGTHS, LIMITS, NAMES, TRADITIONAL
from efficacy_analytics.lake.guessing.stamps_of_samples import ENOUGH_READABLE_SHARE
from efficacy_analytics.lake.layouts import keys

OF_DAYS = (
    r"^(target|limit|sla|allowed|statutory|legal|promised|committed)_?((limit|work|working|business|calendar)_?)?"
    r"(days|hours|months)$|(法定|承诺|办理|办结)(天数|日数|时限|期限)|(法定|承诺)(工作日|自然日)"
)
"""What is called after a number of days, or hours, in which to be done."""
TIME_ENDINGS = ("_at", "_on", "_from", "_until")


def needed_columns(table: str) -> list[str]:
    """The columns that must be found: an activity may be constant."""
    constant = keys.EVENT_CONSTANTS if table == "events" else ()
    return [column for column in keys.REQUIRED_COLUMNS[table] if column not in constant]


def columns_of(rows: pl.DataFrame, table: str, times: Mapping[str, str]) -> dict[str, str]:
    """Our columns of a table to the export's, each of which is taken once: the surest names first."""
    ranked = ranked_columns(rows, table, times)
    found = _taken(ranked)
    halves = [{f"{name}_length", f"{name}_unit"} for name in keys.LIMITS]
    alone = {half for pair in halves if not pair <= found.keys() for half in pair}  # a length is none without its unit
    if alone & found.keys():
        found = _taken([(column, name) for column, name in ranked if column not in alone])
    return {column: found[column] for column in NAMES[table] if column in found}


def _taken(ranked: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Our columns to the export's, each once."""
    found: dict[str, str] = {}
    for column, name in ranked:
        if column not in found and name not in found.values():
            found[column] = name
    return found


def ranked_columns(rows: pl.DataFrame, table: str, times: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of a column of ours and one of the export's whose name fits it, the surest first."""
    ranked = sorted(
        (rank, place, name, column)
        for column, patterns in NAMES[table].items()
        for rank, pattern in enumerate((f"^{column}$", *patterns))
        for place, name in enumerate(rows.columns)
        if re.search(pattern, plain_name(name)) and _can_be(column, name, times)
        if column not in LIMITS or are_limits(rows[name])
    )
    return [(column, name) for _, _, name, column in ranked]


def _can_be(column: str, name: str, times: Mapping[str, str]) -> bool:
    """Whether a column of the export may be one of ours: of times or not, and no time ahead for what has happened."""
    lies_ahead = column in HAPPENED and re.search(DUE, plain_name(name))
    return column.endswith(TIME_ENDINGS) == (name in times) and not lies_ahead


def are_limits(texts: pl.Series) -> bool:
    """Whether texts are lengths with their unit, such as 10个工作日, all but a few; none where there are none."""
    counts = Counter(texts.drop_nulls())
    read_count = sum(count for text, count in counts.items() if limit_of(text) is not None)
    return bool(counts) and read_count >= ENOUGH_READABLE_SHARE * counts.total()


def is_called_a_limit(name: str) -> bool:
    """Whether a column is called after a limit, or its length."""
    patterns = (*LIMITS.values(), LENGTHS["statutory_length"], LENGTHS["promised_length"], (OF_DAYS,))
    return any(re.search(pattern, plain_name(name)) for some in patterns for pattern in some)


def plain_name(name: str) -> str:
    """A name in lower case and in simplified characters, `_` between its words."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().translate(TRADITIONAL))
    return re.sub(r"[\s\-./]+", "_", split).lower().strip("_")
