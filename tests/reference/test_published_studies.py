"""What others published, computed anew: every figure equal to the printed digits, or different for a reason told."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

import efficacy_analytics as ea
from efficacy_analytics.workflows.studies.declared_study import declared_study, study_names
from efficacy_analytics.workflows.studies.study import Study

SHORT = ("waiting_causes", "us_deadlines", "planning_periods")
"""Those of the ordinary run; the others read large logs."""
pytestmark = pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn


@cache
def study(name: str, data: Path | None) -> Study:
    """A study, whose logs are made once."""
    return ea.study(name, data=data, language="en")


@cache
def figures(name: str, data: Path | None) -> pl.DataFrame:
    """The figures of a study, computed once."""
    return study(name, data).figures().frame


STUDIES = [pytest.param(name, marks=() if name in SHORT else pytest.mark.deep) for name in study_names()]


@pytest.mark.parametrize("name", STUDIES)
def test_a_published_figure_is_ours_or_the_reason_is_told(name: str, request: pytest.FixtureRequest) -> None:
    data = None if name == "waiting_causes" else request.getfixturevalue("open_data")
    table = figures(name, data)
    differing = table.filter(~pl.col("is_equal"))
    assert differing.filter(pl.col("why") == "")["figure"].to_list() == []
    assert differing.height <= table.height / 7
    assert ((table["difference"] == "0") == table["is_equal"]).all()


DRAWN = declared_study("waiting_causes")
CAUSES = ("batching", "prioritisation", "contention", "unavailability", "extraneous")


@pytest.mark.parametrize("log", DRAWN.logs)
def test_every_wait_of_a_drawn_log_is_divided_to_the_second_and_nobody_waits_elsewhere(log: str) -> None:
    """What a table of the authors does not name is nothing; where a reason is told, only the whole wait is theirs."""
    published: dict[str, dict[str, float]] = {}
    told_otherwise: set[str] = set()
    for figure in DRAWN.figures:
        if figure.log == log and figure.column is not None:
            for pair, minutes in figure.published.items():
                published.setdefault(figure.column.column, {})[pair] = 60 * float(minutes)
                told_otherwise |= {pair} if figure.reason_of(pair) else set()
    waits = study("waiting_causes", None).log(log).waiting_causes().frame.filter(pl.col("waiting_seconds") > 0)
    pairs = waits.select(pl.concat_str("activity", "resource", "next_activity", "next_resource", separator=" "))
    found = dict(zip(pairs.to_series(), waits.iter_rows(named=True), strict=True))
    assert {pair: row["waiting_seconds"] for pair, row in found.items()} == published["waiting_seconds"]
    for pair in found.keys() - told_otherwise:
        causes = {name: found[pair][f"{name}_seconds"] for name in CAUSES}
        assert causes == {name: published.get(f"{name}_seconds", {}).get(pair, 0) for name in CAUSES}, pair


@pytest.mark.deep
def test_at_least_forty_published_figures_are_laid_beside_ours_and_thirty_five_are_equal(open_data: Path) -> None:
    tables = [figures(name, None if name == "waiting_causes" else open_data) for name in study_names()]
    without_drawn = [table for name, table in zip(study_names(), tables, strict=True) if name != "waiting_causes"]
    assert sum(table.height for table in without_drawn) >= 40
    assert sum(table["is_equal"].sum() for table in without_drawn) >= 35


def test_a_reason_is_told_only_where_the_figures_differ(open_data: Path) -> None:
    table = figures("planning_periods", open_data)
    assert table.filter(pl.col("why") != "")["is_equal"].to_list() == [False]
