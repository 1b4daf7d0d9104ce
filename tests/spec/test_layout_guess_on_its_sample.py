"""A guessed layout takes in the sample it was guessed from: steps are no cases, and no column refuses what it names."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support.intake import ingest

from efficacy_analytics.lake.guessing.guess import guessed_layout

MONDAY = dt.datetime(2025, 1, 6, 9)


def at(number: int, days: int, form: str = "%Y-%m-%d %H:%M") -> str:
    """The time of a step that many days after its case, the number-th, began."""
    return (MONDAY + dt.timedelta(days=number % 20 + days)).strftime(form)


def guess_of(folder: Path, **files: list[str]) -> tuple[str, dict[str, Any], dict[str, tuple[int, int]]]:
    """The guess of a file, or of a folder of several: its text, read, and the rows received and accepted by it."""
    (folder / "export").mkdir()
    for name, lines in files.items():
        (folder / "export" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    export = folder / "export" if len(files) > 1 else folder / "export" / f"{next(iter(files))}.csv"
    text = guessed_layout(export)
    (folder / "own.toml").write_text(text, encoding="utf-8")
    rows = ingest(folder / "lake", [export], str(folder / "own.toml")).rows
    return text, tomllib.loads(text), {table: (one["received"], one["accepted"]) for table, one in rows.items()}


def done(days: int, header: str = "Case No,Started,Finished,Officer", last: str = "") -> list[str]:
    """One row of each of sixty cases: one step, begun so many days after the case."""
    return [header, *(f"C{n},{at(n, days)},{at(n, days + 1)},o{n % 4}{last}" for n in range(60))]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(done(2), id="of one header"),
        pytest.param(done(2, "Case No,Started,Finished,Officer,Remark", ",x"), id="with one more column"),
        pytest.param(done(2, "Case No,Begin,Done,Officer"), id="of other names"),
    ],
)
def test_files_called_alike_but_for_a_number_are_a_step_each_where_they_have_the_same_cases(
    tmp_path: Path, second: list[str]
) -> None:
    _, layout, rows = guess_of(tmp_path, step1=done(0), step2=second)
    assert [one["constants"]["activity"] for one in layout["table"]["events"]] == ["step 1", "step 2"]
    assert rows == {"events": (120, 120)}


def test_years_and_an_earlier_state_of_the_same_cases_are_no_steps(tmp_path: Path) -> None:
    later = [line.replace("C", "D", 1) if line.startswith("C") and "No" not in line else line for line in done(9)]
    _, layout, rows = guess_of(tmp_path, requests2023=done(0), requests2024=later)
    assert layout["constants"] == {"activity": "request"}
    assert rows == {"events": (120, 120)}
    (tmp_path / "again").mkdir()
    _, layout, _ = guess_of(tmp_path / "again", requests_march=done(0)[:40], requests_april=done(0))
    assert layout["constants"] == {"activity": "request"}


STEPS = [
    "Zaaknummer;Stap;Start;Einde",
    *(f"Z{n};{step};{at(n, day)};{at(n, day)}" for n in range(60) for day, step in enumerate(("ontvangst", "toets"))),
]
INSPECTIONS = ["Zaaknummer;Inspecteur;Start;Einde", *(f"Z{n};p{n % 5};{at(n, 3)};{at(n, 4)}" for n in range(0, 60, 2))]
CASES = [
    "Zaaknummer;Afdeling;Zaaktype;Ontvangstdatum;Besluitdatum",
    *(f"Z{n};A{n % 3};T{n % 4};{at(n, 0, '%d-%m-%Y')};{at(n, 9, '%d-%m-%Y')}" for n in range(60)),
]


def test_a_file_of_one_step_a_case_is_no_table_of_cases(tmp_path: Path) -> None:
    _, layout, rows = guess_of(tmp_path, stappen=STEPS, inspecties=INSPECTIONS)
    called = {one["file"]: one.get("constants", {}).get("activity") for one in layout["table"]["events"]}
    assert called == {"inspecties.csv": "inspecties", "stappen.csv": None}
    assert rows == {"events": (150, 150)}


@pytest.mark.parametrize("name", ["zaken", "lijst"])
def test_a_table_of_cases_is_told_by_what_a_case_has_or_spans_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    ends = [f"{line.split(';')[0]};{line.split(';')[3]};{line.split(';')[4]}" for line in CASES]
    for number, cases in enumerate((CASES, ends)):
        (tmp_path / str(number)).mkdir()
        _, layout, rows = guess_of(tmp_path / str(number), stappen=STEPS, inspecties=INSPECTIONS, **{name: cases})
        assert layout["table"]["cases"]["file"] == f"{name}.csv"
        assert rows == {"events": (150, 150), "cases": (60, 60)}


def test_steps_that_repeat_the_columns_of_their_case_stay_steps_and_keep_them(tmp_path: Path) -> None:
    header = "Case No,Step,Finished,Item,Channel,Application Date,Acceptance Date,Decision Date,Due Date,Status"
    of_case = [f"I{n % 4},desk,{at(n, -1)},{at(n, 0)},{at(n, 4)},{at(n, 30)},closed" for n in range(60)]
    steps = [
        f"C{n},{step},{at(n, day)},{of_case[n]}"
        for n in range(60)
        for day, step in enumerate(("intake", "review")[: 1 if n % 3 else 2])
    ]
    ratings = ["case_id,Rated at,Satisfaction", *(f"C{n},{at(n, 9)},{n % 5 + 1}" for n in range(30))]
    _, layout, rows = guess_of(tmp_path, export=[header, *steps], ratings=ratings)
    assert layout["table"]["events"]["case"]["due_on"] == "Due Date"
    assert rows == {"events": (80, 80), "surveys": (30, 30)}


STATES = {
    "German": ("Vorgangsnummer;Status;Erledigt am;Amt;Bemerkung", "Status"),
    "Chinese": ("办件编号;办件状态;办结时间;受理部门;备注", "办件状态"),
    "English": ("Case ID;New State;Changed;Old State;Remark", "New State"),
}


@pytest.mark.parametrize("language", STATES)
def test_a_row_for_each_change_of_state_is_a_step_and_its_time_none_of_the_case(tmp_path: Path, language: str) -> None:
    header, state = STATES[language]
    rows = [f"S{n};state {k};{at(n, 2 * k)};office {n % 3};r{(n + k) % 5}" for n in range(60) for k in range(4)]
    _, layout, counts = guess_of(tmp_path, log=[header, *rows])
    assert layout["event"]["activity"] == state
    assert "completed_at" not in layout.get("case", {})
    assert counts == {"events": (240, 240)}


def test_steps_that_nothing_names_leave_their_case_without_a_day_of_completion(tmp_path: Path) -> None:
    rows = [f"S{n};{k};{at(n, 2 * k)}" for n in range(60) for k in range(4)]
    _, layout, counts = guess_of(tmp_path, log=["Case ID;Code;Closed", *rows])
    assert "case" not in layout
    assert counts == {"events": (240, 240)}


def test_a_column_that_refuses_rows_of_the_sample_loses_its_place_and_is_told(tmp_path: Path) -> None:
    rows = [f"C{n},check,{at(n, 5)},{at(n, 1)}" for n in range(60)]
    text, layout, counts = guess_of(tmp_path, log=["Case No,Step,Start,End", *rows])
    assert "started_at" not in layout["event"]
    assert "# 'Start': would be started_at, but 60 of 60 rows of the sample would be refused: completed_at lies" in text
    assert counts == {"events": (60, 60)}


def test_a_column_stays_without_which_more_rows_would_be_refused(tmp_path: Path) -> None:
    """A third of the steps is under way: without their start they are none."""
    ends = [at(n, 1 if n % 10 else 9) if n % 3 else "" for n in range(60)]
    rows = [f"C{n},check,{at(n, 5 if n % 10 == 1 else 0)},{end}" for n, end in enumerate(ends)]
    text, layout, counts = guess_of(tmp_path, log=["Case No,Step,Start,End", *rows])
    assert layout["event"]["started_at"] == "Start"
    assert "# events: 4 of 60 rows of the sample would be refused: completed_at lies before started_at" in text
    assert counts == {"events": (60, 56)}


def test_requests_that_were_decided_before_they_were_received_keep_both_days(tmp_path: Path) -> None:
    rows = [f"C{n},{at(n, 0)},{at(n, -3 if n % 5 == 0 else 4)}" for n in range(60)]
    text, layout, _ = guess_of(tmp_path, log=["Case No,Received,Decided", *rows])
    assert (layout["event"]["started_at"], layout["case"]["completed_at"]) == ("Received", "Decided")
    assert "# events: 12 of 60 rows of the sample would be refused" in text


def test_a_few_rows_that_would_be_refused_are_told(tmp_path: Path) -> None:
    rows = [f"C{n},check,{at(n, 1)},{at(n, 0 if n == 7 else 2)}" for n in range(60)]
    text, layout, counts = guess_of(tmp_path, log=["Case No,Step,Start,End", *rows])
    assert layout["event"]["started_at"] == "Start"
    assert "# events: 1 of 60 rows of the sample would be refused: completed_at lies before started_at" in text
    assert counts == {"events": (60, 59)}


def closed(*forms: str) -> list[str]:
    """Requests of a hundred days, closed as the forms write it in turn."""
    return [
        "Case No,Received,Closed",
        *(
            f"R{n},{MONDAY + dt.timedelta(n):%Y-%m-%d},{MONDAY + dt.timedelta(n + 9):{forms[n % len(forms)]}}"
            for n in range(100)
        ),
    ]


MARKED = [
    ("%Y-%m-%d", "%Y/%m/%d"),
    ("%d.%m.%Y", "%Y-%m-%d"),
    ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"),
    ("%Y年%m月%d日", "%Y-%m-%d"),
    ("%Y-%m-%d",) * 30 + ("%d/%m/%Y",),
]


@pytest.mark.parametrize("forms", MARKED, ids=" ".join)
def test_days_written_in_ways_that_their_marks_tell_apart_are_all_read_and_said(
    tmp_path: Path, forms: tuple[str, ...]
) -> None:
    text, _, counts = guess_of(tmp_path, requests=closed(*forms))
    assert counts == {"events": (100, 100)}
    said = text.partition("# 'Closed': written in several ways, read as ")[2].partition("\n")[0]
    assert set(said.split(" or ")) == set(forms)


def test_days_that_fit_no_way_of_most_are_counted_with_the_way_that_was_chosen(tmp_path: Path) -> None:
    text, _, counts = guess_of(tmp_path, requests=closed(*["%d/%m/%Y"] * 49, "%m/%d/%Y"))
    refused = 100 - counts["events"][1]
    assert refused > 0
    verb = "is" if refused == 1 else "are"
    assert f"# 'Closed': {refused} of 100 {verb} not written as %d/%m/%Y, as most are" in text


def test_days_that_a_spreadsheet_may_have_swapped_are_not_read(tmp_path: Path) -> None:
    """Opened where the month stands first, 03/04/2025 becomes a date, and 25/04/2025 stays a text."""
    days = [MONDAY + dt.timedelta(n) for n in range(100)]
    written = [f"{day:%Y-%d-%m}" if day.day <= 12 else f"{day:%d/%m/%Y}" for day in days]
    rows = [f"R{n},check,{MONDAY:%Y-%m-%d},{day}" for n, day in enumerate(written)]
    (tmp_path / "log.csv").write_text("\n".join(["Case No,Step,Finished,Due", *rows]), encoding="utf-8")
    text = guessed_layout(tmp_path / "log.csv")
    assert "# 'Due': days written in several ways; a spreadsheet may have swapped day and month of some" in text


@pytest.mark.parametrize("header", ["承诺办结时限", "承诺时限", "Promised limit"])
def test_a_limit_that_says_its_unit_is_placed_and_one_without_is_told(tmp_path: Path, header: str) -> None:
    for number, limits in enumerate((("10工作日", "10个工作日", "10 working days"), ("10", "15", "20"))):
        (tmp_path / str(number)).mkdir()
        rows = [f"C{n},check,{at(n, 1)},{limits[n % 3]}" for n in range(60)]
        text, layout, counts = guess_of(
            tmp_path / str(number), log=[f"Case No,Step,End,{header}", *rows[: 60 if number else 1]]
        )
        assert counts["events"][0] == counts["events"][1]
        assert (layout.get("case", {}).get("promised_limit") == header) is (number == 0)
        assert ("a limit is a length with its unit" in text) is (number == 1)
