"""Exports as offices make them, by the guessed layout: the right figures, or a word on what is uncertain."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.guessing.guess import guessed_layout
from efficacy_analytics.workflows.steps import kept_notices

ZONE = {"nl": "Europe/Amsterdam", "de": "Europe/Berlin", "it": "Europe/Rome", "us": "America/New_York"}
# One case done in time, one open past its due date, one withdrawn; the last line of some is their sum.
REQUESTS = {
    "nl": """Zaaknummer;Zaaktype;Datum aanvraag;Datum besluit;Uiterste datum;Afdeling;Status
Z-1;Kapvergunning;14-03-2024;28-03-2024;25-04-2024;Groen;Verleend
Z-2;Kapvergunning;15-03-2024;;26-04-2024;Groen;In behandeling
Z-3;Kapvergunning;03-04-2024;28-04-2024;25-05-2024;Groen;Ingetrokken
Totaal;;;;;;3
""",
    "de": """Aktenzeichen;Antragsart;Antragseingang;Bescheid am;Bearbeitungsfrist;Sachgebiet;Stand
A/1;Baugenehmigung;14.03.2024 10:30:15;28.03.2024 09:00:00;25.04.2024;Bauamt;erteilt
A/2;Baugenehmigung;15.03.2024 08:01:02;;26.04.2024;Bauamt;offen
A/3;Baugenehmigung;03.04.2024 08:01:02;28.04.2024 09:00:00;25.05.2024;Bauamt;zurückgezogen
Summe;;;;;;3
""",
    "it": """Numero pratica;Tipo procedimento;Data presentazione;Data rilascio;Scadenza;Ufficio;Stato
P1;SCIA;14/03/2024 10:30:15;28/03/2024 09:00:00;25/04/2024;Edilizia;Rilasciata
P2;SCIA;15/03/2024 08:01:02;;26/04/2024;Edilizia;In corso
P3;SCIA;03/04/2024 08:01:02;28/04/2024 08:01:02;25/05/2024;Edilizia;Ritirata
""",
    "zh": """某市政务服务办件明细,,,,,,
办件流水号,事项名称,受理时间,办结时间,承诺办结时间,承办单位,办理状态
S1,食品许可,2024年3月14日 10:30,2024年3月28日 16:00,2024年4月25日,市监局,已办结
S2,食品许可,2024年3月15日 10:30,,2024年4月26日,市监局,办理中
S3,食品许可,2024年4月3日 10:30,2024年4月28日 09:00,2024年5月25日,市监局,申请人撤回
合计,,,,,,3
""",
    "us": """Permit Number,Permit Type,Application Date,Date Issued,Expiration Date,Target Date,Department,Status
