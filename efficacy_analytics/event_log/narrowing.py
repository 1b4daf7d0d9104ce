"""Narrowing a cohort by what its cases are or passed through: conditions over the columns of `cases`."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort

KEYS = ("department", "item")


def narrowed(
    cohort: Cohort,
    columns: Collection[str],
    *,
    condition: str | None = None,
    accepted: tuple[dt.date | None, dt.date | None] = (None, None),
    variant: Sequence[str] | None = None,
    passing: tuple[str, str] | None = None,
    equal: Mapping[str, Any] | None = None,
) -> Cohort:
    """The cases of a cohort that fulfil further conditions too.

    Args:
        cohort: the cases so far.
        columns: of `cases`, those of the layout among them.
        condition: in SQL over these columns.
        accepted: first day of acceptance, and the day after the last; None for no bound.
        variant: the activities of a case, all of them, in their order.
        passing: two activities, one directly after the other.
        equal: column to value, or to a list of values; None asks for cases without one.

    Raises:
        CallError: there is no such column.
    """
    wanted = dict(equal or {})
    _check_columns(wanted, columns)
    keys = {key: wanted.pop(key) for key in KEYS if isinstance(wanted.get(key), str) and getattr(cohort, key) is None}
    parts = [cohort.where, condition, _of_variant(variant), _passing(passing), *map(_equal, wanted.items())]
    told = [part for part in parts if part]
    where = told[0] if len(told) == 1 else " and ".join(f"({part}\n)" for part in told)
    return replace(
        cohort,
        accepted_from=_latest(cohort.accepted_from, accepted[0]),
        accepted_until=_earliest(cohort.accepted_until, accepted[1]),
        where=where or None,
        **keys,
    )


def _check_columns(wanted: Mapping[str, Any], columns: Collection[str]) -> None:
    for name in wanted:
        if name not in columns:
            near = get_close_matches(name, columns, n=3) or sorted(columns)
            raise CallError(f"cases have no column '{name}'.", hint=f"one of: {', '.join(near)}")


def _equal(one: tuple[str, Any]) -> str:
    name, value = one
    column = '"' + name.replace('"', '""') + '"'
    if value is None:
        return f"{column} is null"
    if isinstance(value, list | tuple | set | frozenset):
        return f"{column} in ({', '.join(sorted(map(_literal, value)))})" if value else "false"
    return f"{column} = {_literal(value)}"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.datetime):
        return f"timestamptz '{value.isoformat()}'"
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise CallError(
        f"a case cannot be chosen by {value!r}.", hint="a text, a number, a date, True, False, None, or a list of them"
    )


def _of_variant(activities: Sequence[str] | None) -> str:
    if activities is None:
        return ""
    path = ", ".join(_literal(one) for one in activities)
    return (
        "case_key in (select case_key from event_log group by case_key "
        f"having list(cast(activity as varchar) order by event_number) = [{path}])"
    )


def _passing(pair: tuple[str, str] | None) -> str:
    if pair is None:
        return ""
    one, other = map(_literal, pair)
    return (
        "case_key in (select case_key from event_log "
        f"where cast(activity as varchar) = {one} and cast(next_activity as varchar) = {other})"
    )


def _latest(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return max((day for day in (one, other) if day), default=None)


def _earliest(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return min((day for day in (one, other) if day), default=None)
