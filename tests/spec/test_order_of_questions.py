"""The order of questions never changes an answer: a question leaves no table behind, and is answered once."""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.clock.verdicts import stage_verdicts
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, choose, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.waiting.causes import waiting_transitions

QUESTIONS: dict[str, Callable[[Session], pl.DataFrame]] = {
    **{name: entry.make for name, entry in TABLES.items()},
    "stage_verdicts": lambda log: stage_verdicts(log, dt.date(2025, 3, 1)),
    "waiting_transitions": waiting_transitions,
    "bottlenecks in office hours": lambda log: TABLES["bottlenecks"].make(log, clock="open"),
    "contributions in counted days": lambda log: TABLES["contributions"].make(log, clock="counted"),
}
READING_OTHERS = ("limits", "stage_verdicts", "honesty")
"""Questions that ask many others (back-tests, checks): they are asked in the ordinary run whatever its sample is."""
COHORTS = {"all": Cohort(), "department": Cohort(department="D01", where="channel <> 'window'")}
"""Cohorts by name."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of a small city, published."""
    folder = tmp_path_factory.mktemp("orders")
    make_city(folder / "city", cases=300, seed=7, items_per_department=4)
    ingest(folder / "lake", [folder / "city"], "city", delivered_on=dt.date(2025, 7, 1))
    publish(folder / "lake")
    return folder / "lake"


def answer(log: Session, name: str) -> pl.DataFrame | str:
    """A table; or the refusal in words, where the cohort cannot support it."""
    try:
        return QUESTIONS[name](log)
    except EfficacyError as fault:
        return str(fault)


