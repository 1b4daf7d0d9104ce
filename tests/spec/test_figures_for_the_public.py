"""What is published tells nothing of a small group, not by subtraction either; single cases are refused."""

import random
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest
from support.invented_page import page_of
from support.small_city import small_city

from efficacy_analytics.cli import app
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.disclosure.public_findings import MAKERS, PublicFindings, public_table
from efficacy_analytics.findings.disclosure.public_groups import VERDICTS
from efficacy_analytics.findings.disclosure.suppression import REST, Grid, Line, Sum, withheld_of
from efficacy_analytics.workflows import steps as pipeline

FEWEST = 5
BY_GROUP = ("on_time", "on_time_by_item", "on_time_by_month", "departments")
SMALL_SUM: tuple[Sum, ...] = (("case_count", ("late_count", f"{REST}late_count")),)


def public() -> PublicFindings:
    return PublicFindings(small_city()[1], FEWEST)


def drawn(text: str) -> pl.DataFrame:
    """A table drawn as text: a header, then a row a line."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pl.DataFrame(
        {name: [int(row[place]) if place else row[place] for row in rows] for place, name in enumerate(header)}
    )


def hidden_rows(table: pl.DataFrame, column: str, sums: tuple[Sum, ...] = SMALL_SUM) -> list[str]:
    hidden, _ = withheld_of(table, sums, FEWEST)
    return [name for name, is_hidden in zip(table["department"], hidden[column], strict=True) if is_hidden]


def test_a_small_count_is_withheld_and_the_next_smallest_with_it_for_the_total_is_known() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 3
        B          | 90         | 20
        C          | 80         | 30
        D          | 70         | 40
    """)
    assert hidden_rows(table, "late_count") == ["A", "B"]


def test_two_small_counts_that_add_up_to_few_take_a_third_with_them() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 1
        B          | 90         | 2
        C          | 80         | 30
        D          | 70         | 40
    """)
    assert hidden_rows(table, "late_count") == ["A", "B", "C"]


def test_two_small_counts_that_add_up_to_enough_need_no_third() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 3
        B          | 90         | 2
        C          | 80         | 30
    """)
    assert hidden_rows(table, "late_count") == ["A", "B"]


def test_where_nearly_all_are_late_the_few_others_are_protected_too() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 98
        B          | 90         | 45
        C          | 80         | 30
    """)
    assert "A" in hidden_rows(table, "late_count")


def test_nobody_late_may_be_said() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 0
        B          | 90         | 45
    """)
    assert hidden_rows(table, "late_count") == []


