"""A header is its words, whatever stands unseen in it; one misprinted header keeps no other file out."""

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from support.door import STEPS, layout_of, published, rows, taken_in, written
from support.samples import sample

from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import CallError, InputRefusedError
from efficacy_analytics.lake.delivery import Delivery

YEARS = range(2012, 2024)
ONE_TABLE = (
    'format = "{form}"\ntime_zone = "Europe/Amsterdam"\ncalendar = "weekdays"\n'
    '[event]\ncase_id = "Case No"\nactivity = "Step"\ncompleted_at = "Closed Date"\n'
)
UNSEEN = {
    "a second byte order mark": "\ufeff{}",
    "zero-width characters": "\u200b{}\u200b",
    "a no-break space": "{0}\u00a0",
    "a full-width space around": "\u3000{}",
}


def annual(folder: Path, form: str, *, misprinted: tuple[int, ...] = (), wrong: str = "Closd Date") -> Path:
    """Twelve annual files of one case each; those of some years have a misprinted header."""
    folder.mkdir()
    for year in YEARS:
        done = wrong if year in misprinted else "Closed Date"
        frame = pl.DataFrame({"Case No": [f"C{year}"], "Step": ["decide"], done: [f"{year}-03-04"]})
        file = folder / f"requests-{year}.{form}"
        match form:
            case "csv":
                frame.write_csv(file)
            case "parquet":
                frame.write_parquet(file)
            case _:
                frame.write_excel(file)
    return folder


def told(delivery: Delivery, code: str) -> list[tuple[str, int, str]]:
    return [(one["subject"], one["count"], one["names"]) for one in delivery.notices if one["code"] == code]


@pytest.mark.parametrize(
    ("form", "called"),
    sample([("csv", "csv"), ("parquet", "parquet"), ("xlsx", "excel")], [("csv", "csv"), ("xlsx", "excel")]),
)
def test_one_misprinted_header_of_twelve_is_told_with_its_file_and_keeps_no_other_out(
    tmp_path: Path, form: str, called: str
) -> None:
    folder, layout = annual(tmp_path / "in", form, misprinted=(2019,)), ONE_TABLE.format(form=called)
    with pytest.raises(InputRefusedError) as refused:
        taken_in(tmp_path, folder, layout)
    assert refused.value.problem == f"requests-2019.{form} has no column 'Closed Date', which the layout names."
    assert refused.value.hint.startswith("is 'Closd Date' a misprint of it? ")
    assert refused.value.hint.endswith(f"to take in the other 11 without it: --without 'requests-2019.{form}'")
    delivery = taken_in(tmp_path, folder, layout, left_out=[f"requests-2019.{form}"])
    assert delivery.rows["events"]["accepted"] == 11
    assert told(delivery, "files_left_out") == [("", 1, f"requests-2019.{form}")]
    with published(tmp_path) as snapshot:
        assert rows(snapshot, "select notices like '%files_left_out%' from snapshot") == [(True,)]


def test_all_files_with_a_fault_are_named_at_once(tmp_path: Path) -> None:
    folder = annual(tmp_path / "in", "csv", misprinted=(2013, 2021))
    with pytest.raises(InputRefusedError) as refused:
        taken_in(tmp_path, folder, ONE_TABLE.format(form="csv"))
    assert "Nor has each of these what the layout names: requests-2021.csv." in refused.value.problem
    assert "--without 'requests-2013.csv' --without 'requests-2021.csv'" in refused.value.hint


def test_a_table_that_no_other_file_gives_cannot_be_left_out(tmp_path: Path) -> None:
    tables = {"events": pl.DataFrame({"case": ["A"], "step": ["s"], "dne": ["2024-03-04"]})}
    tables["clock_stops"] = pl.DataFrame({"case": ["A"], "kind": ["k"], "since": ["2024-03-04"], "until": [""]})
    stops = {"case_id": "case", "kind": "kind", "stopped_from_on": "since", "stopped_until_on": "until"}
    export = written(tmp_path / "in", "csv", tables)
    with pytest.raises(InputRefusedError) as refused:
        taken_in(tmp_path, export, layout_of("csv", {"events": STEPS, "clock_stops": stops}))
    assert "events.csv has no column 'done'" in refused.value.problem
    assert "--without" not in refused.value.hint


