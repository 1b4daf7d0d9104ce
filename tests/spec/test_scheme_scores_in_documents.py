"""What documents print of scheme scores: those of their own period, figures whole, no rank where none can be."""

import datetime as dt
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.drawn_cases import logged
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables
from support.samples import sample
from support.schemes import COUNTY, FIRST_HALF, SECOND_HALF, county_cases, entered

from efficacy_analytics.documents.blocks import Table, sentences
from efficacy_analytics.documents.briefing.evidence import tables_shown
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.briefing.sections.scheme_scores import scheme_pieces
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.kinds import KINDS, document_content
from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.findings.schemes.tables import scheme_parts, scheme_scores, scheme_words
from efficacy_analytics.vocabulary import LANGUAGES, Language

HALF = {"accepted_from": "2025-01-01", "accepted_until": "2025-07-01"}
YEAR = {"accepted_from": "2025-01-01", "accepted_until": "2026-01-01"}
QUARTER = {"accepted_from": "2025-07-01", "accepted_until": "2025-10-01"}
BOTH_HALVES = "\n".join([*FIRST_HALF, *SECOND_HALF])


def run_of(
    folder: Path, drawing: str, cohort: dict[str, Any], scheme: str = "township_image",
    changes: dict[str, str] | None = None,
) -> Run:  # fmt: skip
    """A run of a period, of a lake with these scores entered."""
    log = logged([], [], reference=entered(folder, scheme, drawing, changes))
    tables = invented_tables() | {"scheme_scores": scheme_scores(log), "scheme_words": scheme_words(log)}
    return invented_run(folder / "lake", tables, **cohort)


def said(pieces: list[Piece]) -> list[str]:
    return [text for piece in pieces for text in sentences(piece.blocks)]


def table(pieces: list[Piece]) -> Table:
    (found,) = (block for piece in pieces for block in piece.blocks if isinstance(block, Table))
    return found


def test_a_document_prints_the_scores_the_places_and_that_ranks_may_be_chance(tmp_path: Path) -> None:
    pieces = scheme_pieces(run_of(tmp_path, "\n".join(FIRST_HALF), HALF), "en")
    told = said(pieces)
    assert "units scored in 2025H1: 5; highest 96.8 points, lowest 60.2." in told[0]
    assert told[1].startswith("Some parts were entered as scores without numbers")
    assert any(text.endswith(": T05 and T03.") for text in told)  # the last three, of those below 80
    assert told[-1] == "By “Image of township offices”, not scored in 2025H1 because a part is missing: T06."
    assert [row[:3] for row in table(pieces).rows] == [
        ["T02", "96.8", "1"], ["T01", "84.2", "2"], ["T04", "84.2", "2"], ["T05", "76", "4"], ["T03", "60.2", "5"]
    ]  # fmt: skip
    assert scheme_pieces(invented_run(tmp_path / "none"), "zh") == []


def test_the_scores_printed_are_those_of_the_last_period_within_the_document_s(tmp_path: Path) -> None:
    """2025H1, 2025H2 and 2026H1 are scored; a notice on the first half prints none of what came later."""
    for cohort, period in ((HALF, "2025H1"), (YEAR, "2025H2"), (YEAR | {"accepted_until": None}, "2026H1")):
        pieces = scheme_pieces(run_of(tmp_path / period, BOTH_HALVES, cohort), "zh")
        assert table(pieces).caption == f"乡镇形象测评，{period}"
        assert all(other not in " ".join(said(pieces)) for other in {"2025H1", "2025H2", "2026H1"} - {period})


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "没有一个考核期整个落在本期之内，不刊得分；已有的考核期：2025H1、2025H2、2026H1。"),
        ("en", "so that no scores are printed; there are: 2025H1, 2025H2 and 2026H1."),
    ],
)  # fmt: skip
def test_a_notice_on_a_period_that_holds_none_of_a_scheme_says_so(
    tmp_path: Path, language: Language, told: str
) -> None:
    (piece,) = scheme_pieces(run_of(tmp_path, BOTH_HALVES, QUARTER), language)
    (text,) = said([piece])
    assert text.endswith(told)
    assert not [block for block in piece.blocks if isinstance(block, Table)]


