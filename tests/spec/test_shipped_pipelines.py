"""The pipelines as they are shipped, on a small city: a briefing, its revision, and the plan of a quarter."""

import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.workflows.operation.catalogue import RunRecord
from efficacy_analytics.workflows.operation.execution import Asked, execute
from efficacy_analytics.workflows.operation.history import documents_table
from efficacy_analytics.workflows.operation.loading import pipeline_named
from efficacy_analytics.workflows.operation.periods import period_named
from efficacy_analytics.workflows.operation.schedule_file import schedule_of

TABLES = ("cases", "steps", "clock_stops")
SCHEDULE = 'languages = ["en"]\n[inbox]\nsettle_seconds = 0\n'


def run(lake: Path, name: str, period: str, *, revise: bool = False) -> RunRecord:
    pipeline = pipeline_named(name)
    asked = Asked(dt.date(2025, 8, 2), is_revision=revise, on_stderr="")
    return execute(pipeline, lake, period_named(pipeline.unit, period), schedule_of(lake), asked)


def without_a_case_of_february(export: Path, folder: Path) -> Path:
    """The export as it would be if one case of February came late."""
    shutil.copytree(export, folder)
    february = pl.col("accepted_at").str.starts_with("2025-02")
    late = pl.read_csv(export / "cases.csv", infer_schema=False).filter(february)["case_id"][0]
    for name in TABLES:
        rows = pl.read_csv(export / f"{name}.csv", infer_schema=False)
        rows.filter(pl.col("case_id") != late).write_csv(folder / f"{name}.csv")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("revises", [False, pytest.param(True, marks=pytest.mark.deep)])
def test_a_briefing_is_made_revised_and_verified_and_a_quarter_is_planned(tmp_path: Path, revises: bool) -> None:
    lake, inbox = tmp_path / "lake", tmp_path / "lake" / "inbox" / "city"
    inbox.mkdir(parents=True)
    (lake / "schedule.toml").write_text(SCHEDULE)
    make_city(tmp_path / "export", cases=200, seed=7, items_per_department=2)
    without_a_case_of_february(tmp_path / "export", inbox / "2025-08-01")
    assert [step["step"] for step in run(lake, "monthly_briefings", "2025-02").steps][-1] == "verify"
    shutil.copytree(tmp_path / "export", inbox / "2025-08-02")
    marks = run(lake, "nightly", "2025-08-02").out_of_date
    assert [(mark["period"], mark["cases"]) for mark in marks] == [("2025-02", 1)]
    if revises:
        run(lake, "monthly_briefings", "2025-02", revise=True)
    run(lake, "quarterly_limits", "2025Q1")
    documents = documents_table(lake)
    assert documents.select("period", "revision", "validity").rows() == [
        *([("2025-02", 0, "revised"), ("2025-02", 1, "valid")] if revises else [("2025-02", 0, "valid")]),
        ("2025Q1", 0, "valid"),
    ]
    pages = [(lake / file).read_text(encoding="utf-8") for file in documents["file"]]
    assert ["2025, no. 1, revision 1" in page for page in pages] == [False, *([True] if revises else []), False]