def test_a_file_that_is_not_there_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"no file 'requests-1999\.csv' to be left out"):
        taken_in(tmp_path, annual(tmp_path / "in", "csv"), ONE_TABLE.format(form="csv"), left_out=["requests-1999.csv"])


def test_the_command_takes_in_the_other_eleven_as_its_hint_says(tmp_path: Path) -> None:
    folder = annual(tmp_path / "in", "csv", misprinted=(2019,))
    (tmp_path / "own.toml").write_text(ONE_TABLE.format(form="csv"), encoding="utf-8")
    call = ["ingest", str(folder), "--layout", str(tmp_path / "own.toml"), "--lake", str(tmp_path / "lake"), "--quiet"]
    ran = CliRunner().invoke(app, [*call, "--without", "requests-2019.csv"])
    assert "events: 11 received = 11 accepted + 0 refused" in ran.output
    assert "1 file of the delivery is left out, as asked for (requests-2019.csv)" in ran.output


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("form", ["csv", "parquet", "excel", "database"])
def test_a_header_is_its_words_whatever_stands_unseen_in_it(tmp_path: Path, form: str, unseen: str) -> None:
    done = UNSEEN[unseen].format("done")
    tables = {"events": pl.DataFrame({"case": ["A"], "step": ["s"], done: ["2024-03-04 10:00:00"]})}
    export = written(tmp_path / "in", form, tables)
    delivery = taken_in(tmp_path, export, layout_of(form, {"events": STEPS}))
    assert delivery.rows["events"]["accepted"] == 1
    assert [(count, names) for _, count, names in told(delivery, "headers_tidied")] == [(1, "done")]
    assert told(delivery, "columns_not_placed") == []


@pytest.mark.parametrize(
    ("named", "header"),
    [
        ("Closed Date", "Closed\u00a0Date"),
        ("Closed Date", '"Closed\nDate"'),
        ("Attività chiusa", "Attivita\u0300 chiusa"),
        ("办结时间", "办结　时间"),
        ("Closed\u00a0Date", "Closed Date"),
    ],
)
def test_blanks_of_other_kinds_and_letters_in_parts_make_no_other_header(
    tmp_path: Path, named: str, header: str
) -> None:
    (tmp_path / "in.csv").write_text(f"Case No,Step,{header}\nA,s,2024-03-04\n", encoding="utf-8")
    layout = ONE_TABLE.format(form="csv").replace("Closed Date", named)
    assert taken_in(tmp_path, tmp_path / "in.csv", layout).rows["events"]["accepted"] == 1


def test_of_two_headers_alike_the_one_written_as_asked_for_counts(tmp_path: Path) -> None:
    text = "Case No,Step,Closed\u00a0Date,Closed Date\nA,s,2020-01-01,2024-03-04\n"
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    taken_in(tmp_path, tmp_path / "in.csv", ONE_TABLE.format(form="csv"))
    with published(tmp_path) as snapshot:
        assert rows(snapshot, "select cast(completed_on as varchar) from cases") == [("2024-03-04",)]
    (tmp_path / "in.csv").write_text(text.replace("Closed Date", "Closed\u3000Date"), encoding="utf-8")
    with pytest.raises(InputRefusedError, match="more than one column 'Closed Date'"):
        taken_in(tmp_path, tmp_path / "in.csv", ONE_TABLE.format(form="csv"))


def test_a_column_that_one_file_lacks_and_others_have_is_told_with_the_file(tmp_path: Path) -> None:
    folder = annual(tmp_path / "in", "csv")
    for year in YEARS:
        file = folder / f"requests-{year}.csv"
        officer = "Oficer" if year == 2019 else "Officer"
        pl.read_csv(file).with_columns(pl.lit("Ann").alias(officer)).write_csv(file)
    layout = ONE_TABLE.format(form="csv") + 'resource = { any = ["Officer", "Handler"], optional = true }\n'
    delivery = taken_in(tmp_path, folder, layout)
    assert told(delivery, "columns_lacking") == [("requests-2019.csv", 1, "Officer")]
    assert told(delivery, "columns_not_placed") == [("events", 1, "Oficer")]
    none = layout.replace("Officer", "Chief")
    assert told(taken_in(tmp_path, folder, none), "columns_lacking") == []
