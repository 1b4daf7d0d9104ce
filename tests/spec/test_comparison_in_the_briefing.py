"""The section on like work says what its tables hold: who is above, whether the last three can be told, and why."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.blocks import Chart, Table, sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.department_page.standing import department_row, judged_sentences
from efficacy_analytics.documents.tables.meanings import MEANINGS
from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.findings.schemes.tables import scheme_scores
from efficacy_analytics.vocabulary import Language

NUMBERS = ("late_share_low", "late_share_high", "dispersion")
COUNTS = ("own_item_count", "not_yet_due_count", "without_limit_count", "apart_count")


def department(
    code: str, late_count: int, expected: float, ranks: tuple[int, int] | None, **more: Any
) -> dict[str, Any]:
    """A row of `department_comparison`: 100 cases due, exact limits half and twice what was expected."""
    ratio = late_count / expected
    limits = {"exact_low": 0.5, "exact_high": 2.0, "exact_low_far": 0.3, "exact_high_far": 3.0}
    sides = ("", "_far")
    return {
        "department": code, "due_count": 100, "late_count": late_count, "late_share": late_count / 100,
        "expected_late_count": expected, "late_ratio": ratio, "adjusted_late_share": ratio * 0.1,
        "exact_band": "far_above" if ratio > 2 else "below" if ratio < 0.5 else "within", "overdispersed_band": None,
        **limits, **{f"overdispersed_{side}{far}": None for side in ("low", "high") for far in sides},
        "best_rank": ranks and ranks[0], "worst_rank": ranks and ranks[1],
        "may_be_last_three": None if ranks is None else ranks[1] >= 6, "is_last_three": False,
        "not_ranked_because": None if ranks else "few_cases", **dict.fromkeys(NUMBERS, 0.1), **dict.fromkeys(COUNTS, 0),
    }  # fmt: skip


ROWS = [
    department("D01", 30, 10.0, (5, 8)),
    department("D02", 12, 10.0, (2, 8)),
    department("D03", 10, 10.0, (1, 7)),
    department("D04", 9, 10.0, (1, 7)),
    department("D05", 2, 10.0, (1, 5)),
    department("D08", 0, 0.4, None),
]
REVERSALS = [("D02", "D04", 0.12, 0.09, 0.8, 0.9, "limit_class", "5 working_days", 0.05)]


def checks_of(*to_explain: str) -> pl.DataFrame:
    """The honesty checks, of which these departments alone have two to explain."""
    named = pl.col("department").is_in(to_explain) & pl.col("code").is_in(["H13", "H16"])
    verdict = pl.when(named).then(pl.lit("stands_out")).otherwise(pl.lit("not_unusual"))
    return invented_tables()["honesty_checks"].with_columns(verdict=verdict)


def run_of(
    folder: Path, rows: list[dict[str, Any]], reversals: list[Any] = REVERSALS, to_explain: tuple[str, ...] = ()
) -> Run:
    reversal_names = (
        "department", "other_department", "late_share", "other_late_share", "late_ratio", "other_late_ratio",
        "turned_by", "turned_by_value", "turned_by_points",
    )  # fmt: skip
    kinds = dict.fromkeys(("overdispersed_low", "overdispersed_high"), pl.Float64) | {"overdispersed_band": pl.String}
    texts = dict.fromkeys(("department", "other_department", "turned_by", "turned_by_value"), pl.String)
    numbers = {name: pl.Float64 for name in reversal_names if name not in texts}
    schema = {name: (texts | numbers)[name] for name in reversal_names}
    tables = invented_tables() | {
        "honesty_checks": checks_of(*to_explain),
        "department_comparison": pl.DataFrame(rows, schema_overrides=kinds),
        "comparison_reversals": pl.DataFrame(reversals, schema=schema, orient="row"),
    }
    return invented_run(folder, tables)


def told(run: Run, language: Language) -> list[str]:
    return sentences(SECTIONS["comparison"].blocks(run, language))


# D01 has 30 late of 10 expected, three times as many; D01 to D04 may be among the last three (worst rank 6 or more).
def test_what_the_tables_hold_is_said_in_english(tmp_path: Path) -> None:
    assert told(run_of(tmp_path, ROWS), "en") == [
        "For their work, Housing and Construction had more late cases than chance explains; departments are too few to "
        "tell how much they usually differ.",
        "The last three cannot be told: 4 departments may be among them, and a raw order would name some of them by "
        "chance.",
        "1 department has too few cases, or too few late ones: it is shown and not ranked.",
        "Market Regulation has a higher late share (12.0%) than Ecology and Environment (9.0%), and yet does not do "
        "worse on like work: the difference comes mainly from the limit of 5 working days.",
    ]


def test_what_the_tables_hold_is_said_in_chinese(tmp_path: Path) -> None:
    assert told(run_of(tmp_path, ROWS), "zh") == [
        "与同类办件相比，住房和城乡建设局的逾期多于预期，超出偶然；部门太少，无法计入部门间通常差异。",
        "后三名无法认定：有 4 个部门都可能在其中；按原始按时率排出的后三名不能成立。",
        "1 个部门办件或逾期太少，列出而不参加排名。",
        "市场监督管理局的逾期率（12.0%）高于生态环境局（9.0%），但按同类办件比较并不更差："
        "差别主要来自 5 个工作日的时限。",
    ]


def test_what_is_within_usual_differences_is_not_said_to_be_chance(tmp_path: Path) -> None:
    rows = [row | {"overdispersed_band": "within"} for row in ROWS]  # D01 is beyond the exact limits alone
    said = sentences(SECTIONS["main_points"].blocks(run_of(tmp_path, rows), "en"))
    (apart,) = [text for text in said if text.startswith("No department's late cases")]
    assert "by more than departments usually differ" in apart
    assert apart.endswith("Departments with more of them than chance alone explains: 1.")


def test_no_sentence_tells_that_no_department_is_above_chance(tmp_path: Path) -> None:
    rows = [row | {"overdispersed_band": "within", "exact_band": "within"} for row in ROWS]
    said = sentences(SECTIONS["main_points"].blocks(run_of(tmp_path, rows), "en"))
    (apart,) = [text for text in said if text.startswith("No department's late cases")]
    assert apart.endswith("none is named.")


def test_the_last_three_are_named_only_where_they_are_exactly_three(tmp_path: Path) -> None:
    rows = [{**row, "is_last_three": row["department"] in ("D01", "D02", "D03")} for row in ROWS]
    said = told(run_of(tmp_path, rows), "en")
    assert (
        "The last three, in no order, can be told: Housing and Construction, Market Regulation and Natural Resources."
        in said
    )
    assert not [text for text in said if "cannot be told" in text]


@pytest.mark.parametrize("turned", [("D08", "D04"), ("D02", "D08")])
def test_an_order_with_a_department_of_too_few_cases_is_not_told(tmp_path: Path, turned: tuple[str, str]) -> None:
    run = run_of(tmp_path, ROWS, [(*turned, *REVERSALS[0][2:])])
    assert not [text for text in told(run, "en") if "like work: the difference" in text]


def test_the_table_shows_every_department_with_something_to_expect_highest_ratio_first(tmp_path: Path) -> None:
    blocks = list(SECTIONS["comparison"].blocks(run_of(tmp_path, ROWS), "en"))
    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows][:2] == ["Housing and Construction", "Market Regulation"]
    assert [row[-2] for row in table.rows] == ["5–8", "2–8", "1–7", "1–7", "1–5", "–"]
    assert len([block for block in blocks if isinstance(block, Chart)]) == 1  # the ranges stand in the table


def test_with_one_department_or_in_the_public_edition_nothing_is_compared(tmp_path: Path) -> None:
    assert told(run_of(tmp_path / "one", ROWS[:1], []), "en") == [
        "One department alone has cases that can be compared: there is nothing to compare it with."
    ]
    assert told(invented_run(tmp_path / "none"), "en") == [
        "Departments are compared on like work in the internal edition only."
    ]


def test_departments_with_too_few_cases_are_neither_named_nor_cleared(tmp_path: Path) -> None:
    """Five times as many late cases as expected, of thirteen cases due: shown, not judged; nor is anybody cleared."""
    few = [department(code, late, 1.0, None) for code, late in (("D01", 5), ("D02", 0), ("D03", 1))]
    assert told(run_of(tmp_path, few, []), "en") == [
        "All 3 departments have too few cases, or too few late ones: they are shown, and neither judged nor ranked."
    ]
    assert told(run_of(tmp_path / "two", few[:2], []), "en") == [
        "Both departments have too few cases, or too few late ones: they are shown, and neither judged nor ranked."
    ]


def test_one_department_of_enough_cases_beside_others_of_too_few_is_not_said_to_have_too_few(tmp_path: Path) -> None:
    rows = [department(code, late, 1.0, None) for code, late in (("D01", 5), ("D02", 0), ("D03", 1))]
    rows[0]["not_ranked_because"] = "alone"
    assert told(run_of(tmp_path, rows, []), "en") == [
        "Housing and Construction alone has cases enough to be judged; 2 other departments have too few cases, or too "
        "few late ones: all are shown, and none is judged or ranked."
    ]


@pytest.mark.parametrize(
    ("make", "option", "column"),
    [(department_comparison, "rank_confidence", "ranks_on_like_work"), (scheme_scores, "confidence", "ranks_by_score")],
)
def test_the_confidence_that_is_said_of_ranks_is_the_one_they_are_made_with(
    make: Callable[..., Any], option: str, column: str
) -> None:
    said = f"{inspect.signature(make).parameters[option].default:.0%}"
    assert [said in words for words in MEANINGS[column].values()] == [True, True]


@pytest.mark.parametrize(
    ("band", "words"), [(None, "than chance explains"), ("far_above", "departments usually differ")]
)
def test_a_departments_page_speaks_of_usual_differences_only_where_they_are_known(
    tmp_path: Path, band: str | None, words: str
) -> None:
    """Fewer than ten departments do not tell how much they usually differ; items of one alone are counted."""
    of_its_own = {**ROWS[0], "overdispersed_band": band, "own_item_count": 7}
    run = run_of(tmp_path, [of_its_own, *ROWS[1:]])
    [like_work] = list(judged_sentences(run, department_row(run, "D01", "en"), "en"))[1:]
    assert words in like_work
    assert "(7 of them are of items that no other department handles" in like_work


def test_all_who_need_to_act_are_named_among_the_main_points(tmp_path: Path) -> None:
    """Once only the one with the highest ratio was."""
    rows = [*ROWS, department("D06", 26, 10.0, (6, 8))]
    said = " ".join(sentences(SECTIONS["main_points"].blocks(run_of(tmp_path, rows), "en")))
    assert "needs to act: 30 late cases" in said
    assert "needs to act too." in said


def test_of_three_ranked_departments_no_last_three_are_spoken_of(tmp_path: Path) -> None:
    rows = [{**row, "may_be_last_three": None} for row in ROWS[:3]]
    assert not [text for text in told(run_of(tmp_path, rows, []), "en") if "last three" in text]


def test_a_department_outside_the_inner_limits_alone_is_not_named(tmp_path: Path) -> None:
    """Of twenty departments one lies outside 95 % by chance; only 99.8 % is told."""
    rows = [{**row, "exact_band": "above" if row["department"] == "D01" else row["exact_band"]} for row in ROWS]
    assert (
        told(run_of(tmp_path, rows), "en")[0]
        == "For their work, no department had more late cases than chance explains."
    )


def test_findings_on_the_records_stand_beside_a_department_and_are_said(tmp_path: Path) -> None:
    run = run_of(tmp_path, ROWS, to_explain=("D03", "D05"))
    shown = list(SECTIONS["comparison"].blocks(run, "en"))
    (table,) = (block for block in shown if isinstance(block, Table))
    assert {row[0]: row[-1] for row in table.rows if row[-1] != "0"} == {
        "Natural Resources": "2", "Transport": "2"
    }  # fmt: skip
    (said,) = (text for text in sentences(shown) if "explained first" in text)
    assert said.startswith("The records of 2 of them")
    assert all(name in said for name in ("Natural Resources", "Transport"))


def test_who_is_not_ranked_stands_below_the_others_and_without_a_ratio_to_next_to_nothing(tmp_path: Path) -> None:
    rows = [*ROWS, department("D09", 4, 0.02, None), department("D10", 9, 1.5, None)]
    (table,) = (
        block for block in SECTIONS["comparison"].blocks(run_of(tmp_path, rows), "en") if isinstance(block, Table)
    )
    assert [row[-2] for row in table.rows] == ["5–8", "2–8", "1–7", "1–7", "1–5", "–", "–", "–"]
    assert [row[4] for row in table.rows][-3:] == ["6.00", "–", "–"]


def test_no_funnel_is_drawn_where_nobody_is_judged(tmp_path: Path) -> None:
    few = [department(code, late, 1.0, None) for code, late in (("D01", 5), ("D02", 0), ("D03", 1))]
    assert not [one for one in SECTIONS["comparison"].blocks(run_of(tmp_path, few, []), "en") if isinstance(one, Chart)]


def test_cases_without_a_department_are_called_so(tmp_path: Path) -> None:
    nobody = {**department("", 5, 4.0, None), "department": None, "not_ranked_because": "no_department"}
    (table,) = (
        block
        for block in SECTIONS["comparison"].blocks(run_of(tmp_path, [*ROWS, nobody]), "en")
        if isinstance(block, Table)
    )
    assert "Department not stated" in {row[0] for row in table.rows}
