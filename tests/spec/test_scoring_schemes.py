"""Each shipped scheme on an example written out by hand: ties, missing parts, vetoes, streaks over a year's end."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.drawn_cases import Row, logged
from support.schemes import COUNTY, FIRST_HALF, SECOND_HALF, county_cases, entered

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.scheme_files import declared_schemes, declared_scores
from efficacy_analytics.findings.schemes.tables import scheme_parts, scheme_scores, scheme_words
from efficacy_analytics.workflows import steps as pipeline


def scores(
    folder: Path, scheme: str, drawing: str, cases: list[Row] | None = None, changes: dict[str, str] | None = None
) -> dict[tuple[str, str], dict[str, Any]]:
    log = logged(cases or [], [], reference=entered(folder, scheme, drawing, changes))
    found = scheme_scores(log)
    return {(row["department"], row["period"]): row for row in found.iter_rows(named=True)}


def test_townships_are_scored_as_by_hand_with_a_tie_and_a_missing_part(tmp_path: Path) -> None:
    found = scores(tmp_path, "township_image", "\n".join(FIRST_HALF))
    half = {department: row for (department, period), row in found.items() if period == "2025H1"}
    assert {name: row["printed_score"] for name, row in half.items()} == {
        "T01": 84.2, "T02": 96.8, "T03": 60.2, "T04": 84.2, "T05": 76.0, "T06": None
    }  # fmt: skip
    assert {name: row["rank"] for name, row in half.items()} == {
        "T01": 2, "T02": 1, "T03": 5, "T04": 2, "T05": 4, "T06": None
    }  # fmt: skip
    assert (half["T01"]["tied_count"], half["T02"]["tied_count"]) == (1, 0)
    assert [half[name]["grade"] for name in ("T02", "T01", "T05")] == ["best", "met", "worst"]
    assert (half["T06"]["missing_parts"], half["T06"]["unit_count"]) == ("performance", 5)


def test_the_last_three_are_unsatisfactory_only_below_eighty(tmp_path: Path) -> None:
    found = scores(tmp_path, "township_image", "\n".join(FIRST_HALF))
    places = {department: row["places"] for (department, period), row in found.items() if period == "2025H1"}
    # T01 and T04 share the third place from the end and have more than 80 points; they are among the first three too.
    assert places == {
        "T01": "satisfactory", "T02": "satisfactory", "T03": "unsatisfactory", "T04": "satisfactory",
        "T05": "unsatisfactory", "T06": "",
    }  # fmt: skip


def test_a_second_half_below_eighty_goes_to_the_superior_by_the_exact_score(tmp_path: Path) -> None:
    found = scores(tmp_path, "township_image", "\n".join([*FIRST_HALF, *SECOND_HALF]))
    third = found["T03", "2025H2"]
    assert (third["printed_score"], third["grade"]) == (80.0, "worst")  # 79.996 is below 80
    assert found["T03", "2025H1"]["streaks"] == "put_right x1"
    assert third["streaks"] == "put_right x2, letter_to_superior x2"
    assert found["T03", "2026H1"]["streaks"] == "put_right x1"  # another year
    assert found["T05", "2025H2"]["streaks"] == ""


def test_the_year_is_four_and_six_tenths_of_exact_halves(tmp_path: Path) -> None:
    found = scores(tmp_path, "township_image", "\n".join([*FIRST_HALF, *SECOND_HALF]))
    assert found["T01", "2025"]["printed_score"] == 88.88  # 0.4 x 84.2 + 0.6 x 92
    assert found["T03", "2025"]["score"] == pytest.approx(0.4 * 60.2 + 0.6 * 79.996, abs=1e-12)
    assert (found["T02", "2025"]["score"], found["T02", "2025"]["missing_parts"]) == (None, "2025H2")


def test_county_departments_twice_last_over_a_years_end_move_the_head(tmp_path: Path) -> None:
    # 60 x answers + 40 x on time: K1 58.8 + 4 = 62.8, then 57.6 + 36 = 93.6;
    # K2 50.4 + 20 = 70.4, then 44.4 + 20 = 64.4; K3 57.6 + 40 = 97.6, at last 98.8.
    found = scores(tmp_path, "county_departments", COUNTY, county_cases())
    points = {key: row["printed_score"] for key, row in found.items()}
    assert points == {
        ("K1", "2025H1"): 62.8, ("K2", "2025H1"): 70.4, ("K3", "2025H1"): 97.6,
        ("K1", "2025H2"): 93.6, ("K2", "2025H2"): 64.4, ("K3", "2025H2"): 97.6,
        ("K1", "2026H1"): 93.6, ("K2", "2026H1"): 64.4, ("K3", "2026H1"): 98.8,
    }  # fmt: skip
    assert found["K1", "2025H1"]["places"] == "made_public, last"
    assert found["K2", "2025H1"]["places"] == "made_public"
    assert (found["K2", "2025H2"]["places"], found["K2", "2025H2"]["streaks"]) == ("made_public, last", "")
    assert found["K2", "2026H1"]["streaks"] == "head_moved x2"  # last in 2025H2 and 2026H1


def test_a_ranking_that_chance_may_turn_says_so(tmp_path: Path) -> None:
    found = scores(tmp_path, "county_departments", COUNTY, county_cases())
    row = found["K1", "2026H1"]
    assert (row["rank"], row["best_rank"], row["worst_rank"], row["ranking"]) == (2, 1, 2, "not_told")
    assert found["K2", "2026H1"]["best_rank"] == 3  # five of ten late is told apart
    assert scores(tmp_path / "t", "township_image", "\n".join(FIRST_HALF))["T01", "2025H1"]["ranking"] == "not_known"


def test_a_score_traces_to_the_rows_and_cases_it_is_made_of(tmp_path: Path) -> None:
    log = logged(county_cases(), [], reference=entered(tmp_path, "county_departments", COUNTY))
    parts = scheme_parts(log).filter((pl.col("department") == "K2") & (pl.col("period") == "2025H2"))
    of_cases = parts.filter(pl.col("part") == "on_time").row(0, named=True)
    assert (of_cases["points"], of_cases["value"], of_cases["of_count"]) == (20.0, 5.0, 10.0)
    assert of_cases["value_source"] == "on_time_share, 10 cases"
    answers = parts.filter(pl.col("part") == "questionnaire")
    assert answers["value_source"].to_list() == [f"scores.csv, row {row}" for row in (13, 14, 15)]
    assert answers["points"].unique().to_list() == [44.4]
    sums = (
        scheme_parts(log)
        .unique(["department", "period", "part"])
        .group_by("department", "period")
        .agg(pl.col("points").sum())
    )
    whole = {(row["department"], row["period"]): row["score"] for row in scheme_scores(log).iter_rows(named=True)}
    assert {(name, period): points for name, period, points in sums.rows()} == pytest.approx(whole)


KUNSHAN_PARTS = ("service", "duties", "innovation", "integrity", "style", "lawfulness", "openness", "key_tasks")


def kunshan(department: str, year: int, value: float, *flags: str) -> str:
    lines = [f"{department} {year} {part} {value}" for part in KUNSHAN_PARTS]
    return "\n".join([*lines, *(f"{department} {year} {flag} 1" for flag in flags)])


def test_a_veto_holds_a_grade_down_and_an_honour_raises_it(tmp_path: Path) -> None:
    found = scores(tmp_path, "kunshan", "\n".join([
        kunshan("A", 2025, 96, "fees_grew"),  # excellent, held down to good
        kunshan("B", 2025, 85, "state_honour"),  # good, raised to excellent
        kunshan("C", 2025, 85, "state_honour", "grave_case"),  # raised, and held down again
        kunshan("D", 2025, 70, "state_honour"),  # fair, raised to good
        kunshan("E", 2025, 92, "state_honour"),  # excellent is not raised
    ]))  # fmt: skip
    grades = {
        department: (row["grade_by_score"], row["grade"], row["pay_factor"]) for (department, _), row in found.items()
    }
    assert grades == {
        "A": ("excellent", "good", 1.2), "B": ("good", "excellent", 1.4), "C": ("good", "good", 1.2),
        "D": ("fair", "good", 1.2), "E": ("excellent", "excellent", 1.4),
    }  # fmt: skip
    assert found["C", "2025"]["grade_because"] == "state_honour, grave_case"


def test_two_years_running_count_and_a_year_without_a_score_ends_them(tmp_path: Path) -> None:
    years = [kunshan("A", year, 95) for year in (2023, 2024)] + [kunshan("B", year, 70) for year in (2023, 2025)]
    years += [kunshan("C", year, 70) for year in (2023, 2025)] + ["C 2024 service 70"]
    found = scores(tmp_path, "kunshan", "\n".join(years))
    assert found["A", "2024"]["streaks"] == "excellent_two_years x2"
    assert found["B", "2025"]["streaks"] == ""  # nothing of 2024
    assert found["C", "2025"]["streaks"] == ""  # 2024 lacks seven parts
    assert found["C", "2024"]["score"] is None


def test_the_hundred_points_lose_by_cards_and_win_by_speed(tmp_path: Path) -> None:
    # 16 cases of January: 4 completed early (25 %: 1 + 1 points), promises 35 % below the statute (3 points).
    day = dt.date(2025, 1, 6)
    cases: list[Row] = [
        {"department": department, "accepted_on": day, "due_on": dt.date(2025, 1, 20), "is_late": False, "is_due": True,
         "completed_on": dt.date(2025, 1, 10 if number < 4 else 20), "promised_length": 13, "statutory_length": 20,
         "promised_unit": "working_days", "statutory_unit": "working_days"}
        for department in ("A", "B", "C") for number in range(16)
    ]  # fmt: skip
    found = scores(tmp_path, "supervision_hundred", """
        A 2025-01 satisfaction 92 100
        A 2025-01 yellow_card 2
        A 2025-01 incomplete_data_percent 7.9
        B 2025-01 satisfaction 9 10
        B 2025-01 red_card 1
        B 2025-01 yellow_card 1
        B 2025-01 promise_missed 1
        B 2025-01 load_coefficient 1.05
        C 2025-01 fee_fault 9
    """, [{**row, "case_key": key} for key, row in enumerate(cases)])  # fmt: skip
    # A: openness 10 - 5 (most), limits 14 - 10, satisfaction 9.2, the rest 66: 84.2, and 2 + 3
    assert found["A", "2025-01"]["printed_score"] == 89.2
    # B: limits 14 - 15, at least 0; satisfaction 9; the rest 76: 85, and 2; the promises are void; x 1.05
    assert found["B", "2025-01"]["printed_score"] == 91.35
    # C: fees 8 - 9, at least 0; no satisfaction: the other 82 stand for 90, 91.111; and 2 + 3
    assert found["C", "2025-01"]["printed_score"] == 96.11
    assert found["C", "2025-01"]["missing_parts"] == "satisfaction"
    assert found["A", "2025H1"]["score"] is None  # five months are not there


@pytest.mark.parametrize(
    ("target", "digits", "of", "rate", "points"),
    [  # the notices of February 2022, August 2022 and January 2023
        (95, 1, (12, 17), "70.59", 12.8), (95, 1, (2, 3), "66.67", 12.5), (95, 1, (1, 2), "50", 12.5),
        (98, 2, (3, 4), "75", 13.5), (98, 2, (5, 7), "71.43", 12.5), (98, 2, (7, 8), "87.5", 19.75),
        (98, 2, (5, 6), "83.33", 17.67),
    ],
)  # fmt: skip
def test_a_hotline_is_scored_as_its_notices_print(
    tmp_path: Path, target: int, digits: int, of: tuple[int, int], rate: str, points: float
) -> None:
    changes = {"target = 98": f"target = {target}", "digits = 2": f"digits = {digits}"}
    text = f"A 2023-01 satisfaction {of[0]} {of[1]}\nA 2023-01 on_time 0 100\nA 2023-01 other 0"
    found = scores(tmp_path, "hotline_12345", text, changes=changes)
    assert found["A", "2023-01"]["printed_score"] == points
    assert f"{100 * of[0] / of[1]:.2f}".removesuffix("00").removesuffix("0").removesuffix(".") == rate


@pytest.mark.parametrize(("rate", "points"), [("89.82", 14.82), ("80", 5.0), ("66.67", 0.0)])
def test_a_hotline_on_time_loses_a_point_a_percent(tmp_path: Path, rate: str, points: float) -> None:
    text = f"A 2023-01 satisfaction 0 1\nA 2023-01 on_time {rate}\nA 2023-01 other 0"
    assert scores(tmp_path, "hotline_12345", text)["A", "2023-01"]["printed_score"] == 12.5 + points


def test_the_rate_is_never_rounded_on_the_way(tmp_path: Path) -> None:
    """83.33 % would give 17.665, printed 17.67 or 17.66 as the machine likes; 5 of 6 give 17.6667."""
    text = "A 2023-01 satisfaction 5 6\nA 2023-01 on_time 0 100\nA 2023-01 other 0"
    assert scores(tmp_path, "hotline_12345", text)["A", "2023-01"]["score"] == pytest.approx(17 + 2 / 3, abs=1e-12)


def test_ratings_without_a_bad_one_stand_for_the_whole(tmp_path: Path) -> None:
    found = scores(tmp_path, "good_and_bad_ratings", """
        A 2025Q1 ratings.very_satisfied 6
        A 2025Q1 ratings.satisfied 2
        A 2025Q1 ratings.basically_satisfied 1
        A 2025Q1 ratings.very_dissatisfied 1
        A 2025Q1 put_right 0 1
        A 2025Q1 visited_again 1 1
        B 2025Q1 ratings.very_satisfied 9
        B 2025Q1 ratings.basically_satisfied 1
        C 2025Q1 put_right 1 1
    """)  # fmt: skip
    assert found["A", "2025Q1"]["printed_score"] == 72.8  # 60 x 8.8 / 10 + 0 + 20
    assert found["B", "2025Q1"]["printed_score"] == 98.0  # 60 x 9.8 / 10 = 58.8 of 60
    assert (found["C", "2025Q1"]["score"], found["C", "2025Q1"]["missing_parts"]) == (None, "ratings, visited_again")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A 2025H1 performance x", "'x' where a number is due"),
        ("A 2025H1 performance 1 0", "of_value that is not above 0"),
        ("A 2025H3 performance 1", "the period '2025H3'"),
        ("A 2025H1 performance 1\nA 2025H1 performance 2", "performance of 2025H1 twice"),
    ],
)
def test_what_is_entered_wrongly_is_refused_when_it_is_published(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(CallError, match=words):
        declared_scores(entered(tmp_path, "township_image", line))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("digits = 2", "digit = 2", "digit: Extra inputs"),
        ('rule = "levels"\nlevels', 'rule = "levels"\n# levels', "lacks what its rule 'levels' needs"),
        ('to = "year"', 'to = "month"', "a total is of a longer period"),
        ('name = "township_image"', 'name = "other"', "another name than its file"),
        ("period", "period period", "cannot be read"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(CallError, match=words):
        declared_schemes(entered(tmp_path, "township_image", "", {before: after}))


def test_an_unknown_scheme_is_a_wrong_call(tmp_path: Path) -> None:
    log = logged([], [], reference=entered(tmp_path, "township_image", ""))
    with pytest.raises(CallError, match="no scheme 'image'"):
        scheme_scores(log, scheme="image")
    assert scheme_scores(log).is_empty()
    assert set(scheme_words(log)["kind"]) == {"scheme", "part", "bonus", "grade", "veto", "honour", "place", "streak"}


def test_a_score_for_a_scheme_that_there_is_not_is_refused_when_it_is_published(tmp_path: Path) -> None:
    reference = entered(tmp_path, "township_image", "A 2025H1 performance 1")
    (reference / "schemes" / "township_image.toml").unlink()
    with pytest.raises(CallError, match="unknown scheme 'township_image'"):
        declared_scores(reference)


def test_a_scheme_that_asks_for_no_indicator_there_is_is_refused_before_anything_is_published(tmp_path: Path) -> None:
    entered(tmp_path, "county_departments", "", {'indicator = "on_time_share"': 'indicator = "on_thyme"'})
    with pytest.raises(CallError, match="'county_departments' asks for the unknown indicator 'on_thyme'"):
        pipeline.publish(tmp_path)
