"""What others published, computed anew: every figure equal to the printed digits, or different for a reason told."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

import efficacy_analytics as ea
from efficacy_analytics.workflows.studies.declared_study import study_names

SHORT = ("waiting_causes", "us_deadlines", "planning_periods")
"""Those of the ordinary run; the others read large logs."""
pytestmark = pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn


@cache
def figures(name: str, data: Path | None, language: str) -> pl.DataFrame:
    """The figures of a study, computed once a language."""
    return ea.study(name, data=data, language=language).figures().frame  # type: ignore[arg-type]


STUDIES = [pytest.param(name, marks=() if name in SHORT else pytest.mark.deep) for name in study_names()]


@pytest.mark.parametrize("name", STUDIES)
def test_a_published_figure_is_ours_or_the_reason_is_told(name: str, request: pytest.FixtureRequest) -> None:
    data = None if name == "waiting_causes" else request.getfixturevalue("open_data")
    table = figures(name, data, "en")
    differing = table.filter(~pl.col("is_equal"))
    assert differing.filter(pl.col("why") == "")["figure"].to_list() == []
    assert differing.height <= table.height / 7
    assert ((table["difference"] == "0") == table["is_equal"]).all()


@pytest.mark.deep
def test_at_least_forty_published_figures_are_laid_beside_ours_and_thirty_five_are_equal(open_data: Path) -> None:
    tables = [figures(name, None if name == "waiting_causes" else open_data, "en") for name in study_names()]
    without_drawn = [table for name, table in zip(study_names(), tables, strict=True) if name != "waiting_causes"]
    assert sum(table.height for table in without_drawn) >= 40
    assert sum(table["is_equal"].sum() for table in without_drawn) >= 35


def test_a_reason_is_told_only_where_the_figures_differ(open_data: Path) -> None:
    table = figures("planning_periods", open_data, "en")
    assert table.filter(pl.col("why") != "")["is_equal"].to_list() == [False]