def test_one_unit_alone_is_given_no_rank_and_no_place(tmp_path: Path) -> None:
    run = run_of(tmp_path, FIRST_HALF[2], HALF)  # T03 with 60.2 points: of the last three, if there were three
    row = run.table("scheme_scores").row(0, named=True)
    assert (row["ranking"], row["rank"], row["places"], row["grade"]) == ("alone", None, "", "worst")
    for language in LANGUAGES:
        pieces = scheme_pieces(run, language)
        assert len(table(pieces).columns) == 3  # the unit, its points, its grade
        assert len(said(pieces)) == 3  # the points, that it is alone, and to be put right by a date: below 80
    assert said(scheme_pieces(run, "en"))[1] == "One unit alone has a score: there are no ranks."


@pytest.mark.parametrize(
    ("daily", "printed"),
    [("4665.275", "1,000.255"), ("6172501.5", "1,234,567.5"), ("84", "84"), ("84.0005", "84.0001")],
)
def test_points_are_printed_whole_with_thousands_set_apart(tmp_path: Path, daily: str, printed: str) -> None:
    """49.2 + 18 + 20 x daily / 100; of four digits."""
    drawing = FIRST_HALF[0].replace("daily 85", f"daily {daily}")
    run = run_of(tmp_path, drawing, HALF, changes={"digits = 2": "digits = 4"})
    pieces = scheme_pieces(run, "en")
    assert table(pieces).rows[0][1] == printed
    assert f"highest {printed} points, lowest {printed}." in said(pieces)[0]


@pytest.mark.parametrize(("language", "name"), [("zh", "北区（甲）局"), ("en", "Bureau (North) X")])
def test_a_name_with_brackets_is_printed_whole(tmp_path: Path, language: Language, name: str) -> None:
    changes = {'zh = "乡镇形象测评"': 'zh = "北区（甲）局"', '"Image of township offices"': '"Bureau (North) X"'}
    changes |= {'name = "satisfactory"': 'name = "the first three"'}
    pieces = scheme_pieces(run_of(tmp_path, "\n".join(FIRST_HALF), HALF, changes=changes), language)
    assert name in said(pieces)[0]
    assert table(pieces).caption.startswith(name)
    assert not [text for text in said(pieces) if text.startswith("the ")]


