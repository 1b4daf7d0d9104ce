"""What it means that a case keeps to its item's procedure."""

import itertools
from pathlib import Path

import polars as pl
import pytest
from support.drawn import log_of

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.conformance import conformance as module
from efficacy_analytics.mining.conformance.conformance import (
    alignments,
    conformance,
    conformance_cases,
    conformance_summary,
)
from efficacy_analytics.mining.declared import Procedure, assigned_procedures, procedure_tree, procedures

STEPS = procedure_tree(
    [(1, "apply", False, False), (2, "check", False, True), (2, "visit", True, False), (3, "decide", False, False)]
)


def aligned(*sequences: str, **options) -> list[dict]:
    frame = pl.DataFrame({"activities": [one.split() for one in sequences], "case_count": [1] * len(sequences)})
    return alignments(frame, STEPS, **options).to_dicts()


@pytest.mark.parametrize(
    "sequence",
    [
        pytest.param("apply check decide", id="an optional step may be left out"),
        pytest.param("apply visit check decide", id="steps of one number stand in any order"),
        pytest.param("apply check visit check check decide", id="a step that may repeat repeats"),
    ],
)
def test_a_case_that_keeps_to_the_steps_fits(sequence: str) -> None:
    assert aligned(sequence)[0]["fitness"] == 1.0


@pytest.mark.parametrize(
    ("sequence", "skipped", "added", "fitness"),
    [
        # fitness = 1 - deviations / (steps of the case + 3 steps of the shortest way through)
        ("apply decide", ["check"], [], 1 - 1 / 5),
        ("apply check decide decide", [], ["decide"], 1 - 1 / 7),
        ("apply visit visit check decide", [], ["visit"], 1 - 1 / 8),
        ("check apply decide", ["check"], ["check"], 1 - 2 / 6),
        ("file", ["apply", "check", "decide"], ["file"], 0.0),
    ],
)
def test_what_is_left_out_and_what_is_added_is_named(sequence, skipped, added, fitness) -> None:
    (row,) = aligned(sequence)
    assert (row["skipped"], row["added"]) == (skipped, added)
    assert row["fitness"] == pytest.approx(fitness)


def test_when_the_time_is_up_the_rest_is_not_covered() -> None:
    ticks = itertools.count()
    frame = pl.DataFrame({"activities": [["apply"], ["decide"], ["check"]], "case_count": [1, 7, 2]})
    result = alignments(frame, STEPS, seconds=2, clock=lambda: next(ticks))
    assert result["is_covered"].to_list() == [False, True, False]  # the variant of most cases comes first
    fitness = module.log_fitness(result).row(0, named=True)
    assert (fitness["covered_case_count"], fitness["covered_share"], fitness["is_partial"]) == (7, 0.7, True)


def test_alignments_without_time_are_refused() -> None:
    with pytest.raises(CallError, match="above 0"):
        aligned("apply", seconds=0)


def test_the_procedure_of_the_item_goes_before_that_of_the_department_before_that_of_the_kind() -> None:
    declared = [
        Procedure("all"),
        Procedure("by item", item="deed"),
        Procedure("by department", department="housing"),
        Procedure("by kind", kind="promised"),
    ]
    cases = pl.DataFrame(
        [("deed", "housing", "joint"), ("sale", "housing", "promised"), ("sale", "water", "promised"), (None,) * 3],
        schema=["item", "department", "kind"],
        orient="row",
    )
    assert assigned_procedures(cases, declared)["procedure"].to_list() == ["by item", "by department", "by kind", "all"]
    assert assigned_procedures(cases, [])["procedure"].to_list() == [None] * 4
    same = [Procedure("b"), Procedure("a"), Procedure("ab")]
    assert set(assigned_procedures(cases, same)["procedure"]) == {"a"}


HEAD = "procedure,kind,item,department,step_number,activity,is_optional,may_repeat,bpmn_file\n"


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A folder that declares one procedure: apply, then decide."""
    rows = "usual,,,,1,apply,false,false,\nusual,,,,2,decide,false,false,\n"
    (tmp_path / "procedures.csv").write_text(HEAD + rows, encoding="utf-8")
    return tmp_path


def four_cases(reference: Path) -> DuckdbEngine:
    """Four cases: one fits, one lacks its decision, one is open, one withdrawn."""
    rows = [("A", "apply"), ("A", "decide"), ("B", "apply"), ("C", "apply"), ("D", "apply")]
    drawn = (
        {"case": case, "activity": activity, "completed": f"2024-04-0{place + 1}T10:00"}
        for place, (case, activity) in enumerate(rows)
    )
    engine = log_of(drawn, reference=reference)
    engine.connection.execute(
        "create or replace temp view cohort_cases as select *, null::varchar as kind,"
        " case_id = 'D' as is_withdrawn, case_id = 'C' as is_open from cases"
    )
    return engine


@pytest.fixture
def log(reference: Path) -> DuckdbEngine:
    return four_cases(reference)


def test_open_and_withdrawn_cases_are_counted_but_not_judged(log) -> None:
    (row,) = conformance_summary(log).to_dicts()
    assert row["procedure"] == "usual"
    counts = ("case_count", "open_count", "withdrawn_count", "judged_count", "fitting_case_count")
    assert [row[name] for name in counts] == [4, 1, 1, 2, 1]
    assert row["fitness_mean"] == pytest.approx((1 + 2 / 3) / 2)  # B: one step of 1 + 2 is missing


def test_each_ended_case_is_listed_with_what_it_lacks(log) -> None:
    rows = conformance_cases(log).select("case_id", "skipped", "added").rows()
    assert rows == [("A", [], []), ("B", ["decide"], [])]
    assert conformance(log)["case_count"].to_list() == [1, 1]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("a,,deed,,1,apply,,,\na,,sale,,2,decide,,,\n", "several cases"),
        ("a,,,,1,apply,,,a.bpmn\na,,,,2,decide,,,\n", "beside a BPMN file"),
        ("a,,,,,apply,,,\n", "lacks its number"),
    ],
)
def test_a_procedure_that_contradicts_itself_is_not_published(reference: Path, rows: str, problem: str) -> None:
    (reference / "procedures.csv").write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(CallError, match=problem):
        four_cases(reference)


def test_a_procedure_is_the_one_declared_when_the_snapshot_was_made(log, reference: Path) -> None:
    before = procedures(log)
    with (reference / "procedures.csv").open("a", encoding="utf-8") as file:
        file.write("usual,,,,3,hand over,false,false,\n")
    assert procedures(log) == before


@pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn
def test_a_bpmn_file_is_a_procedure_and_one_that_is_none_is_refused(reference: Path) -> None:
    from efficacy_analytics.mining.models.bpmn import bpmn_file

    (reference / "procedures.csv").write_text(HEAD + "drawn,,,,,,,,a.bpmn\n", encoding="utf-8")
    with pytest.raises(CallError, match="no BPMN file"):
        four_cases(reference)
    folder = reference / "procedures"
    folder.mkdir()
    (folder / "a.bpmn").write_text("<nothing/>", encoding="utf-8")
    with pytest.raises(CallError, match=r"a\.bpmn cannot be read as BPMN"):
        conformance(four_cases(reference))
    bpmn_file(STEPS, folder / "a.bpmn")
    assert conformance_cases(four_cases(reference))["skipped"].to_list() == [["check"], ["check", "decide"]]
