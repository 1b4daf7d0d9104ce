"""What could be meant as well is offered in a guessed layout, and nobody has to read more than thirty lines of it."""

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.guessing.guess import guessed_layout


def requests(count: int = 60, **columns: Any) -> pl.DataFrame:
    """Requests of one row each, with further columns."""
    day = pl.date(2024, 1, 2) + pl.duration(days=pl.int_range(count))
    frame = pl.select(pl.int_range(1000, 1000 + count).cast(pl.String).alias("Request No"))
    frame = frame.with_columns(pl.lit("2024-01-02").alias("Received"), day.cast(pl.String).alias("Closed Date"))
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def guess_of(folder: Path, frame: pl.DataFrame) -> str:
    frame.write_csv(folder / "requests.csv")
    return guessed_layout(folder / "requests.csv")


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


UNITS = [f"Unit {number % 5}" for number in range(60)]
KINDS = [("street", "noise", "waste")[number % 3] for number in range(60)]
NAMED = [
    ("Bureau", "Soort melding"),
    ("Zuständige Stelle", "Anliegen"),
    ("Squadra (team)", "Categoria"),
    ("办理窗口", "业务类别"),
]


@pytest.mark.parametrize(("office", "kind"), NAMED)
def test_department_and_item_are_told_by_their_cardinality(tmp_path: Path, office: str, kind: str) -> None:
    streets = [f"Street {number}" for number in range(60)]
    text = guess_of(tmp_path, requests(**{office: UNITS, kind: KINDS, "Address": streets}))
    case = tomllib.loads(text)["case"]
    assert (case["department"], case["item"]) == (office, kind)
    assert f'department = "{office}"  # to confirm: 5 different values, by their number' in text
    assert "# 'Address': texts, 60 different ones in 60 rows; no name of ours is like it" in text


def test_of_several_columns_that_fit_none_is_placed_and_all_are_offered(tmp_path: Path) -> None:
    text = guess_of(tmp_path, requests(Team=UNITS, Desk=[*UNITS[1:], "Unit 0"], Ward=KINDS))
    assert "department" not in tomllib.loads(text)["case"]
    assert '# department = "Team"  # 5 different values' in text
    assert '# department = "Desk"  # 5 different values' in text
    assert '# department = "Ward"  # 3 different values' in text
    assert "'Team':" not in text


def test_a_column_called_department_with_a_value_for_each_case_is_none(tmp_path: Path) -> None:
    text = guess_of(tmp_path, requests(Department=[f"Room {number}" for number in range(60)]))
    assert "department" not in tomllib.loads(text).get("case", {})
    assert "# 'Department': would be department, but has 60 different values: no group of cases" in text


def test_a_group_is_the_same_on_all_rows_of_a_case(tmp_path: Path) -> None:
    frame = requests(Team=UNITS)
    steps = pl.concat([frame, frame.with_columns(Team=pl.lit("Unit 9"))]).with_columns(Step=pl.lit("check"))
    text = guess_of(tmp_path, steps)
    assert '"Team"' not in text


def test_a_second_column_that_could_be_meant_is_offered_and_not_passed_over(tmp_path: Path) -> None:
    days = ["2024-06-03"] * 60
    frame = requests(**{"Resolved Date": days, "Decision Date": days, "Target Date": days, "Due Date": days})
    text = guess_of(tmp_path, frame)
    layout = tomllib.loads(text)
    assert (layout["event"]["completed_at"], layout["case"]["due_on"]) == ("Closed Date", "Due Date")
    assert {'# completed_at = "Resolved Date"', '# completed_at = "Decision Date"', '# due_on = "Target Date"'} <= set(
        text.splitlines()
    )
    assert "# Not placed:" not in text


@pytest.mark.parametrize("count", sample([5, 40, 300], [5, 40]))
def test_nobody_has_to_read_more_than_thirty_lines_of_comment(tmp_path: Path, count: int) -> None:
    days = {f"Closed {number}": ["2024-06-03"] * 60 for number in range(count)}
    texts = {f"Colour {number}": [f"c{row}" for row in range(60)] for number in range(count)}
    text = guess_of(tmp_path, requests(**days, **texts))
    assert len(comments(text)) <= 30
    assert tomllib.loads(text)["event"]["completed_at"] == "Closed Date"
    assert ("'Colour 4': texts" in text) == (count == 5)
    assert f"and {count - 8} more: no name of ours is like it" in text or count == 5


