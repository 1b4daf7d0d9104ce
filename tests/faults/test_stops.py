"""SIGTERM and Ctrl-C during intake and publishing: one line, an exit at once, and nothing left over."""

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import fault_lakes as lakes
from support.samples import sample

from efficacy_analytics.system.stopping import held_back

NAMES = {signal.SIGTERM: "SIGTERM", signal.SIGINT: "Ctrl-C"}
MOST_SECONDS = 10  # on a machine that does much else


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports, and a published lake."""
    folder = tmp_path_factory.mktemp("undisturbed")
    lakes.published_lake(folder)
    return folder


def stopped(lake: Path, words: tuple[str, ...], number: signal.Signals, moment: float) -> "subprocess.Popen[str]":
    """A command that is told to stop, seconds after its first word."""
    process = lakes.begun(lake, *words)
    assert process.stderr is not None
    process.stderr.readline()
    time.sleep(moment)
    process.send_signal(number)
    return process


STOPPED = list(itertools.product(["ingest", "publish"], [signal.SIGTERM, signal.SIGINT], range(1, 25)))


@pytest.mark.parametrize(
    ("command", "number", "seed"),
    sample(STOPPED, [("ingest", signal.SIGTERM, 1), ("publish", signal.SIGINT, 1)]),
)
def test_a_command_told_to_stop_says_so_and_leaves_nothing(
    place: Path, tmp_path: Path, command: str, number: signal.Signals, seed: int
) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(place / "lake", lake)
    if command == "publish":
        shutil.rmtree(lake / "published")  # what is published already would not be built again
    before = lakes.files(lake)
    words = lakes.taking_in(place, second=True) if command == "ingest" else ("publish",)
    process = stopped(lake, words, number, random.Random(seed).uniform(0, 0.5))
    began = time.monotonic()
    _, said = process.communicate()
    assert time.monotonic() - began < MOST_SECONDS
    assert "Traceback" not in said
    assert lakes.leftovers(lake) == []
    if process.returncode == -number:  # the interpreter was already ending, and heeds nothing any more
        assert said.splitlines()[-1].endswith("done")
    elif process.returncode:
        assert process.returncode == 128 + number, said
        assert said.splitlines()[-1].startswith(f"Stopped by {NAMES[number]}")
    if lakes.files(lake) != before:  # it came after the last move: then all of it is there
        assert lakes.efficacy(lake, "status").returncode == 0
        assert "done" in said or process.returncode


STOPPED_UNDER_AN_ENGINE = """
import os, signal, sys, threading, time
from efficacy_analytics import cli

def engine():  # goes on after the stop, and complains on its own, as Rust and the interpreter do
    while cli_stops() is None:
        time.sleep(0.1)
    time.sleep(0.2)
    os.write(2, b"thread 'worker-1' panicked at src/lib.rs:1\\n")
    raise RuntimeError("PanicException: no such file")

def cli_stops():
    return signal.getsignal(signal.SIGTERM) == signal.SIG_DFL or None

def work(**_):
    print("working", file=sys.stderr)
    thread = threading.Thread(target=engine, daemon=True)
    thread.start()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
    finally:
        thread.join(5)  # the folders are cleared away meanwhile

cli.app = work
cli.main()
"""


@pytest.mark.parametrize("shows_all", [False, True])
def test_an_engine_that_panics_after_the_stop_is_not_heard(shows_all: bool) -> None:
    screws = {"EFFICACY_TRACEBACK": "1"} if shows_all else {}
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_UNDER_AN_ENGINE], env=lakes.environment(**screws), capture_output=True, text=True
    )
    assert done.returncode == 128 + signal.SIGTERM
    assert ("panicked" in done.stderr, "PanicException" in done.stderr) == (shows_all, shows_all)
    lines = done.stderr.splitlines()
    assert lines[-1].startswith("Stopped by SIGTERM")
    assert shows_all or len(lines) == 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python has it: a command run in this process before may heed it in its own way."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("interruptible")
def test_a_stop_between_two_moves_waits_for_the_last() -> None:
    done = []

    def moved() -> None:
        with held_back():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("the last move")

    with pytest.raises(KeyboardInterrupt):
        moved()
    assert done == ["the last move"]


AFTER_A_COMMAND = """
import os, signal, sys, time
from efficacy_analytics import cli
from efficacy_analytics.system import stopping
stopping.MOST_SECONDS = 0.2
sys.argv = ["efficacy", "--version"]
try:
    cli.main()
except SystemExit:
    pass
signal.signal(signal.SIGINT, lambda *_: None)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(0.6)
print("still here")
"""


def test_a_command_that_is_over_does_not_end_the_process_that_called_it() -> None:
    done = subprocess.run([sys.executable, "-c", AFTER_A_COMMAND], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "still here", done