B1,Fence,3/14/2024 2:15 PM,3/28/2024 9:00 AM,9/28/2024,4/25/2024,Building,Issued
B2,Fence,3/15/2024 2:15 PM,,,4/26/2024,Building,In Review
B3,Fence,4/3/2024 2:15 PM,4/28/2024 9:00 AM,,5/25/2024,Building,Withdrawn
""",
}


def taken_in(folder: Path, export: Path) -> Delivery:
    """An export by its guessed layout, whose zone was confirmed."""
    text = guessed_layout(export).replace('"UTC"', '"Europe/Amsterdam"')
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return ingest(folder / "lake", [export], str(folder / "own.toml"))


COLUMNS = "case_id, accepted_on, completed_on, due_on, is_open, is_late"


def cases_of(folder: Path, columns: str = COLUMNS) -> list[Any]:
    """The cases of what was taken in."""
    publish(folder / "lake", as_on=dt.date(2024, 6, 28))
    with open_log(folder / "lake") as log:
        return log.connection.sql(f"select {columns} from cases order by case_id").fetchall()


def csv(folder: Path, text: str) -> Path:
    (folder / "export.csv").write_text(text, encoding="utf-8")
    return folder / "export.csv"


@pytest.mark.parametrize("language", sample(REQUESTS, list(REQUESTS)[:1]))
def test_requests_as_offices_of_five_languages_export_them(tmp_path: Path, language: str) -> None:
    taken_in(tmp_path, csv(tmp_path, REQUESTS[language]))
    day = dt.date
    *found, withdrawn = zip(*cases_of(tmp_path, f"{COLUMNS}, is_withdrawn"), strict=True)
    assert [*zip(*found[1:], strict=True)] == [
        (day(2024, 3, 14), day(2024, 3, 28), day(2024, 4, 25), False, False),
        (day(2024, 3, 15), None, day(2024, 4, 26), True, True),
        (day(2024, 4, 3), day(2024, 4, 28), day(2024, 5, 25), False, False),
    ]
    assert withdrawn == (False, False, True)


def test_a_row_that_sums_up_others_is_no_case(tmp_path: Path) -> None:
    words = ["合计", "Grand Total:", "totaal", "T-1"]
    rows = "".join(f"{word},2,2024-03-05\n" for word in words)
    taken = taken_in(tmp_path, csv(tmp_path, f"Case,Step,Done\nA,check,2024-03-04\n{rows}"))
    assert taken.rows["events"]["refused_by_rule"] == {"case_id_of_a_total": 3}
    assert cases_of(tmp_path, "case_id") == [("A",), ("T-1",)]


@pytest.mark.parametrize(
    "ahead",
    ["承诺办结时间", "Expected completion date", "Uiterste besluitdatum", "Voraussichtlich erledigt", "Data prevista"],
)
def test_a_time_that_lies_ahead_is_never_taken_for_a_completion(tmp_path: Path, ahead: str) -> None:
    text = guessed_layout(csv(tmp_path, f"Case,Received,{ahead}\nA,2024-03-04,2024-04-04\nB,2024-03-05,2024-04-05\n"))
    layout = tomllib.loads(text)
    assert "completed_at" not in {**layout["event"], **layout.get("case", {})}
    assert "# events needs completed_at" in text


def test_a_row_that_is_a_whole_request_begins_with_its_acceptance_not_with_a_step_within(tmp_path: Path) -> None:
    header = "Application ID,Received,Validated,Consultation Start,Consultation End,Decision Date,Decision Target Date"
    rows = "1,2024-03-01,2024-03-04,2024-03-08,2024-03-20,2024-04-02,2024-04-29"
    text = guessed_layout(csv(tmp_path, f"{header}\n{rows}\n"))
    layout = tomllib.loads(text)
    assert (layout["event"]["started_at"], layout["event"]["completed_at"]) == ("Validated", "Decision Date")
    assert (layout["case"]["applied_at"], layout["case"]["accepted_at"]) == ("Received", "Validated")
    assert '# started_at = "Consultation Start"' in text


def test_an_application_is_not_passed_off_as_an_acceptance(tmp_path: Path) -> None:
    export = csv(tmp_path, "Case,Received,Closed\nA,2024-03-04,2024-03-14\n")
    assert tomllib.loads(guessed_layout(export))["case"] == {"applied_at": "Received", "completed_at": "Closed"}
    taken_in(tmp_path, export)
    cases_of(tmp_path)
    assert ("accepted_by_application", 1) in [(one["code"], one["count"]) for one in kept_notices(tmp_path / "lake")]


@pytest.mark.parametrize("text", ['[{"case": "A"}]', '{"case": "A"}\n{"case": "B"}\n', '\ufeff[\n {"a": 1}]'])
def test_json_is_named_for_what_it_is(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputRefusedError, match="is JSON, which is not read"):
        guessed_layout(csv(tmp_path, text))


def test_an_export_without_a_header_is_refused_and_shows_no_value(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="no header that can be told") as refused:
        guessed_layout(csv(tmp_path, "A,李四,2024-03-04\nB,王五,2024-03-05\n"))
    assert "李四" not in str(refused.value)


def test_a_column_without_a_name_is_no_fault_of_the_header(tmp_path: Path) -> None:
    export = csv(tmp_path, ",case_id,activity,time\n0,A,check,2024-03-04\n1,A,done,2024-03-05\n")
    assert taken_in(tmp_path, export).rows["events"]["accepted"] == 2


def test_sheets_of_a_year_each_are_taken_in_together(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "years.xlsx")) as book:
        for year in (2022, 2023):
            day = book.add_format({"num_format": "dd-mm-yyyy"})
            sheet = book.add_worksheet(str(year))
            sheet.write_row(0, 0, ["Zaak", "Ontvangen", "Afgehandeld"])
            sheet.write_string(1, 0, f"Z-{year}")
            for place, month in ((1, 3), (2, 4)):
                sheet.write_datetime(1, place, dt.datetime(year, month, 1), day)
        book.add_worksheet("Toelichting").write_string(0, 0, "Versie 1")
    taken_in(tmp_path, tmp_path / "years.xlsx")
    found = cases_of(tmp_path, "case_id, applied_on, completed_on")
    assert found == [(f"Z-{year}", dt.date(year, 3, 1), dt.date(year, 4, 1)) for year in (2022, 2023)]


def test_a_column_of_days_written_in_several_ways_is_told_and_not_placed(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "mixed.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Zaak", "Afgehandeld"])
        for row, cell in enumerate([dt.datetime(2024, 3, 4), "15-04-2024", "16-04-2024", dt.datetime(2024, 5, 4)], 1):
            sheet.write_string(row, 0, f"Z{row}")
            is_day = isinstance(cell, dt.datetime)
            sheet.write_datetime(row, 1, cell, book.add_format({"num_format": "d-m-yyyy"})) if is_day else sheet.write(
                row, 1, cell
            )
    text = guessed_layout(tmp_path / "mixed.xlsx")
    assert "'Afgehandeld': days written in several ways; a spreadsheet may have swapped day and month of some" in text


def test_requests_joined_with_another_table_are_told_by_the_guess_and_by_intake(tmp_path: Path) -> None:
    rows = (
        "Case,Received,Closed,Fee\nA,2024-03-04,2024-03-14,10\nA,2024-03-04,2024-03-14,2\nB,2024-03-05,2024-03-15,10\n"
    )
    export = csv(tmp_path, rows)
    assert "# 1 case has several rows, and no column names what was done" in guessed_layout(export)
    notices = [(one["code"], one["count"]) for one in taken_in(tmp_path, export).notices]
    assert ("steps_alike", 1) in notices


def test_where_no_completion_is_told_the_snapshot_says_what_stands_in_for_it(tmp_path: Path) -> None:
    rows = "ticket_id,new_status,changed_at\n7,In progress,2024-03-01\n7,Closed,2024-03-02\n8,In progress,2024-03-01\n"
    taken_in(tmp_path, csv(tmp_path, rows))
    assert [case[4] for case in cases_of(tmp_path)] == [False, False]
    told = [(one["code"], one["count"]) for one in kept_notices(tmp_path / "lake")]
    assert ("completed_by_last_step", 2) in told


def test_the_tables_of_a_database_are_placed_in_the_words_of_their_owner(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(tmp_path / "hall.duckdb") as connection:
        frames = {
            "applications": pl.DataFrame({"application_id": ["1", "2"], "submitted_at": ["2024-03-01", "2024-03-04"],
                                          "decided_at": ["2024-03-08", None], "permit_type": ["x", "y"]}),
            "application_steps": pl.DataFrame({"application_id": ["1", "2"], "step": ["intake", "intake"],
                                               "finished_at": ["2024-03-05 10:00", "2024-03-05 11:00"]}),
        }  # fmt: skip
        for name, frame in frames.items():
            connection.register("given", frame.to_arrow())
            connection.execute(f"create table {name} as from given")
    taken_in(tmp_path, tmp_path / "hall.duckdb")
    assert cases_of(tmp_path, "case_id, item, is_open") == [("1", "x", False), ("2", "y", True)]


DUE = [("2024-03-20 00:00:00", None), ("2024-03-20", None), ("2024-03-20 17:00", "instant")]


@pytest.mark.parametrize(("due", "verdict"), sample(DUE, [DUE[0], DUE[2]]))
def test_a_due_day_written_as_midnight_is_a_day(tmp_path: Path, due: str, verdict: str | None) -> None:
    export = csv(tmp_path, f"Case,Received,Closed,Due Date\nA,2024-03-04,2024-03-20 10:00:00,{due}\n")
    assert tomllib.loads(guessed_layout(export)).get("verdict_by") == verdict
    taken_in(tmp_path, export)
    assert [case[-1] for case in cases_of(tmp_path)] == [False]  # completed on its last day


def test_files_of_another_format_in_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    frame = pl.DataFrame({"case_id": ["A"], "activity": ["x"], "time": ["2024-03-04"]})
    frame.write_csv(tmp_path / "in" / "a.csv")
    frame.write_parquet(tmp_path / "in" / "b.parquet")
    assert "# 'b.parquet' is of another format (parquet)" in guessed_layout(tmp_path / "in")
