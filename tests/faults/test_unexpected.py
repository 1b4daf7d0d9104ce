"""Faults that nobody foresaw: one line with the place and a hint, exit 1, and nothing of anybody's data."""

import errno
import json
import signal

import duckdb
import polars as pl
import pytest

from efficacy_analytics.cli.faults import TRACEBACK, ended
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.snapshots import replaced
from efficacy_analytics.system.disk import said_by_the_disk
from efficacy_analytics.system.stopping import Stopped

NAME = "Wang Wu 13800138000"


def fault_of(call) -> BaseException:
    """The fault that a call raises."""
    try:
        call()
    except BaseException as fault:
        return fault
    raise AssertionError


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)


UNFORESEEN = [
    pytest.param(lambda: {}[NAME], id="a key that is not there"),
    pytest.param(lambda: json.loads(f"{{{NAME}"), id="a text that is no JSON"),
    pytest.param(lambda: duckdb.sql(f"select cast('{NAME}' as integer)").fetchall(), id="the engine's conversion"),
    pytest.param(lambda: pl.Series([NAME]).cast(pl.Int64), id="the frame's conversion"),
    pytest.param(lambda: replaced(NAME, ""), id="a fault inside the package"),
]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("call", UNFORESEEN)
def test_an_unforeseen_fault_is_one_line_without_its_words(call, capsys: pytest.CaptureFixture[str]) -> None:
    fault = fault_of(call)
    assert ended(fault).code == 1
    said = capsys.readouterr().err
    assert said.splitlines()[0].startswith(f"EfficacyError: an unexpected {type(fault).__name__} in ")
    assert said.splitlines()[1].startswith("Hint: ")
    assert len(said.splitlines()) == 2
    assert NAME not in said


@pytest.mark.usefixtures("quiet")
def test_a_fault_inside_the_package_is_placed(capsys: pytest.CaptureFixture[str]) -> None:
    ended(fault_of(lambda: replaced(NAME, "")))
    assert "in event_log/snapshots.py:" in capsys.readouterr().err


def test_the_traceback_is_shown_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    assert ended(fault_of(lambda: {}["the key"])).code == 1
    assert "KeyError: 'the key'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"),
        duckdb.FatalException("Failed to create checkpoint because of error: … No space left on device"),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
        pl.exceptions.ComputeError("parquet: File out of specification: Invalid thrift: transport error"),
    ],
)
def test_a_full_disk_is_known_whoever_tells_of_it(fault: Exception) -> None:
    assert said_by_the_disk(fault) == "No space left on device"


@pytest.mark.usefixtures("quiet")
def test_every_end_has_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(SystemExit(0)).code == 0
    assert ended(CannotAnswerError("no.", hint="do")).code == 4
    assert ended(Stopped(signal.SIGTERM)).code == 143
    assert ended(OSError(errno.ENOSPC, "No space left on device", "/somewhere/cases.csv")).code == 1
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["CannotAnswerError: no.", "Hint: do"]
    assert said[2].startswith("Stopped by SIGTERM")
    assert said[3] == "EfficacyError: cases.csv: No space left on device."
