"""The sections on days and on who decides say what their tables hold, and are no part where there are no figures."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.invented_like_work import days, share
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.blocks import Chart, Table, sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.briefing.sections.like_work import department_times, officers
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.vocabulary import LANGUAGES, Language

TIMES = "department_times"


def run_of(folder: Path, times: list[dict[str, Any]], shares: list[dict[str, Any]]) -> Run:
    frames = {TIMES: times, "officer_dispersion": shares}
    made = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()}
    return invented_run(folder, invented_tables() | made)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    times = [
        days("D01", 3.2),
        days("D01", None, "calendar_days"),
        days("D02", 0.4),
        days("D03", -2.0),
        days("D04", None),
    ]
    return run_of(tmp_path, times, [share("D01", 0.1), share("D02", 0.0), share("D03", None)])


def said(run: Run, name: str, language: Language) -> str:
    return " ".join(sentences(list(SECTIONS[name].blocks(run, language))))


def test_who_takes_longer_and_who_shorter_is_told_with_the_days(run: Run) -> None:
    told = said(run, TIMES, "en")
    assert "by more than chance: Housing and Construction (days: +3.2)." in told
    assert "by more than chance: Natural Resources (days: −2.0)." in told
    assert "1 department is not compared" in told  # D04; D01 is compared, in working days
    assert "住房和城乡建设局（+3.2 天）" in said(run, TIMES, "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unit_stands_in_the_table_only_where_there_are_several(
    run: Run, language: Language, tmp_path: Path
) -> None:
    blocks = list(SECTIONS[TIMES].blocks(run, language))
    assert any(isinstance(block, Chart) for block in blocks)
    one = next(block for block in blocks if isinstance(block, Table))
    both = run_of(tmp_path / "both", [days("D01", 3.2), days("D01", 2.2, "calendar_days")], [share("D01", 0.1)])
    several = next(block for block in SECTIONS[TIMES].blocks(both, language) if isinstance(block, Table))
    assert len(several.columns) == len(one.columns) + 1


def test_where_it_matters_who_decides_is_told_and_where_it_may_be_chance_is_not(run: Run) -> None:
    told = said(run, "officers", "en")
    assert told == (
        "Of 2 departments where it can be told, in 1 it matters by more than chance which officer decides like cases: "
        "Housing and Construction (30.0%)."
    )
    assert "住房和城乡建设局（30.0%）" in said(run, "officers", "zh")


def test_a_department_apart_by_itself_and_not_among_all_is_told_as_chance(tmp_path: Path) -> None:
    run = run_of(tmp_path, [days("D01", 3.2)], [share("D01", 0.01, is_beyond_chance=False), share("D02", 0.0)])
    assert "in none does it matter" in said(run, "officers", "en")
    assert "it may be chance" in " ".join(officers.said_of(run, "D01", "en"))


def test_without_figures_the_sections_are_no_part_of_the_document(tmp_path: Path) -> None:
    nothing = run_of(tmp_path / "none", [days("D01", None)], [share("D01", None)])
    before = {name: table for name, table in invented_tables().items() if name not in (TIMES, "officer_dispersion")}
    nobody = invented_run(tmp_path / "before", before)  # a run of before there were such tables
    for name in (TIMES, "officers"):
        assert not SECTIONS[name].is_shown(nothing)
        assert not SECTIONS[name].is_shown(nobody)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_department_has_its_own_sentence_of_each(run: Run, language: Language) -> None:
    told = [*department_times.said_of(run, "D01", language), *officers.said_of(run, "D01", language)]
    assert ["13.2" in told[0], "30.0%" in told[1], len(told)] == [True, True, 2]
    assert not [*department_times.said_of(run, "D04", language), *officers.said_of(run, "D03", language)]
