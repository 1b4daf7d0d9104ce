"""A guessed layout leads to the same accepted rows as the one written by hand; what it cannot place it names."""

import tomllib
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from click.testing import CliRunner
from support.intake import ingest
from support.spoken import spoken_text

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.cli import layouts
from efficacy_analytics.cli.app import app
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.lake.guessing.guess import guessed_layout

OPEN = [
    pytest.param("receipt/receipt.xes.gz", "receipt", id="receipt"),
    pytest.param("academic_credentials/AcademicCredentials.csv.gz", "academic_credentials", id="credentials"),
    pytest.param("asheville_plan_review/FirstPlanReview_SLA_Achievement.csv.gz", "asheville", id="Asheville"),
    pytest.param("boston311_animal", "boston311", id="Boston, a folder of two files alike"),
    pytest.param("isleofman_planning", "isle_of_man", id="Isle of Man, a folder of 27 files", marks=pytest.mark.deep),
    pytest.param("isleofman_planning/2016-planning-applications.csv.gz", "isle_of_man", id="lone CR, titles, Mac"),
    pytest.param("isleofman_planning/2018-appeals.csv.gz", "isle_of_man", id="lines inside of values"),
    pytest.param("bpic15/BPIC15_1.xes.gz", "bpic15", id="BPIC15_1", marks=pytest.mark.deep),
    pytest.param("road_fines", "road_fines", id="road fines", marks=pytest.mark.deep),
]


def counts(folder: Path, export: Path, layout: str) -> dict[str, tuple[object, object]]:
    """Rows received and accepted by table."""
    rows = ingest(folder, [export], layout).rows
    return {table: (one["received"], one["accepted"]) for table, one in rows.items()}


def guessed_counts(folder: Path, export: Path) -> dict[str, tuple[object, object]]:
    return counts_by(guessed_layout(export), folder, export)


def counts_by(layout: str, folder: Path, export: Path) -> dict[str, tuple[object, object]]:
    """The same by the text of a layout."""
    (folder / "guess.toml").write_text(layout, encoding="utf-8")
    return counts(folder / "guessed", export, str(folder / "guess.toml"))