def test_of_a_single_group_the_total_goes_with_the_count() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 100        | 3
    """)
    hidden, totals = withheld_of(table, SMALL_SUM, FEWEST)
    assert hidden["late_count"] == [True]
    assert totals["late_count"] is None


def test_a_group_of_few_cases_shows_no_figure() -> None:
    table = drawn("""
        department | case_count | late_count
        A          | 4          | 0
        B          | 90         | 45
        C          | 90         | 45
    """)
    hidden, _ = withheld_of(table, SMALL_SUM, FEWEST)
    assert (hidden["case_count"][0], hidden["late_count"][0]) == (True, True)


def test_what_two_totals_give_away_together_is_protected_where_no_single_one_does() -> None:
    """7 + 8 = 15 and 7 + 8 + 2 = 17 tell the 2, though in each sum two counts or more are withheld."""
    x, y, small, other, first, second, third = ((0, name) for name in ("x", "y", "small", "other", "a", "b", "c"))
    counts = {x: 7, y: 8, small: 2, other: 9, first: 15, second: 17, third: 11}
    lines = [Line(first, (x, y)), Line(second, (x, y, small)), Line(third, (small, other))]
    grid = Grid(counts, lines, FEWEST)
    grid.settle()
    assert {first, second} & grid.withheld


def random_verdicts(seed: int) -> pl.DataFrame:
    """A table of departments with many small counts."""
    draw, rows = random.Random(seed), []
    for number in range(draw.randint(1, 7)):
        completed, opened, withdrawn = (draw.choice([0, 0, 1, 2, 3, 4, 5, 6, 9, 40]) for _ in range(3))
        withdrawn_late, left = draw.randint(0, withdrawn), completed + opened
        beside = {}
        for name in ("not_yet_due", "green_lane", "not_judged", "not_accepted"):
            beside[f"{name}_count"] = draw.choice([0, draw.randint(0, left)])
            left -= beside[f"{name}_count"]
        judged = left + withdrawn_late
        late = draw.randint(withdrawn_late, judged)
        rows.append(
            {
                "department": f"D{number}",
                "case_count": completed + opened + withdrawn,
                "completed_count": completed,
                "open_count": opened,
                "withdrawn_count": withdrawn,
                "judged_count": judged,
                "late_count": late,
                "withdrawn_late_count": withdrawn_late,
                "by_extension_count": draw.randint(0, judged - late),
                **beside,
            }
        )
    return pl.DataFrame(rows)


@pytest.mark.parametrize("seed", range(60))
def test_no_withheld_small_count_follows_from_what_is_shown(seed: int) -> None:
    """Linear algebra on exact fractions: a count is given away where all solutions of the sums agree on it."""
    table = random_verdicts(seed)
    hidden, totals = withheld_of(table, VERDICTS, FEWEST)
    unknown = [(row, column) for column, rows in hidden.items() for row, is_hidden in enumerate(rows) if is_hidden]
    unknown += [(table.height, column) for column, total in totals.items() if total is None]
    counts = counts_of(table)
    assert all(cell in unknown for cell, count in counts.items() if 0 < count < FEWEST)
    given_away = determined(unknown, equations(table.height, unknown))
    assert [cell for cell in given_away if 0 < counts[cell] < FEWEST] == []


@pytest.mark.parametrize("seed", range(40))
def test_what_is_determined_agrees_with_exact_elimination(seed: int) -> None:
    table, draw = random_verdicts(seed), random.Random(seed)
    counts = counts_of(table)
    withheld = {cell for cell in counts if draw.random() < 0.5}
    lines = [
        Line(
            next(cell for cell, sign in line.items() if sign < 0),
            tuple(cell for cell, sign in line.items() if sign > 0),
        )
        for line in equations(table.height, list(counts))
    ]
    grid = Grid(counts, lines, FEWEST, set(withheld))
    exact = determined(sorted(withheld), equations(table.height, sorted(withheld)))
    assert sorted(grid._determined()) == sorted(exact)


def counts_of(table: pl.DataFrame) -> dict[tuple[int, str], int]:
    full = table.with_columns(
        (pl.col("judged_count") - pl.col("late_count")).alias(f"{REST}judged_count"),
        (pl.col("withdrawn_count") - pl.col("withdrawn_late_count")).alias(f"{REST}withdrawn_count"),
        (pl.col("late_count") - pl.col("withdrawn_late_count")).alias(f"{REST}late_count"),
        (pl.col("judged_count") - pl.col("late_count") - pl.col("by_extension_count")).alias(
            f"{REST}by_extension_count"
        ),
    ).drop("department")
    rows = [*full.iter_rows(named=True), full.sum().row(0, named=True)]
    return {(number, column): count for number, row in enumerate(rows) for column, count in row.items()}


def equations(height: int, unknown: list[tuple[int, str]]) -> list[dict[tuple[int, str], int]]:
    columns = list(dict.fromkeys(column for whole, parts in VERDICTS for column in (whole, *parts)))
    lines = [
        {(row, whole): -1} | {(row, part): 1 for part in parts}
        for row in range(height + 1)
        for whole, parts in VERDICTS
    ]
    lines += [{(height, column): -1} | {(row, column): 1 for row in range(height)} for column in columns]
    return [{cell: sign for cell, sign in line.items() if cell in unknown} for line in lines]


def determined(unknown: list[Any], lines: list[dict[Any, int]]) -> list[Any]:
    """The unknowns with one solution: after Gauss-Jordan elimination their row has no other unknown."""
    rows = [[Fraction(line.get(cell, 0)) for cell in unknown] for line in lines]
    done = 0
    for place in range(len(unknown)):
        pivot = next((number for number in range(done, len(rows)) if rows[number][place]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][place] for value in rows[done]]
        for number, row in enumerate(rows):
            if number != done and row[place]:
                factor = row[place]
                rows[number] = [value - factor * own for value, own in zip(row, rows[done], strict=True)]
        done += 1
    return [
        unknown[next(iter(places))] for row in rows if len(places := {n for n, value in enumerate(row) if value}) == 1
    ]


@pytest.mark.parametrize("name", BY_GROUP)
def test_no_count_below_the_threshold_is_shown_of_a_group(name: str) -> None:
    shown = public().table(name)
    counts = shown.select(pl.col("^.*_count$"))
    assert counts.select(pl.any_horizontal((pl.all() > 0) & (pl.all() < FEWEST)).any()).item() is False
    few = small_city()[1].table(name).filter(pl.col("judged_count") < FEWEST)[shown.columns[0]]
    assert shown.filter(pl.col(shown.columns[0]).is_in(few.implode()))["on_time_share"].is_null().all()
    assert shown["on_time_share"].is_not_null().any() or name == "on_time_by_item"


@pytest.mark.parametrize("name", BY_GROUP)
def test_what_is_shown_is_what_was_found(name: str) -> None:
    found, shown = small_city()[1].table(name), public().table(name)
    assert shown.columns == found.columns
    for column in found.columns:
        same = shown[column].is_null() | (shown[column] == found[column])
        assert same.all(), column


def test_rare_paths_are_left_out_and_counts_of_the_others_are_rounded() -> None:
    found, shown = small_city()[1].table("directly_follows"), public().table("directly_follows")
    assert shown.height == found.filter(pl.col("case_count") >= FEWEST).height < found.height
    assert (shown["transition_count"] % FEWEST).sum() == 0
    both = shown.join(found, on=["activity", "next_activity"], nulls_equal=True)
    assert ((both["transition_count"] - both["transition_count_right"]).abs() <= FEWEST // 2).all()


def test_no_mean_beside_a_total_gives_the_count_away() -> None:
    for name, total, mean in (
        ("bottlenecks", "waiting_elapsed_seconds_total", "waiting_elapsed_seconds_mean"),
        ("contributions", "elapsed_seconds_total", "elapsed_seconds_mean"),
    ):
        shown = public().table(name)
        assert shown[total].is_not_null().any()
        assert shown[mean].is_null().all()


def test_the_missing_cases_of_a_limit_do_not_tell_how_many_there_were() -> None:
    shown = public().table("limits")
    assert shown.filter(pl.col("completed_count").is_null())["missing_count"].is_null().all()


def test_the_largest_wait_of_a_department_is_told_only_if_it_is_that_of_enough_cases() -> None:
    first = small_city()[1].table("bottlenecks_by_department").filter(pl.col("rank") == 1)
    few = set(first.filter(pl.col("case_count") < FEWEST)["department"])
    shown = public().table("departments")
    assert few
    assert set(shown.filter(pl.col("bottleneck_activity").is_null())["department"]) >= few


@pytest.mark.parametrize("name", sorted(set(TABLES) - set(MAKERS)))
def test_every_other_table_is_refused(name: str) -> None:
    with open_log(small_city()[0]) as log, pytest.raises(CannotAnswerError, match="is not for the public") as fault:
        public_table(log, name, fewest=FEWEST)
    assert fault.value.exit_code == 4


def test_tables_with_case_numbers_or_officers_are_among_the_refused() -> None:
    for name in public().manifest["tables"]:
        assert not {"case_id", "case_key", "resource", "source"} & set(public().table(name).columns), name
    assert not {"cases", "single_points", "rule_violations", "conformance_cases", "waiting_causes"} & set(MAKERS)


def test_a_cohort_of_few_cases_is_refused() -> None:
    lake = small_city()[0]
    with open_log(lake) as log:
        number = log.connection.sql("select min(case_key) from cases").fetchall()[0][0]
    with open_log(lake, Cohort(where=f"case_key < {number + 4}")) as log, pytest.raises(CannotAnswerError) as fault:
        public_table(log, "on_time", fewest=FEWEST)
    assert "fewer than 5 cases" in fault.value.problem


def test_a_public_briefing_can_be_verified_and_one_that_shows_more_is_found_out(tmp_path: Path) -> None:
    lake, run = small_city()
    pages = {edition: page_of(run, language="en", edition=edition) for edition in ("public", "internal")}
    assert "Public edition: figures that rest on fewer than 5 cases" in pages["public"]
    assert "Public edition" not in pages["internal"]
    (tmp_path / "page.html").write_text(pages["public"], encoding="utf-8")
    verify(tmp_path / "page.html", lake)
    claimed = pages["internal"].replace('"edition":"internal"', '"edition":"public"')
    (tmp_path / "page.html").write_text(claimed, encoding="utf-8")
    with pytest.raises(CheckFailedError):
        verify(tmp_path / "page.html", lake)


def test_the_two_editions_are_two_files(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(pipeline, "find", lambda *_, **__: small_city()[1])
    monkeypatch.setattr(pipeline, "brief", lambda *_, name, **__: made.append(name) or [])
    for edition in ("internal", "public"):
        pipeline.brief_period(small_city()[0], {}, period="2025", languages=["en"], edition=edition)
    assert made == ["briefing-2025", "briefing-2025-public"]


def test_the_command_line_shows_and_refuses_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    lake = ["--lake", str(small_city()[0]), "--quiet"]
    app(["show", "on_time", "--by", "month", "--public", "--format", "csv", *lake], standalone_mode=False)
    assert capsys.readouterr().out == public().table("on_time_by_month").write_csv()
    with pytest.raises(CannotAnswerError):
        app(["show", "cases", "--public", *lake], standalone_mode=False)
    with pytest.raises(CallError, match="takes no --clock"):
        app(["show", "bottlenecks", "--clock", "open", "--public", *lake], standalone_mode=False)


@pytest.mark.parametrize("name", ["activity_names", "activity_stages"])
def test_the_name_of_a_rare_activity_is_in_no_table_of_names(name: str) -> None:
    class Drawn:
        manifest: ClassVar[dict[str, Any]] = {"tables": ["log_summary", "activities", name]}

        def table(self, asked: str) -> pl.DataFrame:
            activities = pl.DataFrame({"activity": ["review", "Mr Li's hearing"], "case_count": [40, 2]})
            return pl.DataFrame({"case_count": [40]}) if asked == "log_summary" else activities

    assert PublicFindings(Drawn(), FEWEST).table(name)["activity"].to_list() == ["review"]
