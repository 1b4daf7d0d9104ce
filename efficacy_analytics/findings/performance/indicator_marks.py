"""Indicators from counts of like cases: each case is read once for all levels, and each level is one count.

A case has a mark for each condition that an indicator asks of it. Cases of one level with the same marks make a
pattern: how many they are, and the sum of each value that is summed. What an indicator says of cases is said of a few
hundred patterns of a level instead, in whole numbers, and so the same to the last digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.performance.indicator_list import INDICATORS, NOTHING_COUNTED, Indicator, Part

MARKS: Final = "indicator_marks"
WORD_BITS: Final = 60
"""Marks that one whole number of the engine holds."""
LEVEL_COLUMNS: Final = ("case_key", "department", "item", "kind", "channel", "accepted_on")


def lay_out_marks(log: Session) -> None:
    """Makes `indicator_marks` from `indicator_cases`, once for as long as the cohort stays: one row per case.

    Args:
        log: the engine of a cohort, with the view `indicator_cases`.
    """
    words = [
        " + ".join(f"if({one}, {1 << place}, 0)" for place, one in enumerate(CONDITIONS[start : start + WORD_BITS]))
        + f" as marks_{start // WORD_BITS}"
        for start in range(0, len(CONDITIONS), WORD_BITS)
    ]
    columns = ", ".join((*LEVEL_COLUMNS, *DIFFERENT, *VALUES, *words))
    log.once((MARKS,), lambda: log.command(f"create temp table {MARKS} as select {columns} from indicator_cases"))


def figures_query(
    chosen: Sequence[Indicator], levels: Mapping[str, str], read: Iterable[str], *, source: str, with_counts: bool
) -> str:
    """The text of the query that gives each indicator by levels.

    Args:
        chosen: the indicators.
        levels: name to SQL over the columns `read`.
        read: the columns of `source` that the levels are made of.
        source: `indicator_marks`, or a query with its columns and more.
        with_counts: whether each share of cases comes with the number of cases it is of (`…_case_count`), and
            each indicator with why it has no value (`…_without_value`).
    """
    words = [f"marks_{number}" for number in range(-(-len(CONDITIONS) // WORD_BITS))]
    keys = ", ".join((*read, *DIFFERENT, *words))
    sums = ", ".join(f"sum({value}) as {value}" for value in VALUES)
    named = ", ".join(f'{sql} as "{name}"' for name, sql in levels.items())
    same = " and ".join(f'patterns."{name}" is not distinct from medians."{name}"' for name in levels)
    medians = dict.fromkeys(part for one in chosen for part in one.parts if part.function == "median")
    exact = ", ".join(f"median({part.value}) {_where(part)} as {_name(part)}" for part in medians)
    columns = [f"{_figure(one)} as {one.name}" for one in chosen]
    if with_counts:
        columns += [f"{_of_count(one)} as {one.name}_case_count" for one in chosen]
        columns += [f"{_without_value(one)} as {one.name}_without_value" for one in chosen]
    return f"""
        with counted as (select {keys}, count(*) as case_count, {sums} from {source} group by all),
        patterns as (select {named}, * exclude ({", ".join([*read, "case_count"])}), case_count from counted),
        medians as (select {named}, {exact or "null as nothing"} from {source} group by all)
        select {", ".join(f'patterns."{name}"' for name in levels)},
            cast(sum(patterns.case_count) as bigint) as case_count, {", ".join(columns)}
        from patterns inner join medians on {same}
        group by all
    """


def _figure(one: Indicator) -> str:
    if one.of:
        return f"{_sum_of_counts(_met(one))} / nullif({_sum_of_counts(_known(one))}, 0)"
    figure = one.aggregate.format(*map(_part, one.parts))
    return f"case when bool_or({_has(_recorded(one))}) then {figure} end" if one.needs else figure


def _without_value(one: Indicator) -> str:
    """What it needs and no source records, the first of several; else that nothing counts in it."""
    lacks = "".join(f"when not bool_or({_has(f'has_{need}')}) then '{need}' " for need in one.needs)
    return f"case {lacks}else '{NOTHING_COUNTED}' end" if one.needs else f"'{NOTHING_COUNTED}'"


def _recorded(one: Indicator) -> str:
    return " and ".join(f"has_{need}" for need in one.needs)


def _part(part: Part) -> str:
    """A part, of patterns instead of cases."""
    where = _where(part)
    if part.function == "median":
        return f"any_value({_name(part)})"
    if part.function == "different":
        return f"count(distinct {part.value}) {where}"
    if part.function == "sum":
        return f"sum({part.value}) {where}"
    count = f"cast(coalesce(sum(case_count) {where}, 0) as bigint)"
    return count if part.function == "count" else f"sum({part.value}) {where} / nullif({count}, 0)"


def _of_count(one: Indicator) -> str:
    return f"cast({_sum_of_counts(_known(one))} as bigint)" if one.of else "cast(null as bigint)"


def _sum_of_counts(condition: str) -> str:
    return f"coalesce(sum(case_count) filter (where {_has(condition)}), 0)"


def _where(part: Part) -> str:
    return f"filter (where {_has(part.where)})" if part.where else ""


def _has(condition: str) -> str:
    number, place = divmod(CONDITIONS.index(condition), WORD_BITS)
    return f"marks_{number} & {1 << place} <> 0"


def _name(part: Part) -> str:
    return f"median_of_{part.value}"


def _known(one: Indicator) -> str:
    return f"({_of(one)}) and ({one.hit}) is not null"


def _met(one: Indicator) -> str:
    return f"({_of(one)}) and ({one.hit})"


def _of(one: Indicator) -> str:
    return f"{one.of} and {_recorded(one)}" if one.needs else one.of


def _in_order(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


_PARTS: Final = [part for one in INDICATORS for part in one.parts]
CONDITIONS: Final = _in_order(
    text
    for one in INDICATORS
    for text in (
        *((_known(one), _met(one)) if one.of else (_recorded(one), *(part.where for part in one.parts))),
        *(f"has_{need}" for need in one.needs),
    )
)
VALUES: Final = _in_order(part.value for part in _PARTS if part.function in ("sum", "avg", "median"))
DIFFERENT: Final = _in_order(part.value for part in _PARTS if part.function == "different")