@pytest.mark.parametrize(("log", "layout"), OPEN)
def test_an_open_log_is_accepted_as_by_its_own_layout(open_data: Path, tmp_path: Path, log: str, layout: str) -> None:
    assert guessed_counts(tmp_path, open_data / log) == counts(tmp_path / "own", open_data / log, layout)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of a small city."""
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, cases=500, seed=3)
    return folder


@pytest.fixture(scope="module")
def city_counts(city: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, object]]:
    """Its rows by the layout of its own."""
    return counts(tmp_path_factory.mktemp("own"), city, "city")


def test_the_tables_of_the_city_are_told_apart(
    city: Path, city_counts: dict[str, tuple[object, object]], tmp_path: Path
) -> None:
    assert guessed_counts(tmp_path, city) == city_counts


def test_the_sheets_of_a_workbook_are_told_apart(
    city: Path, city_counts: dict[str, tuple[object, object]], tmp_path: Path
) -> None:
    (tmp_path / "export").mkdir()
    book = xlsxwriter.Workbook(tmp_path / "export" / "city.xlsx")
    for file in sorted(city.glob("*.csv")):
        pl.read_csv(file, infer_schema=False).write_excel(book, worksheet=file.stem)
    book.close()
    assert guessed_counts(tmp_path, tmp_path / "export" / "city.xlsx") == city_counts


@pytest.mark.parametrize("header", ["Date due", "Due by", "Response due date", "Decision due"])
def test_a_day_on_which_an_answer_is_due_is_the_due_day(tmp_path: Path, header: str) -> None:
    rows = [f"R{number},2024-03-{number:02},2024-03-2{number},2024-04-0{number}" for number in range(1, 9)]
    (tmp_path / "foi.csv").write_text("\n".join([f"Request ID,Date received,Date closed,{header}", *rows]))
    assert tomllib.loads(guessed_layout(tmp_path / "foi.csv"))["case"]["due_on"] == header


def test_a_time_that_is_the_same_on_all_rows_of_a_case_is_not_that_of_its_steps(tmp_path: Path) -> None:
    (tmp_path / "zaken.csv").write_text(
        "Zaaknummer;Activiteit;Datum gereed;Besluitdatum\n"
        "Z1;Ontvangst;01-03-2024;25-03-2024\nZ1;Toets;14-03-2024;25-03-2024\n"
        "Z2;Ontvangst;04-03-2024;28-03-2024\nZ2;Toets;20-03-2024;28-03-2024\n"
    )
    layout = tomllib.loads(guessed_layout(tmp_path / "zaken.csv"))
    assert (layout["event"]["completed_at"], layout["case"]["completed_at"]) == ("Datum gereed", "Besluitdatum")


CHINESE = """2024年一季度办件明细
办件编号;环节名称;环节处理人;环节开始时间;环节结束时间;处理单位;备注
P1;受理;甲;2024/3/29 9:05;2024/3/29 9:30;住建局;无
P1;审查;乙;2024/4/1 9:05;2024/4/2 17:30;住建局;
"""


def test_a_chinese_export_with_a_title_and_slashes_in_its_dates(tmp_path: Path) -> None:
    (tmp_path / "明细.csv").write_text(CHINESE, encoding="gb18030")
    text = guessed_layout(tmp_path / "明细.csv")
    layout = tomllib.loads(text)
    assert layout["event"] == {
        "case_id": "办件编号",
        "activity": "环节名称",
        "started_at": "环节开始时间",
        "completed_at": "环节结束时间",
        "resource": "环节处理人",
    }
    assert layout["case"] == {"department": "处理单位"}  # the same throughout
    assert (layout["delimiter"], layout["time_format"]) == (";", "%Y/%m/%d %H:%M")
    assert "# '备注': texts, 1 different one in 1 row; no name of ours is like it" in text
    assert guessed_counts(tmp_path, tmp_path / "明细.csv") == {"events": (2, 2)}


def test_an_export_in_traditional_characters_is_placed_like_one_in_simplified_ones(tmp_path: Path) -> None:
    rows = [f"{case},{step},2025-03-0{day} 09:00,2025-03-0{day} 10:00,甲,{office},{item},20工作日"
            for case, office, item in (("HK1", "衞生署", "牌照審批"), ("HK2", "環境保護署", "排污許可證"))
            for day, step in enumerate(("受理申請", "審批決定"), start=3)]  # fmt: skip
    header = "案件編號,環節,開始時間,完成時間,承辦人,部門,事項,承諾時限"
    (tmp_path / "明細.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    layout = tomllib.loads(guessed_layout(tmp_path / "明細.csv"))
    assert layout["event"] == {
        "case_id": "案件編號", "activity": "環節", "started_at": "開始時間", "completed_at": "完成時間",
        "resource": "承辦人",
    }  # fmt: skip
    assert layout["case"] == {"department": "部門", "item": "事項", "promised_limit": "承諾時限"}
    assert guessed_counts(tmp_path, tmp_path / "明細.csv")["events"] == (4, 4)


def test_a_column_that_differs_within_a_case_is_no_column_of_the_case(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "case_id,activity,end_time,due_date\nA,x,2024-03-29,2024-04-01\nA,y,2024-03-30,2024-04-02\n"
    )
    text = guessed_layout(tmp_path / "rows.csv")
    assert "case" not in tomllib.loads(text)
    assert "# 'due_date': would be due_on of the case, but differs on the rows of one case" in text


def test_of_a_column_called_after_a_time_it_is_said_that_its_values_are_none(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "办件编号,环节,办结时间,备注\nA1,受理,2025-01-02,无\nA1,决定,昨天,\nA2,受理,不详,\n"
    )
    text = guessed_layout(tmp_path / "log.csv")
    assert (
        "'办结时间': texts, 3 different ones in 3 rows; called like completed_at, but more than one in twenty" in text
    )
    assert "'备注': texts, 1 different one in 1 row; no name of ours is like it" in text


def test_what_is_needed_and_not_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("colour,size\nred,5\nblue,6\n")
    assert "needs" in guessed_layout(tmp_path / "rows.csv")


def test_no_value_of_the_export_is_printed(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "case_id,activity,end_time,applicant\nA,review,2024-03-29,王五\nB,review,2024-03-30,李四\n"
    )
    text = guessed_layout(tmp_path / "rows.csv")
    assert not any(word in text for word in ("王五", "李四", "review"))
    assert "'applicant'" in text


def test_the_command_lists_shows_and_guesses(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("case_id,activity,end_time\nA,review,2024-03-29\n")
    ran = {
        words: CliRunner().invoke(layouts.layout, [*words, "--lake", str(tmp_path)])
        for words in (("list",), ("show", "receipt"), ("guess", str(tmp_path / "rows.csv")))
    }
    assert all(result.exit_code == 0 for result in ran.values())
    assert "isle_of_man" in ran[("list",)].output
    assert 'format = "xes"' in ran[("show", "receipt")].output
    assert tomllib.loads(ran[("guess", str(tmp_path / "rows.csv"))].output)["event"]["case_id"] == "case_id"


@pytest.mark.parametrize("address", ["mysql://reader:Geheim@db.example/approvals", "postgresql://db.example/approvals"])
def test_no_layout_is_guessed_from_a_database_and_it_is_said_from_what_it_is(address: str) -> None:
    told = spoken_text(["layout", "guess", address])
    assert (told.returncode, told.stdout) == (2, "")
    assert "guessed from files, not from a database" in told.stderr
    assert "Geheim" not in told.stderr


def test_a_proposal_that_lacks_what_every_layout_needs_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for days, said in (("2025-03-04", ""), ("never", "cannot be used before it is completed")):
        (tmp_path / "export.csv").write_text(f"case;step;done\nA;review;{days}\nB;review;{days}\n")
        with pytest.raises(SystemExit):
            app(["layout", "guess", str(tmp_path / "export.csv"), "--quiet"], prog_name="efficacy")
        told = capsys.readouterr()
        assert told.out.startswith("# A proposal")
        assert said in told.err
        assert bool(told.err) == bool(said)


FLAT = {
    "English": ("Reference No", "Submitted Date", "accepted", "closed", "Department"),
    "English, received": ("Case Number", "Received", "Registered", "Decision Date", "Dept"),
    "Chinese": ("办件编号", "申请日期", "受理日期", "办结日期", "受理部门"),
    "Dutch": ("Zaaknummer", "Ontvangstdatum", "Registratiedatum", "Besluitdatum", "Afdeling"),
    "German": ("Aktenzeichen", "Eingangsdatum", "Annahmedatum", "Entscheidungsdatum", "Abteilung"),
    "Italian": ("Numero pratica", "Data presentazione", "Data accettazione", "Data chiusura", "Ufficio"),
}


@pytest.mark.parametrize("language", FLAT)
def test_requests_of_one_row_each_are_placed_in_the_languages_of_our_users(tmp_path: Path, language: str) -> None:
    header = ",".join(FLAT[language])
    rows = ["R-1,2024-03-01,2024-03-04,2024-03-14,A", "R-2,2024-03-05,2024-03-06,,B"]
    (tmp_path / "requests.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    text = guessed_layout(tmp_path / "requests.csv")
    layout = tomllib.loads(text)
    number, applied, accepted, closed, _ = FLAT[language]
    placed = {**layout["event"], **layout["case"]}
    assert (placed["case_id"], placed["completed_at"]) == (number, closed)
    assert {placed.get("started_at"), placed.get("applied_at"), placed.get("accepted_at")} >= {applied, accepted}
    assert layout["calendar"] == ("CN" if language == "Chinese" else "weekdays")
    assert counts_by(text, tmp_path, tmp_path / "requests.csv")["events"] == (2, 2)


@pytest.mark.parametrize(("other", "is_told"), [("25/03/2024", True), ("04/03/2024", False)])
def test_day_and_month_are_decided_by_the_columns_together_or_not_at_all(
    tmp_path: Path, other: str, is_told: bool
) -> None:
    text = f"case_id,activity,completed_at,recorded_at\nA,check,03/04/2024,{other}\nA,decide,05/04/2024,\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    guess = guessed_layout(tmp_path / "log.csv")
    assert ("completed_at" in tomllib.loads(guess).get("event", {})) == is_told
    assert ("day and month could be either" in guess) != is_told
    if is_told:
        assert tomllib.loads(guess)["time_format"] == "%d/%m/%Y"


def test_zone_and_calendar_are_said_to_be_confirmed(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("case_id,activity,completed_at\nA,check,2024-03-04 10:00\n", encoding="utf-8")
    lines = guessed_layout(tmp_path / "log.csv").splitlines()
    assert [line.split(" = ")[0] for line in lines if "to confirm" in line] == ["time_zone", "calendar"]


def test_boston_by_the_guessed_layout_has_the_figures_of_its_own(open_data: Path, tmp_path: Path) -> None:
    guess = guessed_layout(open_data / "boston311_animal")
    confirmed = guess.replace('time_zone = "UTC"', 'time_zone = "America/New_York"')
    confirmed = confirmed.replace('calendar = "weekdays"', 'calendar = "US"')
    (tmp_path / "guess.toml").write_text(confirmed, encoding="utf-8")
    found = []
    for name, layout in (("guessed", str(tmp_path / "guess.toml")), ("own", "boston311")):
        ingest(tmp_path / name, [open_data / "boston311_animal"], layout)
        publish(tmp_path / name)
        with open_log(tmp_path / name) as log:
            months = on_time(log, by="month").with_columns(year=pl.col("month").str.slice(0, 4))
        counts = ("case_count", "open_count", "late_count", "judged_count")
        found.append(months.group_by("year").agg(pl.col(*counts).sum()).sort("year").rows())
    assert found[0] == found[1]


CASES_IN_GERMAN = [
    "Aktenzeichen;Amt;Antragsart;Eingang;Ende",
    *(f"AZ-{number};Bauamt;Neubau;0{number}.03.2025;2{number}.03.2025" for number in range(1, 8)),
]


def steps_in_german(end: str) -> list[str]:
    """Three steps of each case, the last column called as is said."""
    return [
        f"Aktenzeichen;Schritt;Sachbearbeiter;Beginn;{end}",
        *(
            f"AZ-{number};{step};Kurz;0{number}.03.2025 {hour}:00;2{number}.03.2025 {hour}:30"
            for number in range(1, 8)
            for hour, step in enumerate(("Eingang", "Prüfung", "Bescheid"), 10)
        ),
    ]


def proposed(folder: Path, **files: list[str]) -> dict[str, object]:
    folder.mkdir()
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tomllib.loads(guessed_layout(folder))


def test_the_end_of_a_step_and_of_a_case_is_known_in_german(tmp_path: Path) -> None:
    table = proposed(tmp_path / "export", vorgaenge=CASES_IN_GERMAN, schritte=steps_in_german("Ende"))["table"]
    assert table["events"]["completed_at"] == table["cases"]["completed_at"] == "Ende"
    assert table["events"]["started_at"] == "Beginn"


@pytest.mark.parametrize("end", ["Ende", "Vollzogen"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_table_of_cases_with_a_row_twice_is_no_second_table_of_steps(tmp_path: Path, end: str, times: int) -> None:
    cases = [*CASES_IN_GERMAN, *CASES_IN_GERMAN[3:4] * (times - 1)]
    table = proposed(tmp_path / "export", vorgaenge=cases, schritte=steps_in_german(end))["table"]
    assert table["events"]["file"] == "schritte.csv"
    assert table["cases"]["file"] == "vorgaenge.csv"


def test_files_that_name_no_step_give_the_step_they_are_called_after(tmp_path: Path) -> None:
    lodged = ["PA Ref,Lodged,Determined", "1,2016-06-17,2016-09-21", "2,2016-06-18,2016-09-22"]
    decided = ["Application No,Address,Decided", "1,North,2016-05-31", "2,South,2016-06-01"]
    table = proposed(tmp_path / "export", **{"2016-appeals": lodged, "2016-decisions": decided})["table"]
    assert {one["constants"]["activity"] for one in table["events"]} == {"appeals", "decisions"}


def test_the_encodings_of_all_files_of_a_folder_are_proposed(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.csv").write_text("PA Ref,Lodged,Determined\n1,2016-06-17,2016-09-21\n")
    words = "".join(f"{number},Ballakilpheric Straße,2016-05-31\n" for number in range(9))
    (folder / "b.csv").write_bytes(f"Application No,Address,Decided\n{words}".encode("cp1252"))
    assert tomllib.loads(guessed_layout(folder))["encoding"][:2] == ["utf-8", "cp1252"]
