"""A day is the local day, however it is written; a format keeps the time or is refused; hours are hours."""

import datetime as dt
import itertools
from pathlib import Path

import polars as pl
import pytest
from support.door import STEPS, TABLES, layout_of, published, rows, taken_in, written

from efficacy_analytics.clock.explain import due_explained
from efficacy_analytics.clock.office_hours import parsed_office_hours
from efficacy_analytics.clock.zones import zone_of_calendar
from efficacy_analytics.errors import CallError, InputRefusedError, LayoutError
from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.cells.time_formats import TimeFormatError, checked_formats
from efficacy_analytics.lake.layouts.layout_files import parsed_layout

SHANGHAI = pl.Datetime("us", "Asia/Shanghai")
# By hand: accepted Monday 2024-03-04, 5 working days; the stop takes out 5, 6, 7; counted are 8, 11, 12, 13, 14.
DUE_AND_STOPPED = [dt.date(2024, 3, 14), 3, 5, False]


def local(*texts: str) -> pl.Series:
    return pl.Series(texts).str.to_datetime("%Y-%m-%d %H:%M", time_unit="us").dt.replace_time_zone("Asia/Shanghai")


def hall(case: str, since: pl.Series, until: pl.Series) -> dict[str, pl.DataFrame]:
    """One case that was stopped: its stop is written as the test says."""
    return {
        "events": pl.DataFrame({"case": [case, case], "step": ["receive", "decide"], "done": TIMES}),
        "cases": pl.DataFrame(
            {"case": [case], "accepted": TIMES[:1], "finished": TIMES[1:], "limit": ["5 working_days"]}
        ),
        "clock_stops": pl.DataFrame({"case": [case], "kind": ["supplement"], "since": since, "until": until}),
    }


TIMES = local("2024-03-04 09:00", "2024-03-14 15:00")
MIDNIGHTS = (local("2024-03-04 00:00"), local("2024-03-07 00:00"))
WRITTEN = {
    "days": tuple(pl.Series([day]).str.to_date() for day in ("2024-03-04", "2024-03-07")),
    "local midnight": MIDNIGHTS,
    "UTC": tuple(day.dt.convert_time_zone("UTC") for day in MIDNIGHTS),
    "local clock": tuple(day.dt.replace_time_zone(None) for day in MIDNIGHTS),
}


EVERY_WAY = tuple(itertools.product(["parquet", "database", "csv", "excel"], WRITTEN))
SOME_WAYS = (("parquet", "UTC"), ("database", "local midnight"), ("excel", "local clock"))


@pytest.mark.parametrize(
    "ways", [pytest.param(SOME_WAYS, id="some"), pytest.param(EVERY_WAY, id="every", marks=pytest.mark.deep)]
)
def test_a_clock_stop_is_the_local_day_however_it_is_written(tmp_path: Path, ways: tuple[tuple[str, str], ...]) -> None:
    for form, way in ways:
        tables = hall(f"{form}, {way}", *WRITTEN[way])
        if form in ("csv", "excel"):  # neither has a type for an instant: it is text
            as_text = pl.selectors.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
            tables = {name: frame.with_columns(as_text) for name, frame in tables.items()}
        taken_in(tmp_path, written(tmp_path / form / way, form, tables), layout_of(form))
    found = rows(published(tmp_path), "select case_id, due_on, stopped_days, counted_days, is_late from cases")
    assert {case: verdict for case, *verdict in found} == {f"{form}, {way}": DUE_AND_STOPPED for form, way in ways}


def test_the_validity_of_limits_and_staff_is_the_local_day(tmp_path: Path) -> None:
    tables = {
        "events": pl.DataFrame({"case": ["S"], "step": ["receive"], "done": TIMES[:1]}),
        "items": pl.DataFrame(
            {"item": ["I"], "limit": ["5 working_days"], "since": MIDNIGHTS[0], "until": MIDNIGHTS[1]}
        ),
        "staff": pl.DataFrame({"who": ["W"], "where": ["D"], "since": MIDNIGHTS[0], "until": MIDNIGHTS[1]}),
    }
    validity = {"valid_from": "since", "valid_until": "until"}
    layout = layout_of(
        "parquet",
        {
            "events": STEPS,
            "items": {"item": "item", "promised_limit": "limit", **validity},
            "staff": {"resource": "who", "department": "where", **validity},
        },
    )
    folder = taken_in(tmp_path, written(tmp_path / "in", "parquet", tables), layout).folder
    for table in ("items", "staff"):
        found = pl.read_parquet(folder / f"{table}.parquet").select("valid_from", "valid_until").rows()
        assert found == [(dt.date(2024, 3, 4), dt.date(2024, 3, 7))]