def cohort_scores(folder: Path, **asked: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The scores of the county's scheme, 60 by answers and 40 by the log, where some of the cases are asked for."""
    log = logged(county_cases(), [], reference=entered(folder, "county_departments", COUNTY))
    choose(log, Cohort(**asked))
    return {(row["department"], row["period"]): row for row in scheme_scores(log).iter_rows(named=True)}


@pytest.mark.parametrize(
    ("asked", "whole"),
    [
        ({"accepted_from": dt.date(2025, 1, 1), "accepted_until": dt.date(2026, 1, 1)}, {"2025H1", "2025H2"}),
        ({"accepted_from": dt.date(2025, 1, 2), "accepted_until": dt.date(2026, 1, 1)}, {"2025H2"}),
        ({"accepted_until": dt.date(2025, 12, 31)}, {"2025H1"}),
        ({"accepted_from": dt.date(2025, 3, 1), "accepted_until": dt.date(2025, 6, 1)}, set()),
        ({"where": "case_key % 2 = 0"}, set()),
    ],
)
def test_a_period_of_which_only_some_cases_are_chosen_is_not_scored(
    tmp_path: Path, asked: dict[str, Any], whole: set[str]
) -> None:
    found = cohort_scores(tmp_path, **asked)
    assert {period for (_, period), row in found.items() if row["score"] is not None} == whole
    reasons = {row["not_scored_because"] for (_, period), row in found.items() if period not in whole}
    assert reasons == {"cases_in_part"}
    assert {row["unit_count"] for (_, period), row in found.items() if period not in whole} == {0}


def test_of_one_department_s_cases_no_other_department_is_scored(tmp_path: Path) -> None:
    found = cohort_scores(tmp_path, department="K2")
    assert {department for (department, _), row in found.items() if row["score"] is not None} == {"K2"}
    assert found["K2", "2025H2"]["printed_score"] == 64.4
    assert (found["K1", "2025H2"]["not_scored_because"], found["K1", "2025H2"]["grade"]) == ("cases_in_part", None)


def test_a_scheme_that_asks_the_log_for_nothing_is_scored_whatever_is_chosen(tmp_path: Path) -> None:
    log = logged(county_cases(), [], reference=entered(tmp_path, "township_image", "\n".join(FIRST_HALF)))
    choose(log, Cohort(accepted_from=dt.date(2025, 3, 1)))
    assert scheme_scores(log).filter(pl.col("score").is_not_null()).height == 5


def test_an_indicator_of_some_of_the_cases_is_no_part_of_a_score(tmp_path: Path) -> None:
    log = logged(county_cases(), [], reference=entered(tmp_path, "county_departments", COUNTY))
    choose(log, Cohort(accepted_from=dt.date(2025, 9, 1)))
    parts = scheme_parts(log).filter(pl.col("part") == "on_time")
    assert parts.filter(pl.col("period") == "2025H2")["points"].is_null().all()
    assert parts.filter(pl.col("period") == "2026H1")["points"].is_not_null().all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_unit_is_not_scored_names_the_scheme_and_the_period(tmp_path: Path, language: Language) -> None:
    scores = cohort_scores(tmp_path, department="K2")
    kept = pl.DataFrame(list(scores.values()), infer_schema_length=None)
    log = logged([], [], reference=entered(tmp_path / "words", "county_departments", COUNTY))
    tables = invented_tables() | {"scheme_scores": kept, "scheme_words": scheme_words(log)}
    told = said(scheme_pieces(invented_run(tmp_path / "lake", tables, **HALF), language))[-1]
    name = {"zh": "县直部门", "en": "County departments"}[language]
    assert name in told
    assert "2025H1" in told
    assert told.endswith({"zh": "未计分：K1、K3。", "en": "only a part of theirs: K1 and K3."}[language])


@pytest.mark.parametrize(
    ("kind", "language"),
    sample(list(product(("briefing", "quarterly"), LANGUAGES)), [("briefing", "en"), ("quarterly", "zh")]),
)
def test_a_briefing_and_a_quarterly_report_have_the_scores_of_their_period(
    tmp_path: Path, kind: str, language: Language
) -> None:
    run = run_of(tmp_path, BOTH_HALVES, YEAR)
    if kind == "briefing":
        content = document_of(run, language=language).content()
    else:
        content = document_content(KINDS[kind], run, checked_document({"language": language}))
    (piece,) = (one for one in content.pieces if one.name == "schemes")
    assert table([piece]).caption.endswith("2025H2")
    assert "scheme_scores" in content.origin["manifest"]["tables"]


@pytest.mark.parametrize(
    "cohort", [QUARTER, YEAR | {"department": "T01"}, YEAR | {"item": "I01"}, YEAR | {"where": "channel = 'window'"}]
)
def test_a_briefing_without_a_period_of_a_scheme_has_no_such_section(tmp_path: Path, cohort: dict[str, Any]) -> None:
    document = document_of(run_of(tmp_path, BOTH_HALVES, cohort), language="en")
    assert "schemes" not in document.section_names
    assert document.section("schemes").html == ""
    assert not {"scheme_scores", "scheme_words"} & set(tables_shown(document.shown))


def test_scores_of_departments_are_told_to_nobody_outside(tmp_path: Path) -> None:
    assert "schemes" not in document_of(run_of(tmp_path, BOTH_HALVES, YEAR), edition="public").section_names
