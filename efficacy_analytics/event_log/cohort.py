"""Which cases a question is about. A period selects cases by acceptance, never events: no case is cut in half."""

import datetime as dt
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, EmptyCohortError
from efficacy_analytics.event_log.snapshots import named_snapshot, open_current, open_snapshot
from efficacy_analytics.settings import AS_SHIPPED, Settings


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

    @property
    def history(self) -> "Cohort":
        """The same cases whenever they were accepted."""
        return replace(self, accepted_from=None, accepted_until=None)

    def as_dict(self) -> dict[str, str | None]:
        """The cohort as plain values, for manifests."""
        return {key: str(value) if value is not None else None for key, value in asdict(self).items()}


EVERYTHING = Cohort()


def open_log(
    lake: Path | str,
    cohort: Cohort = EVERYTHING,
    *,
    snapshot: str | None = None,
    in_force: Settings = AS_SHIPPED,
) -> Session:
    """A read-only engine on a snapshot, with the views `cohort_cases` and `cohort_events` of the question.

    Args:
        lake: the lake's folder.
        cohort: which cases; without it all.
        snapshot: a snapshot's name; without it the current one.
        in_force: the settings by which its questions are answered.

    Raises:
        CannotAnswerError: nothing is published.
        EmptyCohortError: no case belongs to the cohort.
        CallError: `where` is not a condition over the case columns.
        CheckFailedError: the snapshot is damaged.
    """
    place = Path(lake)
    with ExitStack() as undone:
        engine = undone.enter_context(
            open_snapshot(named_snapshot(place, snapshot, in_force=in_force), in_force=in_force)
            if snapshot
            else open_current(place, in_force=in_force)
        )
        choose(engine, cohort)
        undone.pop_all()
    return engine


def open_beside(log: Session, cohort: Cohort) -> Session:
    """Another cohort of the snapshot that a session holds open, be it pruned since or not.

    Args:
        log: a session on a snapshot; both are closed by themselves.
        cohort: which cases.

    Raises: as `open_log`.
    """
    with ExitStack() as undone:
        engine = undone.enter_context(log.beside())
        choose(engine, cohort)
        undone.pop_all()
    return engine


def asked_cohort(log: Session) -> Cohort:
    """The cohort of a session; everything, where none was chosen."""
    if "cohort_asked" not in log.tables():
        return EVERYTHING
    asked = log.sql("select * from cohort_asked").row(0, named=True)
    where = asked.pop("condition")
    return Cohort(**asked, where=where)


def choose(engine: Session, cohort: Cohort) -> None:
    """Makes the views `cohort_cases` and `cohort_events` of a cohort in an engine.

    And the tables `cohort_asked`, what was asked; `cohort_keys`, of a cohort that is not everything; and
    `cohort_undated`: the cases that the cohort's period leaves out, or another would, because no day of theirs is
    known.
    """
    engine.forget()
    _keep_asked(engine, cohort)
    engine.build("cohort_undated", department=cohort.department, item=cohort.item)
    if cohort.is_everything():
        _views(engine, "")
    else:
        _choose_keys(engine, cohort)
        _views(engine, "where case_key in (select case_key from cohort_keys)")
    _refuse_nothing(engine, cohort)


def own_query(engine: Session, text: str, **params: Any) -> pl.DataFrame:
    """The result of a query that a person wrote; `cases` and `event_log` in it hold the cohort alone.

    Args:
        engine: the engine of a cohort.
        text: one select statement, its parameters named `$name`.
        **params: their values.

    Raises:
        CallError: it cannot be read, is no query, or asks for what is not there.
    """
    hint = "one select over cases and event_log, such as: select count(*) from cases where channel = $channel"
    try:
        if not engine.is_one_query(text):
            raise CallError("a query of one's own is one select statement.", hint=hint)
        with engine.scope():
            if "cohort_keys" in engine.tables():
                for table in ("cases", "event_log"):
                    engine.restrict(table, "case_key in (select case_key from cohort_keys)")
            return engine.run_own(text, **params)
    except CallError as fault:
        raise CallError(fault.problem, hint=fault.hint or hint) from None


def keeps(engine: Session, table: str) -> bool:
    """Whether the snapshot keeps an answer for its whole log, and the cohort is the whole log."""
    there = engine.tables()
    return table in there and "cohort_keys" not in there


def _keep_asked(engine: Session, cohort: Cohort) -> None:
    asked = {name: getattr(cohort, name) for name in ("accepted_from", "accepted_until", "department", "item")}
    engine.build("cohort_asked", **asked, condition=cohort.where or None)


def _views(engine: Session, kept: str) -> None:
    engine.command(f"create or replace temp view cohort_cases as select * from cases {kept}")
    engine.command(f"create or replace temp view cohort_events as select * from event_log {kept}")


def _choose_keys(engine: Session, cohort: Cohort) -> None:
    params = {name: getattr(cohort, name) for name in ("accepted_from", "accepted_until", "department", "item")}
    engine.build("cohort_keys", **params)
    if cohort.where:
        for keys in ("cohort_keys", "cohort_undated"):
            _narrow(engine, cohort.where, keys)


def _narrow(engine: Session, where: str, keys: str) -> None:
    hint = "write a condition over the columns of `efficacy show cases`, such as \"channel = 'window'\""
    try:
        is_one = engine.is_one_condition(where)
        kept = f"select case_key from cases where ({where}\n)"
        if is_one:
            engine.run_own(f"delete from {keys} where case_key not in ({kept})")
    except CallError as fault:
        raise CallError(f"--where cannot be read: {fault.problem}", hint=hint) from None
    if not is_one:
        raise CallError("--where holds more than one condition.", hint=hint)


def _refuse_nothing(engine: Session, cohort: Cohort) -> None:
    if not engine.sql("select 1 from cohort_cases limit 1").is_empty():
        return
    asked = ", ".join(f"{key} {value}" for key, value in cohort.as_dict().items() if value)
    span = engine.run("cohort_span").row(0, named=True)
    undated = engine.count("cohort_undated")
    without = f"; {undated} without any day belong to no period" if undated else ""
    departments = f"of departments {span['departments']}" if span["departments"] else "of departments not stated"
    raise EmptyCohortError(
        f"no case belongs to the cohort ({asked or 'all cases'}).",
        hint=f"the snapshot has {span['case_count']} cases accepted {span['first_on']} to {span['last_on']}, "
        f"{departments}{without}",
    )
