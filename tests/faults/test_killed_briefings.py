"""A pipeline killed while its notebook runs leaves nothing outside the lake, and the next run makes what it did not."""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from support.operated import command, environment

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.system import scratch
from efficacy_analytics.workflows.operation.catalogue import runs
from efficacy_analytics.workflows.operation.history import documents_table

SCHEDULE = '[pipeline.monthly_briefings]\nat = "0 6 * * *"\n[inbox]\nsettle_seconds = 0\n'
WORDS = ("run", "monthly_briefings", "--period", "2025-02", "--on", "2025-08-01", "--quiet")
KILL_COUNT = 4
MOST_SECONDS = 30


def processes_in(folder: Path) -> list[int]:
    """The processes whose environment names a folder: a notebook's kernel among them."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = f"TMPDIR={folder}" in (place / "environ").read_text(errors="replace")
        except OSError:
            continue
        found += [int(place.name)] if is_ours and int(place.name) != os.getpid() else []
    return found


def wait_for_the_end_of(folder: Path) -> None:
    ends = time.monotonic() + MOST_SECONDS
    while processes_in(folder):
        assert time.monotonic() < ends, "a kernel goes on without its pipeline"
        time.sleep(0.2)


@pytest.mark.deep
def test_a_pipeline_killed_with_its_notebook_leaves_nothing_outside_the_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Path(tempfile.mkdtemp(prefix="out-", dir="/tmp"))  # short enough for the names of sockets
    home, lake = (tmp_path / name for name in ("home", "lake"))
    for folder in (home, lake):
        folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(outside))
    monkeypatch.setenv("HOME", str(home))
    make_city(lake / "inbox" / "city" / "2025-08-01", cases=500, seed=7)
    (lake / "schedule.toml").write_text(SCHEDULE)
    drawn = random.Random(5)
    for _ in range(KILL_COUNT):
        process = subprocess.Popen(command(lake, *WORDS), env=environment())
        while (
            not (there := runs(lake)) or there[-1].state_now() != "running" or "brief" not in str(there[-1].steps[-1:])
        ):
            time.sleep(0.1)
        time.sleep(drawn.uniform(0, 8))
        process.kill()
        process.wait()
        wait_for_the_end_of(outside)
    done = subprocess.run(command(lake, *WORDS), capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    assert [one.state for one in runs(lake)][-1] in ("done", "unchanged")
    assert list(outside.iterdir()) == []
    assert [path.name for path in home.rglob("*") if path.is_file() and "kernel" in path.name] == []
    documents = documents_table(lake)
    assert documents["validity"].to_list() == ["valid", "valid"]
    assert sorted(str(lake / file) for file in documents["file"]) == sorted(done.stdout.split())
    assert sorted(file.name for file in (lake / "briefings").iterdir()) == sorted(
        Path(one).name for one in done.stdout.split()
    )
    outside.rmdir()


def test_where_temporary_files_lie_too_deep_for_sockets_they_lie_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    code = (
        "from efficacy_analytics.system import scratch\nwith scratch.own_scratch(scratch.Path('x')) as one: print(one)"
    )
    for place, parent in ((deep, Path("/tmp")), (Path("/tmp"), Path("/tmp"))):
        where = environment() | {"TMPDIR": str(place)}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=where, check=True)
        assert Path(done.stdout.strip()).parent == parent
        assert not Path(done.stdout.strip()).exists()  # it went with its process


def test_what_a_killed_process_left_is_removed_though_another_has_its_number_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers of processes are given again, here after 32,768; a process that goes on keeps its folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch.own_scratch(tmp_path) as own:
        mark, number, began, _ = own.name.removeprefix(scratch.PREFIX).split("-")
        left = tmp_path / f"{scratch.PREFIX}{mark}-{number}-{int(began) - 1}-abcdefgh"
        left.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with scratch.own_scratch(tmp_path):
            assert (own.is_dir(), left.is_dir()) == (True, False)