def test_an_instant_in_utc_says_no_day_where_no_zone_is_named(tmp_path: Path) -> None:
    export = written(tmp_path / "in", "parquet", hall("S", *MIDNIGHTS))
    with pytest.raises(InputRefusedError, match=r"'since' .* instants in UTC"):
        taken_in(tmp_path, export, layout_of("parquet", TABLES, zone=None))


def test_a_due_day_given_as_an_instant_is_the_local_day() -> None:
    stamps = read_stamps(pl.Series(["2024-03-13T16:00:00Z", "2024-03-14"]), zone="Asia/Shanghai")
    assert stamps.on.to_list() == [dt.date(2024, 3, 14)] * 2


REFUSED_FORMATS = [
    ("%m/%d/%y %X", "%X"),
    ("%x %H:%M", "%x"),
    ("%c", "%c"),
    ("%m/%d/%y %I:%M:%S", "12 hours without AM or PM"),
    ("%m/%d/%y %l:%M", "%l"),
    ("%Y-%m-%d %H", "%H"),
    ("%Y-%m-%d %I %p", "an hour without minutes"),
    ("%m/%d/%y %M:%S", "minutes without an hour"),
    ("%Y-%m-%d %H:%M.%f", "a fraction without seconds"),
    ("%Y-%m %H:%M", "no whole day"),
    ("%H:%M", "no whole day"),
    ("%Y-%m-%d %H:%M %Z", "%Z"),
    ("%s", "%s"),
    ("%Y-%m-%d %H:%M:%S,%f", "%f"),
]


@pytest.mark.parametrize(("time_format", "told"), REFUSED_FORMATS)
def test_a_format_that_loses_part_of_a_stamp_is_a_fault_of_the_layout(time_format: str, told: str) -> None:
    text = f'format = "csv"\ntime_format = "{time_format}"\n[event]\ncase_id = "a"\nactivity = "b"\ncompleted_at = "c"'
    with pytest.raises(LayoutError, match=told) as fault:
        parsed_layout(text, "own")
    assert fault.value.exit_code == 3


@pytest.mark.parametrize("time_format", ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S%.f", "%F %T.%3f"])
def test_a_fraction_of_a_second_is_one_as_python_or_the_engine_writes_it(time_format: str) -> None:
    at = read_stamps(pl.Series(["2024-03-29 10:05:01.500"]), zone="UTC", time_format=time_format).at.item()
    assert at == dt.datetime(2024, 3, 29, 10, 5, 1, 500_000, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("%m/%d/%y %T", "03/29/24 10:05:00"),
        ("%m/%d/%Y %r", "03/29/2024 10:05:00 AM"),
        ("%D %R", "03/29/24 10:05"),
        ("%F %T%.f", "2024-03-29 10:05:00.0"),
        ("%d-%b-%Y %k:%M", "29-Mar-2024 10:05"),
        ("%Y年%m月%d日 %H:%M", "2024年03月29日 10:05"),
    ],
)
def test_a_format_that_says_it_all_reads_it_all(time_format: str, text: str) -> None:
    checked_formats([time_format], "own")
    stamps = read_stamps(pl.Series([text]), zone="UTC", time_format=time_format)
    assert stamps.local.to_list() == [dt.datetime(2024, 3, 29, 10, 5)]
    assert stamps.has_time.to_list() == [True]


