"""Bad input and bad moments: one clear error with a hint and its exit code, and the lake as it was."""

import errno
import fcntl
import gzip
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.intake import ingest

from efficacy_analytics.errors import CallError, EfficacyError, InputRefusedError, LakeBusyError, LayoutError
from efficacy_analytics.lake.intake import staging as workshop
from efficacy_analytics.lake.readers import decompression as unpacked

CSV_LAYOUT = 'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
XES_LAYOUT = 'format = "xes"\n'
ROWS = b"c,a,t\nA,review,2024-03-29 10:00\n"
LOG = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<log><trace><string key="concept:name" value="A"/><event>'
    b'<string key="concept:name" value="review"/><date key="time:timestamp" value="2024-03-29T10:00:00+08:00"/>'
    b"</event></trace></log>"
)
BOMB = b'<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE log [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
CUT = gzip.compress(ROWS * 1000)[:-12]
BROKEN = gzip.compress(ROWS)[:12] + b"\xff" * 30


def listing(lake: Path) -> dict[str, str]:
    """Every file and folder of a lake with its mode and the hash of its content."""
    if not lake.exists():
        return {"": "not there"}
    return {
        str(path.relative_to(lake)): f"{path.stat().st_mode} "
        + (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder")
        for path in [lake, *lake.rglob("*")]
    }


@pytest.fixture(params=["no lake yet", "a lake with a delivery"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A lake that a fault must leave as it is."""
    folder = tmp_path / "place" / "lake"
    if request.param == "a lake with a delivery":
        (tmp_path / "first.toml").write_text(CSV_LAYOUT)
        (tmp_path / "first.csv").write_bytes(ROWS + b"B,review,\n")
        ingest(folder, [tmp_path / "first.csv"], str(tmp_path / "first.toml"))
    return folder


def refused(lake: Path, call: Callable[[], object]) -> EfficacyError:
    """The error of a call that leaves the lake as it was."""
    before = listing(lake)
    with pytest.raises(EfficacyError) as fault:
        call()
    assert listing(lake) == before
    assert lake.parent.exists() == (lake.exists())
    assert fault.value.problem
    assert fault.value.hint
    return fault.value


FAULTS = [
    pytest.param("log.csv", CUT, CSV_LAYOUT, "broken or cut off .gz", id="a truncated .gz"),
    pytest.param("log.csv.gz", BROKEN, CSV_LAYOUT, "broken or cut off .gz", id="a broken .gz"),
    pytest.param(
        "log.xes.gz", gzip.compress(LOG * 99)[:-12], XES_LAYOUT, "broken or cut off .gz", id="a truncated XES .gz"
    ),
    pytest.param("log.xes", LOG[:-9], XES_LAYOUT, "cut off or not well formed", id="an XES cut off at its end"),
    pytest.param(
        "log.xes", LOG[: len(LOG) // 2], XES_LAYOUT, "cut off or not well formed", id="an XES cut in the middle"
    ),
    pytest.param("log.xes", LOG.replace(b"<log>", BOMB + b"<log>"), XES_LAYOUT, "has a DOCTYPE", id="an entity bomb"),
    pytest.param(
        "log.xes", LOG.replace(b"<log>", OUTSIDE + b"<log>"), XES_LAYOUT, "has a DOCTYPE", id="an outside entity"
    ),
    pytest.param(
        "log.xes",
        LOG.replace(b"review", "审查".encode("gb18030")),
        XES_LAYOUT,
        "not well formed",
        id="a false encoding",
    ),
    pytest.param(
        "log.xes",
        LOG.replace(b"UTF-8", b"GB18030").replace(b"review", b"\xff"),
        XES_LAYOUT,
        "not in its encoding",
        id="bytes outside GB18030",
    ),
    pytest.param(
        "log.xes", LOG.replace(b"UTF-8", b"KLINGON"), XES_LAYOUT, "unknown encoding 'KLINGON'", id="an unknown encoding"
    ),
    pytest.param("log.xes", b"<html><trace/></html>", XES_LAYOUT, "root is 'html'", id="XML that is no log"),
    pytest.param("log.xes", b"<log/>", XES_LAYOUT, "nothing was accepted", id="a log without traces"),
    pytest.param(
        "log.xes", LOG.replace(b"+08:00", b""), XES_LAYOUT, "'time:timestamp'", id="an XES stamp without offset"
    ),
    pytest.param(
        "log.csv", ROWS.replace(b"c,a,t", b"c,a,time"), CSV_LAYOUT, "no column 't'", id="a mapped column is missing"
    ),
    pytest.param(
        "log.csv",
        ROWS.replace(b"c,a,t", b"c,t,a,t"),
        CSV_LAYOUT,
        "more than one column 't'",
        id="a mapped column twice",
    ),
    pytest.param(
        "log.csv",
        ROWS,
        CSV_LAYOUT.replace('time_zone = "Asia/Shanghai"\n', ""),
        "'t' (completed_at) has 1 stamps without",
        id="stamps without offset and no zone",
    ),
    pytest.param("log.csv", b"", CSV_LAYOUT, "is empty", id="an empty file"),
    pytest.param("log.csv.gz", gzip.compress(b""), CSV_LAYOUT, "is empty", id="an empty .gz"),
    pytest.param("log.csv", b"c,a,t\n", CSV_LAYOUT, "nothing was accepted", id="a header without rows"),
    pytest.param(
        "log.csv", b"c,a,t\nA,review,never\n", CSV_LAYOUT, "1 completed_at_not_a_time", id="no row can be accepted"
    ),
    pytest.param(
        "log.csv",
        b'c,a,t\nA,"review,2024-03-29\n',
        CSV_LAYOUT,
        "begins on line 2 does not end",
        id="a quote that never ends",
    ),
    pytest.param(
        "log.csv",
        b"c,a,t\nA,\xff\xfe,2024-03-29\n",
        CSV_LAYOUT,
        "is not text in UTF-8 or GB18030: line 2 cannot be read in UTF-8",
        id="no known encoding",
    ),
]


@pytest.mark.parametrize(("name", "content", "layout", "said"), FAULTS)
def test_a_bad_export_is_refused_whole(
    tmp_path: Path, lake: Path, name: str, content: bytes, layout: str, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "own.toml").write_text(layout)
    fault = refused(lake, lambda: ingest(lake, [tmp_path / name], str(tmp_path / "own.toml")))
    assert isinstance(fault, InputRefusedError)
    assert fault.exit_code == 3
    assert said in fault.problem


def test_a_missing_file_is_a_wrong_call(tmp_path: Path, lake: Path) -> None:
    fault = refused(lake, lambda: ingest(lake, [tmp_path / "nowhere.xes.gz"], "receipt"))
    assert isinstance(fault, CallError)
    assert fault.exit_code == 2
    assert "nowhere.xes.gz" in fault.problem


@pytest.mark.parametrize(
    ("layout", "said"), [("nowhere", "no layout 'nowhere'"), (CSV_LAYOUT + 'ended_at = "e"', "unknown key 'ended_at'")]
)
def test_a_bad_layout_is_a_wrong_call(tmp_path: Path, lake: Path, layout: str, said: str) -> None:
    (tmp_path / "log.csv").write_bytes(ROWS)
    (tmp_path / "own.toml").write_text(layout)
    name = "nowhere" if layout == "nowhere" else str(tmp_path / "own.toml")
    fault = refused(lake, lambda: ingest(lake, [tmp_path / "log.csv"], name))
    assert isinstance(fault, LayoutError)
    assert fault.exit_code == 2
    assert said in fault.problem


def test_a_folder_without_a_table_of_the_layout_is_refused(tmp_path: Path, lake: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    fault = refused(lake, lambda: ingest(lake, [export], "city"))
    assert fault.exit_code == 2
    (export / "steps.csv").write_bytes(ROWS)
    fault = refused(lake, lambda: ingest(lake, [export], "city"))
    assert fault.exit_code == 3
    assert "no file 'cases.csv'" in fault.problem
    fault = refused(lake, lambda: ingest(lake, [export / "steps.csv", export / "steps.csv"], "city"))
    assert "two files" in fault.problem


def test_a_file_that_unpacks_without_bound_is_refused(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked, "ALWAYS_UNPACKED_BYTES", 2**16)
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(ROWS + b"A,review,2024-03-29\n" * 2**16))
    (tmp_path / "own.toml").write_text(CSV_LAYOUT)
    fault = refused(lake, lambda: ingest(lake, [tmp_path / "log.csv.gz"], str(tmp_path / "own.toml")))
    assert fault.exit_code == 3
    assert "unpacks to more than a lake takes" in fault.problem


def test_no_message_repeats_what_stands_in_a_row(tmp_path: Path, lake: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"c,a,t\nWang Wu,13800138000,Li Si\n")
    (tmp_path / "own.toml").write_text(CSV_LAYOUT)
    told = str(refused(lake, lambda: ingest(lake, [tmp_path / "log.csv"], str(tmp_path / "own.toml"))))
    assert not any(word in told for word in ("Wang", "13800138000", "Li Si"))


@pytest.mark.parametrize("moves", range(3))
def test_a_disk_that_fills_while_moving_leaves_the_lake_as_it_was(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    (tmp_path / "log.csv").write_bytes(ROWS + b"A,decision,never\n")
    (tmp_path / "own.toml").write_text(CSV_LAYOUT)
    done = []

    def full_after(source: Path, target: Path) -> None:
        if len(done) == moves:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(target)
        source.rename(target)

    monkeypatch.setattr(workshop.os, "replace", full_after)
    fault = refused(lake, lambda: ingest(lake, [tmp_path / "log.csv"], str(tmp_path / "own.toml")))
    assert "No space left on device" in fault.problem
    assert fault.exit_code == 1


def test_a_second_writer_is_told_that_the_lake_is_busy(tmp_path: Path, lake: Path) -> None:
    lake.mkdir(parents=True, exist_ok=True)
    (tmp_path / "log.csv").write_bytes(ROWS)
    (tmp_path / "own.toml").write_text(CSV_LAYOUT)
    handle = os.open(lake, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    fault = refused(lake, lambda: ingest(lake, [tmp_path / "log.csv"], str(tmp_path / "own.toml")))
    os.close(handle)
    assert isinstance(fault, LakeBusyError)
    assert fault.exit_code == 6


def test_a_writer_that_was_killed_holds_nobody_up(tmp_path: Path, lake: Path) -> None:
    lake.mkdir(parents=True, exist_ok=True)
    before = listing(lake)
    holder = (
        "import sys, time; from pathlib import Path; from efficacy_analytics.lake.locking import only_writer\n"
        "from efficacy_analytics.lake.intake.staging import workshop\n"
        "with only_writer(Path(sys.argv[1])), workshop(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holder, str(lake)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        (tmp_path / "log.csv").write_bytes(ROWS)
        (tmp_path / "own.toml").write_text(CSV_LAYOUT)
        with pytest.raises(LakeBusyError):
            ingest(lake, [tmp_path / "log.csv"], str(tmp_path / "own.toml"))
        process.send_signal(signal.SIGKILL)
    delivery = ingest(lake, [tmp_path / "log.csv"], str(tmp_path / "own.toml"))
    added = {name for name in listing(lake).keys() - before.keys() if delivery.delivery not in name}
    assert added <= {"exports", "accepted"}