def same(one: pl.DataFrame | str, other: pl.DataFrame | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and one == other
    return one.equals(other)


@pytest.mark.parametrize(
    ("chosen", "question_count", "order_count"),
    [
        ("all", len(QUESTIONS) // 12, 1),
        ("department", len(QUESTIONS) // 24, 1),
        *(pytest.param(one, len(QUESTIONS), 8, marks=pytest.mark.deep) for one in COHORTS),
    ],
)
def test_every_table_is_the_same_alone_and_after_all_others_in_any_order(
    lake: Path, chosen: str, question_count: int, order_count: int
) -> None:
    cohort, first = COHORTS[chosen], READING_OTHERS if chosen == "all" else ()
    others = [name for name in QUESTIONS if name not in first]
    asked = [*first, *random.Random(chosen).sample(others, question_count - len(first))]
    alone: dict[str, pl.DataFrame | str] = {}
    for name in asked:
        with open_log(lake, cohort) as log:
            before = log.tables()
            alone[name] = answer(log, name)
            assert isinstance(log, DuckdbEngine)
            assert log.tables() - before <= log.kept, f"{name} leaves tables behind"
    for seed in range(order_count):
        names = random.Random(seed).sample(asked, len(asked))
        with open_log(lake, cohort) as log:
            for place, name in enumerate(names):
                log.answers.clear()  # what was remembered cannot differ; what is computed could
                assert same(answer(log, name), alone[name]), f"{name} differs after {names[:place]}"


def test_a_question_asked_again_runs_no_query(lake: Path) -> None:
    with open_log(lake) as log:
        first = TABLES["limits"].make(log)
        asked = len(log.plan)
        assert TABLES["limits"].make(log).equals(first)
        assert len(log.plan) == asked


def test_an_answer_that_is_changed_by_whoever_asked_is_not_the_kept_one(lake: Path) -> None:
    with open_log(lake) as log:
        first = TABLES["on_time"].make(log)
        first.insert_column(0, pl.lit("mine").alias("mine"))
        assert "mine" not in TABLES["on_time"].make(log).columns


def test_another_cohort_in_the_same_engine_gets_its_own_answers(lake: Path) -> None:
    with open_log(lake) as log, open_log(lake, Cohort(department="D01")) as narrow:
        for name in ("stages", "stage_follows", "on_time"):
            TABLES[name].make(log)
        choose(log, Cohort(department="D01"))
        for name in ("stages", "stage_follows", "on_time"):
            assert TABLES[name].make(log).equals(TABLES[name].make(narrow))


def test_like_cases_are_counted_once_for_all_comparisons_of_a_cohort_and_anew_for_another(lake: Path) -> None:
    names = (
        "department_comparison",
        "comparison_reversals",
        "late_share_changes",
        "late_count_changes",
        "breach_watch",
    )
    with open_log(lake) as log, open_log(lake, Cohort(department="D01")) as narrow:
        for name in names:
            TABLES[name].make(log)
        assert log.plan.count("comparison_groups") == 1
        choose(log, Cohort(department="D01"))
        for name in names:
            assert TABLES[name].make(log).equals(TABLES[name].make(narrow))
        assert log.plan.count("comparison_groups") == 2


def test_what_a_question_within_makes_anew_is_not_read_by_the_one_who_asked() -> None:
    """The outer question fails loudly instead of reading the inner one's table under the same name."""

    @question
    def inner(log: Session) -> int:
        log.put_temporary("shared", pl.DataFrame({"n": [2]}))
        return log.count("shared")

    @question
    def outer(log: Session) -> pl.DataFrame:
        log.put_temporary("shared", pl.DataFrame({"n": [1]}))
        inner(log)
        return log.sql("from shared")

    with opened() as log:
        with pytest.raises(Exception, match="shared does not exist"):
            outer(log)
        assert log.tables() == set()


def test_a_question_that_fails_leaves_nothing_behind() -> None:
    @question
    def failing(log: Session) -> None:
        log.put_temporary("half_made", pl.DataFrame({"n": [1]}))
        raise EfficacyError("half way.")

    with opened() as log:
        with pytest.raises(EfficacyError):
            failing(log)
        assert log.tables() == set()


def test_tables_made_once_are_made_anew_for_other_inputs_and_for_another_cohort() -> None:
    made = []

    @question
    def doubled(log: Session, number: int) -> int:
        def make() -> None:
            made.append(number)
            log.put_temporary("double", pl.DataFrame({"n": [2 * number]}))

        log.once(("double",), make, str(number))
        log.answers.clear()
        return int(log.sql("from double").item())

    with opened() as log:
        assert [doubled(log, number) for number in (3, 4, 3, 4)] == [6, 8, 6, 8]
        assert made == [3, 4]
        log.forget()
        assert doubled(log, 3) == 6
        assert made == [3, 4, 3]


def test_the_catalogue_is_read_again_wherever_something_may_have_been_made_or_dropped(tmp_path: Path) -> None:
    one = pl.DataFrame({"n": [1]})
    one.write_parquet(tmp_path / "one.parquet")
    ways = {
        "put": lambda log: log.put("new", one), "put_temporary": lambda log: log.put_temporary("new", one),
        "command": lambda log: log.command("create view new as select 1"),
        "build": lambda log: log.build("clock_stops_counted"),
        "restrict": lambda log: log.restrict("clock_stops", "true"),
        "view_parquet": lambda log: log.view_parquet("new", tmp_path / "one.parquet"),
    }  # fmt: skip
    for way, makes in ways.items():
        with opened() as log:
            log.put("clock_stops", one)
            before = log.tables()
            with log.scope():
                makes(log)
                seen, names = log.tables(), {"build": {"clock_stops_counted"}, "restrict": set()}.get(way, {"new"})
                assert seen - before == names, way
            assert log.tables() == (before | {"new"} if way in ("put", "command", "view_parquet") else before), way
            assert log.count("clock_stops") == 1
            log.drop(["new", "clock_stops"])
            assert log.tables() == set(), way


def test_what_hides_a_table_is_dropped_before_it() -> None:
    with opened() as log:
        log.put("cases", pl.DataFrame({"case_key": [1, 2]}))
        log.restrict("cases", "case_key = 1")
        assert log.count("cases") == 1
        log.drop(["cases"])
        assert log.count("cases") == 2
