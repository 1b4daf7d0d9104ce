"""What a layout may say, and how it is found."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layouts.layout_files import layout_named, parsed_layout, with_constants
from efficacy_analytics.settings import CHECKOUT

SHIPPED = sorted(file.stem for file in (CHECKOUT / "data_lake" / "reference" / "layouts").glob("*.toml"))
EVENT = '[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_layout_can_be_used(name: str, tmp_path: Path) -> None:
    assert layout_named(name, tmp_path).name == name


def test_the_layouts_of_the_open_logs_and_the_city_are_shipped() -> None:
    promised = {"academic_credentials", "asheville", "boston311", "bpic15", "city", "receipt", "road_fines"}
    promised |= {"bpic12", "isle_of_man", "gbt39046", "national_upload"}
    assert promised <= set(SHIPPED)


def test_a_lake_may_have_a_layout_of_its_own_by_a_shipped_name(tmp_path: Path) -> None:
    own = tmp_path / "reference" / "layouts"
    own.mkdir(parents=True)
    (own / "receipt.toml").write_text('format = "csv"\n' + EVENT)
    assert layout_named("receipt", tmp_path).format == "csv"
    assert layout_named("bpic15", tmp_path).format == "xes"


@pytest.mark.parametrize(
    ("text", "named", "known"),
    [
        ('format = "csv"\ntimezone = "UTC"\n' + EVENT, "'timezone'", "time_zone"),
        ('format = "csv"\n' + EVENT + 'ended_at = "e"', "'ended_at' in [event]", "completed_at"),
        ('format = "csv"\n' + EVENT + '[case]\ndeadline = "d"', "'deadline' in [case]", "due_on"),
        ('format = "csv"\n' + EVENT + '[constants]\nlimit = "5"', "'limit' in [constants]", "promised_limit"),
        ('format = "csv"\n[table.steps]\nfile = "s"', "'steps' in [table]", "events"),
        ('format = "csv"\n[table.events]\nfile = "s"\nended = "e"', "'ended' in [table.events]", "completed_at"),
        ('format = "csv"\n' + EVENT + '[office_hours]\nweekdays = ["09:00-12:00"]', "'weekdays'", "workdays"),
    ],
)
def test_an_unknown_key_is_named_beside_the_known_ones(text: str, named: str, known: str) -> None:
    with pytest.raises(LayoutError) as refusal:
        parsed_layout(text, "own")
    assert named in refusal.value.problem
    assert known in refusal.value.hint
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('format = "paper"\n' + EVENT, "'paper' is not read"),
        (EVENT, "format '' is not read"),
        ("format = csv", "not TOML"),
        ('format = "csv"\n[event]\ncase_id = "c"\nactivity = "a"', "no column for 'completed_at'"),
        ('format = "csv"\ntime_zone = "Mars/Olympus"\n' + EVENT, "'Mars/Olympus' is unknown"),
        ('format = "csv"\nencoding = "klingon"\n' + EVENT, "'klingon' is unknown"),
        ('format = "csv"\nverdict_by = "month"\n' + EVENT, "'month' is unknown"),
        ('format = "csv"\n' + EVENT + "[case_extra]\nis_late = 'l'", "a column 'is_late'"),
        ('format = "csv"\n' + EVENT + '[constants]\npromised_limit = "56"', "'56' is not a promised limit"),
        ('format = "csv"\n' + EVENT + '[office_hours]\nworkdays = ["12:00-09:00"]', "cannot be read"),
        ('format = "csv"\n' + EVENT + '[office_hours.resource.Li]\nworkdays = "09:00-12:00"', "must be a list"),
        ('format = "csv"\n' + EVENT + '[case]\ncase_id = "c"', "no case_id of its own"),
        ('format = "csv"\n' + EVENT + '[table.events]\nfile = "s"', "both [table] and [event]"),
        ('format = "csv"\n[table.cases]\nfile = "c"\ncase_id = "c"', "has no events"),
        ('format = "csv"\n[table.events]\ncase_id = "c"', "names no file"),
        ('format = "csv"\n[event]\ncase_id = 5', "must be a text"),
    ],
)
def test_a_layout_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(LayoutError) as refusal:
        parsed_layout(text, "own")
    assert said in refusal.value.problem
    assert refusal.value.hint


def test_an_xes_layout_need_only_name_its_format() -> None:
    layout = parsed_layout('format = "xes"', "log")
    assert layout.tables["events"].columns["completed_at"] == "time:timestamp"
    assert layout.tables["cases"].columns == {"case_id": "concept:name"}


def test_set_gives_constants_zone_and_calendar_and_knows_nothing_else() -> None:
    layout = parsed_layout('format = "csv"\n' + EVENT, "own")
    changed = with_constants(layout, {"department": "Housing", "time_zone": "UTC", "calendar": "NL"})
    assert (changed.source, changed.time_zone, changed.calendar) == ("own/Housing", "UTC", "NL")
    with pytest.raises(LayoutError, match="unknown key 'case_id'"):
        with_constants(layout, {"case_id": "1"})


def test_a_case_may_be_told_by_several_columns_together(tmp_path: Path) -> None:
    rows = "permit,office,on\nP1,fire,2024-03-29\nP1,zoning,2024-03-29\nP2,,2024-03-29\n"
    (tmp_path / "reviews.csv").write_text(rows)
    (tmp_path / "own.toml").write_text(
        'format = "csv"\ntime_zone = "UTC"\ncalendar = "weekdays"\n[event]\n'
        'case_id = ["permit", "office"]\nactivity = "office"\ncompleted_at = "on"\n'
    )
    delivery = ingest(tmp_path / "lake", [tmp_path / "reviews.csv"], str(tmp_path / "own.toml"))
    cases = pl.read_parquet(delivery.folder / "cases.parquet")
    assert cases["case_id"].to_list() == ["P1/fire", "P1/zoning"]
    assert delivery.rows["events"]["refused_by_rule"] == {"case_id_missing": 1}
