"""The verdict on any day, from a published snapshot that nobody may write to; and stages with limits of their own."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from support.drawn_clock import AS_ON, REFERENCE, judged, verdicts
from support.drawn_clock import day as on

from efficacy_analytics.clock.verdicts import ALL_STOPS, lay_out_verdicts, stage_verdicts, verdicts_on
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened

CASES = [
    {"accepted_on": on("2025-03-03"), "completed_on": on("2025-03-14"), "promised_length": 5},
    {"accepted_on": on("2025-03-03"), "completed_on": None, "promised_length": 5},
    {"accepted_on": on("2025-03-12"), "completed_on": None, "promised_length": 5},
    {"accepted_on": on("2025-03-03"), "completed_on": None, "promised_length": 5},
]
STOPS = [{"case_key": 3, "kind": "suspension", "stopped_from_on": on("2025-03-05"), "stopped_until_on": None}]


@pytest.fixture
def snapshot(tmp_path: Path) -> DuckdbEngine:
    """A read-only database with the tables a snapshot keeps of the clock, and two cases' steps."""
    return published(tmp_path / "snapshot.duckdb", REFERENCE)


def published(path: Path, reference: Path) -> DuckdbEngine:
    built = judged(CASES, stops=STOPS, reference=reference)
    with opened(path) as writable:
        for table in (
            "calendar",
            "clock_rules",
            "stage_limits",
            "clock_settings",
            "clock_cases",
            "clock_stops",
            "clock_terms",
            "clock_zones",
            "clock_notes",
        ):
            writable.put(table, built.connection.sql(f"from {table}").pl())
        writable.put("cases", pl.DataFrame({"case_key": range(4), "item": ["permit"] * 4, "department": ["D1"] * 4}))
        writable.put("event_log", steps())
    return opened(path, read_only=True)


