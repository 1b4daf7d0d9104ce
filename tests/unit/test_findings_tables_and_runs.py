"""The registry of tables, and runs that keep them."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from support.drawn_cases import drawn_log

from efficacy_analytics.errors import CallError, CheckFailedError, EmptyCohortError, TooFewCasesError
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.findings.catalogue.tables import RUN_TABLES, TABLES, table
from efficacy_analytics.findings.runs import find, open_run
from efficacy_analytics.system.code import code_sha256

FINDINGS = ("on_time", "bottlenecks", "bottlenecks_by_department", "limits", "departments", "indicators")
CHOSEN = {name: TABLES[name] for name in FINDINGS}
EVENTS = """
    case | activity | started          | completed
    A    | apply    | 2024-03-25T09:00 | 2024-03-25T10:00
    A    | review   | 2024-03-25T14:00 | 2024-03-25T15:00
    B    | apply    | 2024-03-25T09:00 | 2024-03-25T10:00
    B    | review   | 2024-03-25T16:00 | 2024-03-25T17:00
"""
COHORT = {"department": "housing", "accepted_from": None}


def test_every_table_says_in_both_languages_what_it_is():
    for name, entry in TABLES.items():
        assert entry.name == name
        assert entry.zh
        assert entry.en
        assert "\n" not in entry.zh + entry.en


@pytest.mark.parametrize("name", FINDINGS)
def test_every_finding_is_made_from_a_cohort_and_nothing_else(name):
    assert isinstance(table(name).make(drawn_log(events=EVENTS)), pl.DataFrame)


def test_options_of_the_call_come_before_those_of_the_table():
    log = drawn_log(events=EVENTS)
    assert TABLES["on_time_by_month"].make(log).columns[0] == "month"
    assert TABLES["on_time_by_month"].make(log, by="item").columns[0] == "item"


def test_an_unknown_table_is_a_wrong_call_that_names_those_there_are():
    with pytest.raises(CallError, match="no table 'bottleneck'") as fault:
        table("bottleneck")
    assert "bottlenecks" in fault.value.hint


def test_knowing_the_tables_imports_none_of_their_makers():
    tables = "efficacy_analytics.findings.catalogue.tables"
    code = f"import sys\nimport {tables}\nprint('scipy' in sys.modules, 'pm4py' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_run_keeps_its_tables_and_what_they_were_made_from(tmp_path):
    log = drawn_log(events=EVENTS)
    told: list[str] = []
    run = find(log, tmp_path, COHORT, tables=CHOSEN, on_progress=told.append)
    assert run.path == tmp_path / "findings" / run.name
    assert told == list(CHOSEN) == list(run.manifest["tables"])
    assert run.table("bottlenecks").equals(TABLES["bottlenecks"].make(log))
    assert run.manifest["cohort"] == COHORT
    assert run.manifest["case_count"] == 2
    assert run.manifest["settings"]["bootstrap"]["seed"] == 20080501  # settings.toml
    assert {"code_version", "packages", "python", "snapshot", "started_at", "ended_at"} <= run.manifest.keys()
    assert open_run(run.path) == run


def test_the_same_question_makes_the_same_run_byte_for_byte(tmp_path):
    log = drawn_log(events=EVENTS)
    first = find(log, tmp_path / "one", COHORT, tables=CHOSEN)
    second = find(log, tmp_path / "two", COHORT, tables=CHOSEN)
    assert first.name == second.name
    assert first.manifest["tables"] == second.manifest["tables"]
    assert [file.name for file in sorted((tmp_path / "one").rglob("*"))] == [
        file.name for file in sorted((tmp_path / "two").rglob("*"))
    ]


def test_another_cohort_makes_another_run(tmp_path):
    log = drawn_log(events=EVENTS)
    chosen = {"on_time": TABLES["on_time"]}
    names = {find(log, tmp_path, {"item": item}, tables=chosen).name for item in ("deed", "sale", "deed")}
    assert len(names) == 2


def test_a_run_is_replaced_whole(tmp_path):
    log = drawn_log(events=EVENTS)
    chosen = {"on_time": TABLES["on_time"]}
    run = find(log, tmp_path, COHORT, tables=chosen)
    (run.path / "left_over.parquet").write_bytes(b"")
    again = find(log, tmp_path, COHORT, tables=chosen)
    assert sorted(file.name for file in again.path.iterdir()) == ["manifest.json", "on_time.parquet"]
    assert [folder.name for folder in (tmp_path / "findings").iterdir()] == [run.name]


def failing(_: object) -> pl.DataFrame:
    raise TooFewCasesError("too few.")


def test_a_run_that_fails_leaves_nothing_behind_and_the_former_one_in_place(tmp_path):
    log = drawn_log(events=EVENTS)
    former = find(log, tmp_path, COHORT, tables={"on_time": TABLES["on_time"]})
    broken = {"on_time": Table("on_time", "坏", "broken", f"{__name__}:failing")}
    with pytest.raises(TooFewCasesError):
        find(log, tmp_path, COHORT, tables=broken)
    assert [folder.name for folder in (tmp_path / "findings").iterdir()] == [former.name]
    assert open_run(former.path).table("on_time").height == 1


def test_tables_of_the_history_made_beside_those_of_the_cohort_are_the_same_bytes_in_the_same_order(tmp_path):
    told: list[str] = []
    after_one_another = find(drawn_log(events=EVENTS), tmp_path / "one", COHORT, tables=CHOSEN)
    beside = find(
        drawn_log(events=EVENTS),
        tmp_path / "two",
        COHORT,
        history=drawn_log(events=EVENTS),
        tables=CHOSEN,
        on_progress=told.append,
    )
    assert list(beside.manifest["tables"].items()) == list(after_one_another.manifest["tables"].items())
    assert sorted(told) == sorted(CHOSEN)


@pytest.mark.parametrize("is_of_history", [False, True])
def test_a_run_of_which_either_session_fails_leaves_nothing_behind(tmp_path, is_of_history):
    failing_one = Table("limits", "坏", "broken", f"{__name__}:failing", is_of_history=is_of_history)
    log, history = drawn_log(events=EVENTS), drawn_log(events=EVENTS)
    with pytest.raises(TooFewCasesError):
        find(log, tmp_path, COHORT, history=history, tables={**CHOSEN, "limits": failing_one})
    assert not (tmp_path / "findings").exists()


def test_a_cohort_without_cases_makes_no_run(tmp_path):
    with pytest.raises(EmptyCohortError):
        find(drawn_log(), tmp_path, COHORT, tables=CHOSEN)
    assert not (tmp_path / "findings").exists()


def test_a_changed_table_is_not_read(tmp_path):
    run = find(drawn_log(events=EVENTS), tmp_path, COHORT, tables={"on_time": TABLES["on_time"]})
    run.table("on_time").with_columns(late_count=pl.lit(0)).write_parquet(run.path / "on_time.parquet")
    with pytest.raises(CheckFailedError, match="'on_time'"):
        run.table("on_time")


def test_a_table_the_run_does_not_have_is_a_wrong_call(tmp_path):
    run = find(drawn_log(events=EVENTS), tmp_path, COHORT, tables={"on_time": TABLES["on_time"]})
    with pytest.raises(CallError, match="no table 'limits'"):
        run.table("limits")


def test_a_folder_without_a_manifest_is_no_run(tmp_path):
    with pytest.raises(CallError, match="no finished run"):
        open_run(tmp_path)


def test_a_run_names_the_snapshot_by_its_content(tmp_path):
    log = drawn_log(events=EVENTS)
    log.connection.execute(
        "create table snapshot as select 'abc-1' as snapshot, 'abc' as content_sha256, date '2024-04-01' as as_on,"
        " '0.1.0' as code_version, 'CN' as calendars"
    )
    chosen = {"on_time": TABLES["on_time"]}
    run = find(log, tmp_path, COHORT, tables=chosen)
    assert run.manifest["snapshot"]["snapshot"] == "abc-1"
    log.connection.execute("update snapshot set snapshot = 'abc-2'")
    assert find(log, tmp_path, COHORT, tables=chosen).name == run.name
    log.connection.execute("update snapshot set content_sha256 = 'def'")
    assert find(log, tmp_path, COHORT, tables=chosen).name != run.name


def test_the_same_question_again_keeps_the_run_unless_a_file_of_it_was_changed_or_it_is_asked_for_anew(tmp_path):
    log = drawn_log(events=EVENTS)
    log.connection.execute(
        "create table snapshot as select 'abc-1' as snapshot, 'abc' as content_sha256, date '2024-04-01' as as_on,"
        " '0.1.0' as code_version, 'CN' as calendars"
    )
    chosen = {"on_time": TABLES["on_time"]}
    made: list[str] = []
    run = find(log, tmp_path, COHORT, tables=chosen, on_progress=made.append)
    assert find(log, tmp_path, COHORT, tables=chosen, on_progress=made.append) == run
    assert made == ["on_time"]
    find(log, tmp_path, COHORT, tables=chosen, on_progress=made.append, anew=True)
    assert made == ["on_time"] * 2
    table = run.path / "on_time.parquet"
    sound = table.read_bytes()
    for harm in (lambda: table.write_bytes(sound + b"0"), table.unlink, (run.path / "more.parquet").touch):
        made.clear()
        harm()
        find(log, tmp_path, COHORT, tables=chosen, on_progress=made.append)
        assert made == ["on_time"], "a run that is not whole is made again"
        assert table.read_bytes() == sound
    log.connection.execute("update snapshot set snapshot = 'abc-2'")
    made.clear()
    later = find(log, tmp_path, COHORT, tables=chosen, on_progress=made.append)
    assert later.manifest["snapshot"]["snapshot"] == "abc-2"
    assert made == ["on_time"], "made of another snapshot of the same content: it names that one"


def test_a_manifest_is_read_without_the_package(tmp_path):
    run = find(drawn_log(events=EVENTS), tmp_path, COHORT, tables={"on_time": TABLES["on_time"]})
    manifest = json.loads(Path(run.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"]["on_time"]["rows"] == 1


def test_a_function_is_imported_when_its_table_is_first_made():
    entry = Table("nothing", "无", "nothing", "efficacy_analytics.findings.nowhere:nothing")
    with pytest.raises(ModuleNotFoundError):
        entry.make(drawn_log())


def test_a_run_keeps_no_table_that_takes_long_or_is_long():
    left_out = TABLES.keys() - RUN_TABLES.keys()
    assert {"conformance", "conformance_cases", "temporal_profile", "rule_violations"} <= left_out
    assert {"on_time", "bottlenecks", "rules", "handovers"} <= RUN_TABLES.keys()


def test_other_code_makes_another_run(tmp_path, monkeypatch):
    log = drawn_log(events=EVENTS)
    chosen = {"on_time": TABLES["on_time"]}
    first = find(log, tmp_path, COHORT, tables=chosen)
    monkeypatch.setattr("efficacy_analytics.findings.runs.code_sha256", lambda: "other")
    assert find(log, tmp_path, COHORT, tables=chosen).name != first.name


def test_the_hash_of_the_code_is_that_of_its_python_and_sql_files(tmp_path):
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_text("select 1")
    (tmp_path / "notes.md").write_text("draft")
    hashes = [code_sha256.__wrapped__(tmp_path)]
    (tmp_path / "notes.md").write_text("final")
    hashes.append(code_sha256.__wrapped__(tmp_path))
    (tmp_path / "queries" / "a.sql").write_text("select 2")
    hashes.append(code_sha256.__wrapped__(tmp_path))
    (tmp_path / "queries" / "a.sql").rename(tmp_path / "queries" / "b.sql")
    hashes.append(code_sha256.__wrapped__(tmp_path))
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3
