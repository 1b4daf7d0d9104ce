"""An indicator that a person writes: one aggregate over the cases of a log, at a level."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import own_query

EXAMPLE = "such as avg(cast(channel = 'window' as integer))"
LEVELS = {"all": "'all'", "month": "substr(cast(accepted_on as varchar), 1, 7)"}


def own_indicator(log: Session, name: str, sql: str, by: str, words: Mapping[str, Any]) -> pl.DataFrame:
    """One row per value of the level: the level, `case_count`, and the indicator under its name.

    Raises:
        CallError: the name is no name of a column, the level is none, or the aggregate cannot be read.
    """
    if not name.isidentifier() or name in ("case_count", by):
        raise CallError(f"'{name}' cannot be the name of an indicator.", hint="such as window_share")
    columns = log.columns("cases")
    if by not in LEVELS and by not in columns:
        near = get_close_matches(by, [*LEVELS, *columns], n=3) or ["all", "department", "item", "month"]
        raise CallError(f"cases have no level '{by}'.", hint=f"one of: {', '.join(near)}")
    if not log.is_one_condition(sql):
        raise CallError("an indicator is one aggregate.", hint=EXAMPLE)
    level = LEVELS.get(by, f'"{by}"')
    columns_asked = f'{level} as "{by}", count(*) as case_count, ({sql}\n) as "{name}"'
    found = own_query(log, f"select {columns_asked} from cases group by 1 order by 1 nulls last", **words)
    if isinstance(found[name].dtype, pl.Struct):  # a row of several
        raise CallError("an indicator is one aggregate.", hint=EXAMPLE)
    return found
