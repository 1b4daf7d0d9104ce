"""Every case's verdict at once: which limit judged it, what was counted, when it was due, whether it is late.

The queries look a date up in the calendar and subtract; only stopped cases pass through more. `build_verdicts` runs
once a snapshot; `verdicts_on` answers for any other day from a published one, without writing to it.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.clock.flags import CODES
from efficacy_analytics.clock.rules import clock_rules, stage_limits
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.settings import ClockSettings

ALL_STOPS: Final = "clock_stops_counted"
DAYS: Final = ("clock_days", "clock_working_days", "clock_flag_lists")
VIEWS: Final = ("clock_notes_on", "clock_judged", "clock_verdicts")
QUERIES: Final = (
    *("clock_notes", "clock_limits", "clock_cases", "clock_terms", "clock_extension_units"),
    *("clock_basis_recorded", "clock_stopped_cases", "clock_stops"),
)


def build_verdicts(engine: Session, *, as_on: dt.date, reference: Path, rules: ClockSettings) -> None:
    """Makes `case_verdicts` (one row a case) and what it rests on, from the cases, limits and stops in the engine.

    Reads the tables `calendar`, `case_readings_in`, `limits` and `clock_stops_in`. Makes `clock_rules`, `stage_limits`,
    `clock_settings`, `clock_cases` and `clock_stops`, which a snapshot keeps, and, for as long as the connection
    lives, `case_verdicts`, `clock_stop_unions` and `clock_stop_readings` (the stops as disjoint spans and what the
    calendar reads at their ends). `clock_verdicts_statute`, `clock_verdicts_without_extensions` and
    `clock_verdicts_with_ground` (where only stops that the licensing law names take days out) hold the due date, the
    verdict and the stopped days of the cases that are judged otherwise so.

    Args:
        engine: the building engine.
        as_on: the day for which open cases are judged.
        reference: where clock_rules.csv and stage_limits.csv lie.
        rules: the settings of counting.

    Raises:
        CheckFailedError: a case has no verdict row, or more than one.
    """
    engine.put("clock_rules", clock_rules(reference))
    engine.put("stage_limits", stage_limits(reference))
    engine.put("clock_settings", _kept_settings(rules, as_on))
    engine.build("clock_zones")
    _make_days(engine)
    for query in QUERIES:
        engine.build(query)
    engine.build("clock_basis_with_ground")  # the only one with stops of its own
    judged = {"with_ground": _judges_any(engine)}
    if judged["with_ground"]:
        _lay_out(engine, as_on, rules)
        _keep_otherwise(engine, "with_ground")
    engine.build(ALL_STOPS)
    engine.build("clock_basis_recorded")
    _lay_out(engine, as_on, rules)
    for basis in ("statute", "without_extensions"):
        engine.build(f"clock_basis_{basis}")
        judged[basis] = _judges_any(engine)
        if judged[basis]:
            _keep_otherwise(engine, basis)
    engine.build("clock_basis_recorded")
    _keep(engine)
    for basis in (basis for basis, has_cases in judged.items() if not has_cases):
        _keep_otherwise(engine, basis, of="case_verdicts limit 0")
    _check_none_dropped(engine, "case_readings_in", "case_verdicts")


def verdicts_on(engine: Session, as_on: dt.date, *, columns: Sequence[str] = (), stops: str = ALL_STOPS) -> None:
    """Makes `case_verdicts` for another day, for as long as the connection lives; the snapshot may be read-only.

    The settings are those of the snapshot. A case completed after `as_on` is open then, and a stop without an end
    runs until then.

    Args:
        engine: holds what `build_verdicts` keeps.
        as_on: the day.
        columns: what the question reads of a verdict, beside its `case_key`; nothing else is worked out. Without them
            everything.
        stops: the query that makes `clock_stops_counted`, the clock stops that count.

    Raises:
        CheckFailedError: a case has no verdict row, or more than one.
    """
    lay_out_verdicts(engine, as_on, stops=stops)
    _keep(engine, columns)
    _check_none_dropped(engine, "clock_cases", "case_verdicts")


def lay_out_verdicts(engine: Session, as_on: dt.date, *, stops: str = ALL_STOPS) -> None:
    """Makes what the verdicts of a day are worked out from.

    A question that asks for many days does so before the first: what does not depend on the day, the calendars as
    look-up tables and the views of the verdicts, is then there for all of them.

    Args:
        engine: holds what `build_verdicts` keeps.
        as_on: the day, as for `verdicts_on`.
        stops: the query that makes `clock_stops_counted`, the clock stops that count.
    """
    kept = engine.run("clock_settings_kept").row(0, named=True)
    if not engine.tables().issuperset(DAYS):
        _make_days(engine)
    engine.build("clock_basis_recorded")
    engine.build(stops)
    _lay_out(engine, as_on, ClockSettings(**kept))


@question
def stage_verdicts(engine: Session, as_on: dt.date) -> pl.DataFrame:
    """Whether each stage or activity with a limit of its own kept it: late even where the case kept its promise.

    Makes `stage_verdicts` for as long as the connection lives, from a snapshot or from one being built.

    Args:
        engine: holds `event_log`, `cases` and what `build_verdicts` keeps.
        as_on: the day until which a stop without an end runs.

    Returns:
        One row a case, stage or activity and time it was passed through: `case_key`, `first_event_number`, `stage`,
        `activity`, `limit_days`, `limit_unit`, `began_on`, `ended_on`, `counted_days`, `stopped_days`, `due_on`,
        `is_late`.
    """
    verdicts_on(engine, as_on)
    lay_out_stages(engine, "cases")
    judge_stages(engine)
    return engine.run("clock_stage_rows")


def lay_out_stages(engine: Session, cases: str) -> None:
    """Makes `stage_spans`: each time a case passed through a stage or activity with a limit of its own.

    Args:
        engine: holds `event_log` and what `build_verdicts` keeps.
        cases: the table of the cases asked about, by their `case_key`.
    """
    engine.command(
        "create or replace temp view staged_events as"
        f" select * from event_log where case_key in (select case_key from {cases})"
    )
    engine.build("clock_stage_spans")


def judge_stages(engine: Session) -> None:
    """Makes `stage_verdicts`: whether each span of `stage_spans` kept the limit of its stage or activity.

    Args:
        engine: holds `stage_spans`, `cases`, what `build_verdicts` keeps and what `verdicts_on` makes.
    """
    engine.build("clock_rules_in_force")
    engine.build("clock_stage_verdicts", roll_rest_days=engine.run("clock_settings_kept")["roll_rest_days"][0])


def _lay_out(engine: Session, as_on: dt.date, rules: ClockSettings) -> None:
    """Makes the views of verdicts, and the spans of stops that they read, for the cases and stops that are chosen."""
    engine.build("clock_asked", as_on=as_on, roll_rest_days=rules.roll_rest_days)
    engine.build("clock_stopped_cases")
    engine.build("clock_stop_unions", as_on=as_on, stop_takes_out_its_first_day=rules.stop_takes_out_its_first_day)
    if not engine.tables().issuperset(VIEWS):
        for query in VIEWS:
            engine.build(query)


def _make_days(engine: Session) -> None:
    engine.build("clock_days", flag_codes=",".join(CODES))


def _judges_any(engine: Session) -> bool:
    """Whether a basis that was just laid out judges any case."""
    noted, plain = "from clock_judged_noted", "from clock_judged_terms where judges_plain_cases"
    return bool(engine.sql(f"select exists ({noted}) or exists ({plain})").item())


def _keep(engine: Session, columns: Sequence[str] = ()) -> None:
    chosen = ", ".join(("case_key", *columns)) if columns else "*"
    engine.command(f"create or replace temp table case_verdicts as select {chosen} from clock_verdicts")


def _keep_otherwise(engine: Session, basis: str, *, of: str = "clock_judged") -> None:
    """Keeps the verdicts by another basis than the recorded one, of the cases that it makes a difference to."""
    engine.command(
        f"create or replace temp table clock_verdicts_{basis} as"
        f" select case_key, due_on, is_late, stopped_days from {of}"
    )


def _kept_settings(rules: ClockSettings, as_on: dt.date) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "as_on": [as_on],
            "count_makeup_workdays": [rules.count_makeup_workdays],
            "roll_rest_days": [rules.roll_rest_days],
            "stop_takes_out_its_first_day": [rules.stop_takes_out_its_first_day],
        }
    )


def _check_none_dropped(engine: Session, cases: str, verdicts: str) -> None:
    counts = [engine.count(table) for table in (cases, verdicts)]
    if counts[0] != counts[1]:
        raise CheckFailedError(
            f"{counts[0]} cases have {counts[1]} verdicts.",
            hint="a case or a rule stands twice in what the clock reads",
        )
