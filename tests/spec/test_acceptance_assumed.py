"""From when the clock runs where no acceptance is recorded, and to which period a case belongs."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.workflows.steps import kept_notices

HEAD = 'time_zone = "Asia/Shanghai"\n[event]\ncase_id = "case"\ncompleted_at = "done"\n'
ASKED = "case_id, accepted_on, due_on, is_open, is_late, clock_flags"
APPLIED = (
    HEAD + '[case]\napplied_at = "applied"\n[constants]\nactivity = "request"\npromised_limit = "20 working_days"\n'
)
# From Monday 2024-03-04 the twentieth working day is Monday 2024-04-01.
TWO_STAMPS = "case,applied,done\nA,2024-03-04,2024-04-01\nB,2024-03-04,2024-04-02\nC,2024-03-04,2024-03-05\n"


def take_in(folder: Path, layout: str, text: str, *, form: str = "csv") -> None:
    """Takes one file into the lake."""
    (folder / "layout.toml").write_text(f'format = "{form}"\n{layout}')
    file = folder / f"log.{form}"
    if form == "parquet":
        pl.read_csv(text.encode(), infer_schema=False).write_parquet(file)
    else:
        file.write_text(text)
    ingest(folder / "lake", [file], str(folder / "layout.toml"))


def cases(folder: Path, layout: str, text: str, *, form: str = "csv", as_on: str = "2024-05-31") -> dict[str, dict]:
    """The cases of one file, by their id."""
    take_in(folder, layout, text, form=form)
    publish(folder / "lake", as_on=dt.date.fromisoformat(as_on))
    with open_log(folder / "lake") as log:
        return {row["case_id"]: row for row in log.connection.sql(f"select {ASKED} from cases").pl().to_dicts()}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_with_application_and_completion_alone_the_late_are_those_of_a_plain_reading(tmp_path: Path, form: str) -> None:
    found = cases(tmp_path, APPLIED, TWO_STAMPS, form=form)
    assert {case: row["is_late"] for case, row in found.items()} == {"A": False, "B": True, "C": False}
    assert found["B"]["clock_flags"] == ["accepted_by_application"]
    assert str(found["A"]["accepted_on"]) == "2024-03-04"


def test_without_application_the_clock_starts_with_the_first_start_or_step(tmp_path: Path) -> None:
    layout = HEAD.replace("[event]\n", '[event]\nactivity = "step"\nstarted_at = "begun"\n')
    found = cases(tmp_path, layout + '[constants]\npromised_limit = "20 working_days"\n', """case,step,begun,done
A,receive,2024-03-04,2024-03-05
A,decide,2024-03-06,2024-04-02
B,receive,,2024-03-04
B,decide,,2024-04-01
""")  # fmt: skip
    assert {case: row["is_late"] for case, row in found.items()} == {"A": True, "B": False}
    assert found["A"]["clock_flags"] == ["accepted_by_first_step"]


def test_a_case_of_which_only_the_completion_is_known_is_not_judged(tmp_path: Path) -> None:
    layout = HEAD + '[constants]\nactivity = "request"\npromised_limit = "20 working_days"\n'
    found = cases(tmp_path, layout, "case,done\nA,2024-03-04\n")
    assert found["A"]["is_late"] is None
    assert found["A"]["clock_flags"] == ["not_accepted"]


def test_every_case_without_acceptance_and_application_is_counted_once_in_what_is_assumed(tmp_path: Path) -> None:
    layout = HEAD.replace("[event]\n", '[event]\nactivity = "step"\n') + '[case]\ndue_on = "due"\n'
    cases(tmp_path, layout, """case,step,done,due
A,receive,2024-03-04,2024-03-08
A,decide,2024-03-05,2024-03-08
B,decide,2024-03-04,2024-03-08
C,decide,2024-03-11,2024-03-08
""")  # fmt: skip
    told = {notice["code"]: notice["count"] for notice in kept_notices(tmp_path / "lake")}
    assert (told["accepted_by_first_step"], told["acceptance_unknown"]) == (1, 2)


def test_where_others_are_accepted_an_application_without_acceptance_is_for_article_32(tmp_path: Path) -> None:
    layout = APPLIED.replace('applied_at = "applied"\n', 'applied_at = "applied"\naccepted_at = "taken"\n')
    rows = "case,applied,taken,done\nA,2024-03-04,2024-03-06,2024-04-02\nB,2024-03-04,,2024-04-02\n"
    found = cases(tmp_path, layout, rows)
    assert (found["A"]["is_late"], found["A"]["clock_flags"]) == (False, [])
    assert (found["B"]["is_late"], found["B"]["clock_flags"]) == (True, ["deemed_accepted"])


def test_an_open_case_belongs_to_the_period_of_its_acceptance_whatever_column_says_it(tmp_path: Path) -> None:
    columns = ("accepted_at", "applied_at", "started_at")
    for column in columns:
        of_case = f'[case]\n{column} = "begun"\n' if column != "started_at" else ""
        layout = HEAD + f'started_at = "begun"\n{of_case}[constants]\nactivity = "request"\n'
        lines = f"{column},2024-03-04 09:00,\nB {column},2024-04-04 09:00,2024-04-05 09:00\n"
        take_in(tmp_path, layout, f"case,begun,done\n{lines}")
    publish(tmp_path / "lake", as_on=dt.date(2024, 5, 31))
    with open_log(tmp_path / "lake", Cohort(dt.date(2024, 3, 1), dt.date(2024, 4, 1))) as log:
        found = log.connection.sql("select case_id, is_open from cohort_cases order by case_id").fetchall()
    assert found == [(column, True) for column in columns]