def test_nor_for_a_folder_of_many_files(open_data: Path) -> None:
    assert len(comments(guessed_layout(open_data / "isleofman_planning"))) <= 30


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Twelve annual files, the header of one of them misprinted, with its columns in another order."""
    (tmp_path / "in").mkdir()
    for year in range(2012, 2024):
        frame = requests(8).with_columns(pl.col("Request No").str.replace("^", f"{year}-"))
        odd = frame.rename({"Closed Date": "Closd Date"}).select("Closd Date", "Received", "Request No")
        (odd if year == 2019 else frame).write_csv(tmp_path / "in" / f"requests-{year}.csv")
    return tmp_path / "in"


def test_twelve_files_of_which_one_is_misprinted_are_one_table_and_the_file_is_told(years: Path) -> None:
    text = guessed_layout(years)
    assert tomllib.loads(text)["event"]["completed_at"] == "Closed Date"
    assert "# 'requests-2019.csv' has 'Closd Date' where most files have 'Closed Date'" in text


def test_the_offered_entry_takes_all_twelve_in_and_the_placed_one_names_the_file(years: Path, tmp_path: Path) -> None:
    text = guessed_layout(years)
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError, match=r"requests-2019\.csv has no column 'Closed Date'"):
        ingest(tmp_path / "lake", [years], str(own))
    lines = text.splitlines()
    placed = lines.index('completed_at = "Closed Date"')
    assert lines[placed + 1] == '# completed_at = { any = ["Closed Date", "Closd Date"] }  # for all files'
    both = text.replace('completed_at = "Closed Date"\n', 'completed_at = { any = ["Closed Date", "Closd Date"] }\n')
    own.write_text(both, encoding="utf-8")
    assert ingest(tmp_path / "lake", [years], str(own)).rows["events"]["accepted"] == 96


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_headers_with_unseen_characters_are_placed_by_their_words(tmp_path: Path, form: str) -> None:
    frame = requests(8).rename({"Request No": "\ufeffRequest No", "Closed Date": "Closed\u00a0Date\u200b"})
    file = tmp_path / f"requests.{form}"
    match form:
        case "csv":
            frame.write_csv(file)
        case "parquet":
            frame.write_parquet(file)
        case _:
            frame.write_excel(file)
    text = guessed_layout(file)
    assert tomllib.loads(text).get("event", tomllib.loads(text))["completed_at"] == "Closed Date"
    assert "# 'Closed Date': has characters or blanks in its header that nobody sees: it is found" in text
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    assert ingest(tmp_path / "lake", [file], str(tmp_path / "own.toml")).rows["events"]["accepted"] == 8


def test_a_header_that_two_columns_have_is_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("Case No,Step,Done,Note,Note\nA,s,2024-03-04,x,y\n", encoding="utf-8")
    assert "# 'Note': stands in more than one column" in guessed_layout(tmp_path / "log.csv")


def steps(**columns: Any) -> pl.DataFrame:
    """Cases of six steps, each at a time of its own, with further columns."""
    frame = pl.select(pl.int_range(0, 120).alias("n")).with_columns(
        pl.format("Z{}", pl.col("n") // 6).alias("Zaaknummer"),
        (pl.datetime(2024, 1, 2, 9) + pl.duration(hours=pl.col("n") * 7)).dt.to_string("%d-%m-%Y %H:%M").alias("Begin"),
    )
    return frame.drop("n").with_columns(pl.Series(name, values) for name, values in columns.items())


STEPS = [f"stap {number % 6}" for number in range(120)]


@pytest.mark.parametrize("header", ["Omschrijving stap", "Schritt Bezeichnung", "Processtap", "Activity desc"])
def test_a_column_called_after_steps_names_them(tmp_path: Path, header: str) -> None:
    layout = tomllib.loads(guess_of(tmp_path, steps(**{header: STEPS})))
    assert layout["event"]["activity"] == header


def test_the_one_text_of_few_values_that_changes_within_a_case_is_its_step(tmp_path: Path) -> None:
    fees = [f"{number // 6 * 10},50" for number in range(120)]
    text = guess_of(tmp_path, steps(**{"Wat gebeurde": STEPS, "Leges (€)": fees}))
    assert 'activity = "Wat gebeurde"  # to confirm: 6 different values that change within a case' in text
    assert '[case_extra] and leges = "Leges (€)"' in text
    assert "constants" not in tomllib.loads(text)


def test_of_two_such_columns_neither_is_taken_and_both_are_offered(tmp_path: Path) -> None:
    rooms = [f"kamer {number % 4}" for number in range(120)]
    text = guess_of(tmp_path, steps(**{"Wat gebeurde": STEPS, "Kamer": rooms}))
    assert '# activity = "Wat gebeurde"' in text
    assert '# activity = "Kamer"' in text
    assert tomllib.loads(text)["constants"] == {"activity": "request"}


def test_what_differs_on_rows_without_times_of_their_own_is_no_step(tmp_path: Path) -> None:
    """Requests joined with their documents: the time of the request stands on all its rows."""
    frame = steps(Document=STEPS).with_columns(pl.col("Begin").first().over("Zaaknummer"))
    assert tomllib.loads(guess_of(tmp_path, frame))["constants"] == {"activity": "request"}
