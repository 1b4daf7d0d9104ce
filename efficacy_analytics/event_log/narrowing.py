"""Narrowing a cohort by what its cases are or passed through: conditions over the columns of `cases`."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeAlias

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort

KEYS = ("department", "item")
Activities: TypeAlias = str | Sequence[str]
"""An activity by its code, or several of which any will do."""


def narrowed(
    cohort: Cohort,
    columns: Collection[str],
    *,
    condition: str | None = None,
    accepted: tuple[dt.date | None, dt.date | None] = (None, None),
    variant: Sequence[str] | int | None = None,
    passing: tuple[Activities, Activities] | None = None,
    having: Activities | None = None,
    starting: Activities | None = None,
    ending: Activities | None = None,
    equal: Mapping[str, Any] | None = None,
) -> Cohort:
    """The cases of a cohort that fulfil further conditions too.

    Args:
        cohort: the cases so far.
        columns: of `cases`, those of the layout among them.
        condition: in SQL over these columns.
        accepted: first day of acceptance, and the day after the last; None for no bound.
        variant: the activities of a case, all of them, in their order; or the number of a variant.
        passing: two activities, one directly after the other.
        having: an activity somewhere in the case.
        starting: the first activity of the case.
        ending: the last.
        equal: column to value, or to a list of values; None asks for cases without one.

    Raises:
        CallError: there is no such column, or what is given is of another kind.
    """
    if condition is not None and not isinstance(condition, str):
        raise CallError(f"a condition is a text, not {condition!r}.", hint="such as log.where(\"channel = 'window'\")")
    wanted = dict(equal or {})
    _check_columns(wanted, columns)
    keys = {key: wanted.pop(key) for key in KEYS if isinstance(wanted.get(key), str) and getattr(cohort, key) is None}
    steps = [
        _passing(passing), _step("having", having, ""), _step("starting", starting, " and event_number = 1"),
        _step("ending", ending, " and next_activity is null"),
    ]  # fmt: skip
    parts = [cohort.where, condition, _of_variant(variant), *steps, *map(_equal, wanted.items())]
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


def _of_variant(activities: Sequence[str] | int | None) -> str:
    if activities is None:
        return ""
    if isinstance(activities, int) and not isinstance(activities, bool):
        return f"variant_key = {activities}"
    path = ", ".join(_codes("variant", activities, is_whole=True))
    return (
        "case_key in (select case_key from event_log group by case_key "
        f"having list(cast(activity as varchar) order by event_number) = [{path}])"
    )


def _passing(pair: tuple[Activities, Activities] | None) -> str:
    if pair is None:
        return ""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise CallError(
            f"passing takes two activities, one directly after the other, not {pair!r}.",
            hint='such as passing=("review", "decision"); one alone: having="review"',
        )
    one, other = (", ".join(_codes("passing", side)) for side in pair)
    return (
        "case_key in (select case_key from event_log "
        f"where cast(activity as varchar) in ({one}) and cast(next_activity as varchar) in ({other}))"
    )


def _step(name: str, activities: Activities | None, further: str) -> str:
    if activities is None:
        return ""
    known = ", ".join(_codes(name, activities))
    return f"case_key in (select case_key from event_log where cast(activity as varchar) in ({known}){further})"


def _codes(name: str, given: Any, *, is_whole: bool = False) -> list[str]:
    """Codes of activities as literals; a text is one code, except where a whole path is asked for."""
    several = [given] if isinstance(given, str) and not is_whole else given
    if (
        isinstance(several, str)
        or not isinstance(several, Sequence)
        or not all(isinstance(one, str) for one in several)
    ):
        example = 'variant=["acceptance", "decision"], or variant=3' if is_whole else f'{name}="review"'
        raise CallError(f"{name} takes codes of activities, not {given!r}.", hint=f"such as {example}")
    if not several:
        raise CallError(f"{name} names no activity.", hint="log.activities() lists them")
    return [_literal(one) for one in several]


def _latest(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return max((day for day in (one, other) if day), default=None)


def _earliest(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return min((day for day in (one, other) if day), default=None)
