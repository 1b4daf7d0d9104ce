"""Which cases a question is about. A period selects cases by acceptance, never events: no case is cut in half."""

import datetime as dt
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, is_damage
from efficacy_analytics.errors import CallError, EmptyCohortError
from efficacy_analytics.event_log.snapshots import named_snapshot, open_current, open_snapshot


@dataclass(frozen=True)
class Cohort:
    """The cases of a question.

    Attributes:
        accepted_from: first day of acceptance, inclusive.
        accepted_until: day after the last day of acceptance, exclusive.
        department: code of the department that answers the case.
        item: code of the item applied for.
        where: a condition in SQL over the columns of `cases`.
    """

    accepted_from: dt.date | None = None
    accepted_until: dt.date | None = None
    department: str | None = None
    item: str | None = None
    where: str | None = None

    def is_everything(self) -> bool:
        """Whether no case is left out."""
        return not any(asdict(self).values())

    def as_dict(self) -> dict[str, str | None]:
        """The cohort as plain values, for manifests."""
        return {key: str(value) if value is not None else None for key, value in asdict(self).items()}


EVERYTHING = Cohort()


def open_log(lake: Path | str, cohort: Cohort = EVERYTHING, *, snapshot: str | None = None) -> DuckdbEngine:
    """A read-only engine on a snapshot, with the views `cohort_cases` and `cohort_events` of the question.

    Args:
        lake: the lake's folder.
        cohort: which cases; without it all.
        snapshot: a snapshot's name; without it the current one.

    Raises:
        CannotAnswerError: nothing is published.
        EmptyCohortError: no case belongs to the cohort.
        CallError: `where` is not a condition over the case columns.
        CheckFailedError: the snapshot is damaged.
    """
    place = Path(lake)
    with ExitStack() as undone:
        engine = undone.enter_context(
            open_snapshot(named_snapshot(place, snapshot)) if snapshot else open_current(place)
        )
        choose(engine, cohort)
        undone.pop_all()
    return engine


def choose(engine: DuckdbEngine, cohort: Cohort) -> None:
    """Makes the views `cohort_cases` and `cohort_events` of a cohort in an engine.

    And the tables `cohort_keys`, of a cohort that is not everything, and `cohort_undated`: the cases that the cohort's
    period leaves out, or another would, because no day of theirs is known.
    """
    engine.build("cohort_undated", department=cohort.department, item=cohort.item)
    if cohort.is_everything():
        _views(engine, "")
    else:
        _choose_keys(engine, cohort)
        _views(engine, "where case_key in (select case_key from cohort_keys)")
    _refuse_nothing(engine, cohort)


def keeps(engine: DuckdbEngine, table: str) -> bool:
    """Whether the snapshot keeps an answer for its whole log, and the cohort is the whole log."""
    there = engine.tables()
    return table in there and "cohort_keys" not in there


def _views(engine: DuckdbEngine, kept: str) -> None:
    engine.connection.execute(f"create or replace temp view cohort_cases as select * from cases {kept}")
    engine.connection.execute(f"create or replace temp view cohort_events as select * from event_log {kept}")


def _choose_keys(engine: DuckdbEngine, cohort: Cohort) -> None:
    params = {name: getattr(cohort, name) for name in ("accepted_from", "accepted_until", "department", "item")}
    engine.build("cohort_keys", **params)
    if cohort.where:
        for keys in ("cohort_keys", "cohort_undated"):
            _narrow(engine, cohort.where, keys)


def _narrow(engine: DuckdbEngine, where: str, keys: str) -> None:
    hint = "write a condition over the columns of `efficacy show cases`, such as \"channel = 'window'\""
    try:
        if any(len(duckdb.extract_statements(f"select {form}")) != 1 for form in (f"({where}\n)", f"[{where}\n]")):
            raise CallError("--where holds more than one condition.", hint=hint)
        engine.connection.execute(
            f"delete from {keys} where case_key not in (select case_key from cases where ({where}\n))"
        )
    except (duckdb.Error, RuntimeError) as fault:
        if is_damage(fault):
            raise
        raise CallError(f"--where cannot be read: {str(fault).splitlines()[0]}", hint=hint) from None


def _refuse_nothing(engine: DuckdbEngine, cohort: Cohort) -> None:
    if engine.connection.sql("select 1 from cohort_cases limit 1").fetchall():
        return
    asked = ", ".join(f"{key} {value}" for key, value in cohort.as_dict().items() if value)
    span = engine.run("cohort_span").row(0, named=True)
    undated = engine.connection.table("cohort_undated").count("*").fetchall()[0][0]
    without = f"; {undated} without any day belong to no period" if undated else ""
    raise EmptyCohortError(
        f"no case belongs to the cohort ({asked or 'all cases'}).",
        hint=f"the snapshot has {span['case_count']} cases accepted {span['first_on']} to {span['last_on']}, "
        f"of departments {span['departments']}{without}",
    )