@pytest.mark.parametrize(
    "formats",
    [
        ["%d/%m/%Y", "%m/%d/%Y"],
        ["%d.%m.%y %H:%M", "%y.%m.%d %H:%M"],
        ["%Y-%m-%d", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"],
    ],
)
def test_day_and_month_are_never_told_value_by_value(formats: list[str]) -> None:
    with pytest.raises(TimeFormatError, match="two moments"):
        checked_formats(formats, "own")


def test_formats_that_cannot_be_confused_may_stand_together() -> None:
    checked_formats(["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d-%b-%y"], "own")


@pytest.mark.parametrize(
    ("accepted", "calendar", "due"),
    [
        # 10:00 +01:00 is 09:00 UTC, a day later 09:00 UTC is 11:00 +02:00; and back in October
        ("2024-03-30T10:00", "NL", "2024-03-31T11:00+02:00"),
        ("2024-10-26T10:00", "NL", "2024-10-27T09:00+01:00"),
        ("2024-03-30T10:00", "DE", "2024-03-31T11:00+02:00"),
        ("2024-03-30T10:00", "CN", "2024-03-31T10:00+08:00"),
    ],
)
def test_a_day_and_night_is_24_hours_also_when_the_clock_changes(accepted: str, calendar: str, due: str) -> None:
    moment, zone = dt.datetime.fromisoformat(accepted), zone_of_calendar(calendar)
    found, days = due_explained(moment, "24 hours", calendar=calendar, zone=zone)
    assert found == dt.datetime.fromisoformat(due)
    assert days["running_number"].max() == 24  # the count shown ends at the limit


def test_a_country_of_several_zones_is_asked_for_one() -> None:
    with pytest.raises(CallError, match="time zones") as fault:
        zone_of_calendar("US")
    assert "--zone" in fault.value.hint


def test_a_night_shift_is_told_how_to_be_written() -> None:
    with pytest.raises(LayoutError) as fault:
        parsed_office_hours({"workdays": ["22:00-06:00"]})
    assert '"22:00-24:00" and "00:00-06:00"' in fault.value.hint
    hours = parsed_office_hours({"workdays": ["22:00-24:00", "00:00-06:00"]})
    assert hours.workdays == ((0, 6 * 3600), (22 * 3600, 24 * 3600))


def steps(*lines: str) -> pl.DataFrame:
    cells = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    return pl.DataFrame(cells, schema=["case", "step", "began", "done"], orient="row")


ORDER = "select activity from event_log order by case_key, event_number"
WAITS = "select waiting_elapsed_seconds from event_log order by case_key, event_number"
OF_STEPS = {"events": {**STEPS, "started_at": "began"}}


def test_a_day_among_times_stands_as_the_file_has_it_and_makes_no_waiting(tmp_path: Path) -> None:
    forms = ("csv", "parquet", "excel")
    for form in forms:
        log = steps(
            f"{form} | receive | 2024-03-04 11:00:00 | 2024-03-04 11:10:00",
            f"{form} | sign    |                     | 2024-03-04",
            f"{form} | give    | 2024-03-04 14:00:00 | 2024-03-04 15:00:00",
            f"{form} | file    | 2024-03-05 09:00:00 | 2024-03-05 10:00:00",
        )
        taken_in(tmp_path, written(tmp_path / form, form, {"events": log}), layout_of(form, OF_STEPS))
    snapshot = published(tmp_path)
    # Read as midnight, `sign` would come first, and `give` would have waited 14 hours.
    assert rows(snapshot, ORDER) == [("receive",), ("sign",), ("give",), ("file",)] * len(forms)
    assert rows(snapshot, WAITS) == [(None,), (None,), (None,), (18 * 3600,)] * len(forms)
    assert rows(snapshot, "select throughput_elapsed_seconds from cases") == [(23 * 3600,)] * len(
        forms
    )  # 11:00 to 10:00


def test_a_step_done_on_the_day_on_which_it_began_did_not_end_before_it(tmp_path: Path) -> None:
    log = steps("A | check | 2024-03-04 14:00:00 | 2024-03-04", "A | give | 2024-03-05 | 2024-03-05 16:00:00")
    counts = taken_in(tmp_path, written(tmp_path / "in", "csv", {"events": log}), layout_of("csv", OF_STEPS)).rows
    assert counts["events"]["refused"] == 0
    service = rows(published(tmp_path), "select service_elapsed_seconds from event_log order by event_number")
    assert service == [(0,), (0,)]  # none is known; not the 16 hours since midnight


def test_a_log_of_days_keeps_its_waiting_in_whole_days(tmp_path: Path) -> None:
    log = steps("A | check || 2024-03-04", "A | sign || 2024-03-06", "A | give || 2024-03-06")
    taken_in(tmp_path, written(tmp_path / "in", "csv", {"events": log}), layout_of("csv", OF_STEPS))
    assert rows(published(tmp_path), WAITS) == [(None,), (2 * 86400,), (0,)]


def test_a_start_of_a_row_of_its_own_keeps_that_it_was_a_day(tmp_path: Path) -> None:
    marks = [
        ("check", "start", "2024-03-04"),
        ("check", "complete", "2024-03-04T16:00:00+08:00"),
        ("give", "start", "2024-03-05T09:00:00+08:00"),
        ("give", "complete", "2024-03-05"),
    ]
    events = "".join(
        f'<event><string key="concept:name" value="{step}"/><string key="lifecycle:transition" value="{what}"/>'
        f'<date key="time:timestamp" value="{at}"/></event>'
        for step, what, at in marks
    )
    log = f'<log><trace><string key="concept:name" value="A"/>{events}</trace></log>'
    (tmp_path / "log.xes").write_text(log)
    head = 'format = "xes"\ntime_zone = "Asia/Shanghai"\ncalendar = "CN"\n'
    delivery = taken_in(tmp_path, tmp_path / "log.xes", head)
    assert delivery.rows["events"]["accepted"] == 4
    kept = pl.read_parquet(delivery.folder / "events.parquet").select("started_local", "completed_local").rows()
    assert kept == [(None, dt.datetime(2024, 3, 4, 16)), (dt.datetime(2024, 3, 5, 9), dt.datetime(2024, 3, 5, 9))]