def steps() -> pl.DataFrame:
    rows = [
        (0, 1, "receipt", "acceptance", on("2025-03-03")),
        (0, 2, "review", "examination", on("2025-03-05")),
        (0, 3, "second review", "examination", on("2025-03-10")),
        (0, 4, "decision", "decision", on("2025-03-14")),
        (0, 5, "handed over", "delivery", on("2025-03-31")),
        (3, 1, "review", "examination", on("2025-03-04")),
        (3, 2, "decision", "decision", on("2025-03-05")),
        (3, 3, "review", "examination", on("2025-03-20")),
    ]
    schema = {
        "case_key": pl.Int64,
        "event_number": pl.Int32,
        "activity": pl.String,
        "stage": pl.String,
        "completed_on": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_on_the_snapshot_s_own_day_the_verdicts_are_those_published(snapshot: DuckdbEngine) -> None:
    verdicts_on(snapshot, AS_ON)
    assert verdicts(snapshot) == verdicts(judged(CASES, stops=STOPS))


def test_on_an_earlier_day_a_case_completed_later_is_open(snapshot: DuckdbEngine) -> None:
    verdicts_on(snapshot, on("2025-03-11"))
    rows = verdicts(snapshot)
    assert [row["is_open"] for row in rows] == [True, True, True, True]
    assert [row["counted_days"] for row in rows] == [6, 6, 0, 2]
    assert [row["is_late"] for row in rows] == [True, True, False, False]
    assert rows[0]["clock_flags"] == ["completed_after_as_on"]
    assert rows[2]["clock_flags"] == ["accepted_after_as_on"]


def test_on_the_due_date_itself_an_open_case_is_not_late(snapshot: DuckdbEngine) -> None:
    verdicts_on(snapshot, on("2025-03-10"))
    row = verdicts(snapshot)[1]
    assert (row["due_on"], row["remaining_days"], row["is_late"]) == (on("2025-03-10"), 0, False)


def test_a_stop_without_an_end_runs_until_the_day_asked_for(snapshot: DuckdbEngine) -> None:
    verdicts_on(snapshot, on("2025-03-07"))
    assert verdicts(snapshot)[3]["due_on"] == on("2025-03-12")
    verdicts_on(snapshot, on("2025-03-10"))
    assert verdicts(snapshot)[3]["due_on"] == on("2025-03-13")


def judged_on(log: DuckdbEngine, day: str, stops: str) -> list[dict[str, object]]:
    """The verdicts of a day, asked as a question: with all stops, or as if every one of them were suspicious."""
    with log.scope():
        log.command("create temp table honesty_suspicious as from clock_stops")
        verdicts_on(log, on(day), stops=stops)
        return verdicts(log)


def test_days_asked_for_one_after_another_have_the_verdicts_that_each_has_alone(tmp_path: Path) -> None:
    asked = [(day, stops) for day in ("2025-03-07", "2025-03-31") for stops in (ALL_STOPS, "honesty_stops_kept")]
    asked.append(asked[0])
    file = tmp_path / "snapshot.duckdb"
    published(file, REFERENCE).close()
    with opened(file, read_only=True) as log, log.scope():
        lay_out_verdicts(log, on("2025-03-10"))  # as a question does that asks for many days
        one_after_another = [judged_on(log, *one) for one in asked]
    alone = []
    for one in asked:
        with opened(file, read_only=True) as log:
            alone.append(judged_on(log, *one))
    assert one_after_another == alone
    assert len({str(rows) for rows in alone}) == 4  # two days, with stops and without


def test_of_a_verdict_only_what_is_asked_for_is_worked_out(snapshot: DuckdbEngine) -> None:
    verdicts_on(snapshot, AS_ON)
    whole = verdicts(snapshot)
    verdicts_on(snapshot, AS_ON, columns=("is_late", "counted_days"))
    assert verdicts(snapshot) == [
        {name: row[name] for name in ("case_key", "is_late", "counted_days")} for row in whole
    ]


LIMITS = "stage,activity,item,department,length,unit,valid_from,valid_until,name_zh,name_en,source_zh,source_en\n"


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    rows = [
        "examination,,,,3,working_days,,,审查,examination,本局规定,a rule of the office",
        "examination,,,D1,4,working_days,,,审查,examination,本局规定,a rule of the office",
        "delivery,,,,10,working_days,2004-07-01,,送达,delivery,行政许可法第四十四条,art. 44",
        ",receipt,,,0,on_the_spot,,,受理,receipt,本局规定,a rule of the office",
        ",decision,permit,,3,calendar_days,,,决定,decision,本局规定,a rule of the office",
    ]
    shutil.copyfile(REFERENCE / "clock_rules.csv", tmp_path / "clock_rules.csv")
    (tmp_path / "stage_limits.csv").write_text(LIMITS + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_a_stage_is_judged_by_its_own_limit_whatever_the_case_does(reference: Path) -> None:
    snapshot = published(reference / "snapshot.duckdb", reference)
    rows = stage_verdicts(snapshot, AS_ON).drop("limit_unit").rows()
    assert rows == [
        # Case 0: the first step runs from acceptance; both reviews are one examination of the limit of D1.
        (0, 1, None, "receipt", 0, on("2025-03-03"), on("2025-03-03"), 0, 0, on("2025-03-03"), False),
        (0, 2, "examination", None, 4, on("2025-03-03"), on("2025-03-10"), 5, 0, on("2025-03-07"), True),
        # 10 March and 3 calendar days: 13 March, a Thursday.
        (0, 4, None, "decision", 3, on("2025-03-10"), on("2025-03-14"), 4, 0, on("2025-03-13"), True),
        # Article 44: ten working days from 14 March are 28 March.
        (0, 5, "delivery", None, 10, on("2025-03-14"), on("2025-03-31"), 11, 0, on("2025-03-28"), True),
        # Case 3: examined twice, the second time while the clock stands still from 5 March.
        (3, 1, "examination", None, 4, on("2025-03-03"), on("2025-03-04"), 1, 0, on("2025-03-07"), False),
        # The stop begins on the day the decision was taken: outside it. 4 March and 3 calendar days: a Friday.
        (3, 2, None, "decision", 3, on("2025-03-04"), on("2025-03-05"), 1, 0, on("2025-03-07"), False),
        # 4 working days from 5 March and the 11 that the stop takes out up to the end.
        (3, 3, "examination", None, 4, on("2025-03-05"), on("2025-03-20"), 0, 11, on("2025-03-26"), False),
    ]


def test_the_law_s_ten_days_for_delivery_are_kept_as_data(snapshot: DuckdbEngine) -> None:
    rows = stage_verdicts(snapshot, AS_ON)
    assert rows.select("case_key", "stage", "limit_days", "due_on", "is_late").rows() == [
        (0, "delivery", 10, on("2025-03-28"), True)
    ]
