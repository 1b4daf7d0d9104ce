"""`kill -9` over intake and publishing: the lake is as before or as after, and the command, repeated, ends the same."""

import itertools
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from support import fault_lakes as lakes
from support.samples import sample

from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.workflows.status import status_lines

KILL_COUNT = int(os.environ.get("EFFICACY_KILLS", "200"))
SEED = 20251124
HELD_ROWS = "700"
"""So few that the exports are taken in by portions; only the runner can set it."""
Asked = Callable[..., "subprocess.CompletedProcess[str]"]
LAST_MOVE = {"ingest": "accepted", "publish": "current.json"}


@dataclass(frozen=True)
class Step:
    """A command, and the lake before and after it, run undisturbed.

    Attributes:
        words: the command.
        before: the lake before it.
        after: the lake after it.
        published: a lake with the snapshot of all that is in the lake after it.
        in_portions: whether so little is held that it works by portions.
    """

    words: tuple[str, ...]
    before: Path
    after: Path
    published: Path
    in_portions: bool

    @property
    def screws(self) -> dict[str, str]:
        return {"EFFICACY_TEST_HELD_ROWS": HELD_ROWS} if self.in_portions else {}

    @property
    def program(self) -> tuple[str, ...]:
        return lakes.RUNNER if self.in_portions else lakes.PRODUCT


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """A first delivery and its snapshot, then one that corrects it and the next, each taken in undisturbed."""
    place = tmp_path_factory.mktemp("undisturbed")
    one = lakes.published_lake(place / "of one")
    empty, first, both, two = (place / name for name in ("empty", "first", "both", "two"))
    empty.mkdir()
    shutil.copytree(one, first, ignore=shutil.ignore_patterns("published"))
    shutil.copytree(one, both)
    correcting = Step(lakes.taking_in(one.parent, second=True), one, both, two, in_portions=True)
    run_to_its_end(correcting, both)
    shutil.copytree(both, two)
    publishing = Step(("publish",), both, two, two, in_portions=False)
    run_to_its_end(publishing, two)
    return [
        Step(lakes.taking_in(one.parent), empty, first, one, in_portions=False),
        Step(("publish",), first, one, one, in_portions=False),
        correcting,
        publishing,
    ]


def run_to_its_end(step: Step, lake: Path) -> None:
    """Runs the command undisturbed; in a process of its own where the runner is needed."""
    if step.in_portions:
        done = lakes.efficacy(lake, *step.words, program=step.program, **step.screws)
    else:
        done = lakes.asked(lake, *step.words)
    assert done.returncode == 0, done.stderr


@cache
def timed(step: Step) -> tuple[float, float]:
    """The seconds it takes from its start, and from its first word on, before which nothing is touched."""
    lake = step.after.with_name(f"timed-{step.after.name}")
    shutil.copytree(step.before, lake)
    begun = time.monotonic()
    process = lakes.begun(lake, *step.words, program=step.program, **step.screws)
    assert process.stderr is not None
    process.stderr.readline()
    spoken = time.monotonic()
    process.communicate()
    ended = time.monotonic()
    assert process.returncode == 0
    return ended - begun, ended - spoken


def killed(step: Step, lake: Path, moment: random.Random) -> bool:
    """Runs the command and kills it at a random moment; whether it was still running then.

    One in four is killed at any moment from its start, the others at any moment from its first word on.
    """
    seconds, spoken_seconds = timed(step)
    process = lakes.begun(lake, *step.words, program=step.program, **step.screws)
    assert process.stderr is not None
    if moment.random() < 0.25:
        time.sleep(moment.uniform(0, seconds))
    else:
        process.stderr.readline()
        time.sleep(moment.uniform(0, spoken_seconds))
    process.kill()
    process.communicate()
    return process.returncode == -9


def opened(lake: Path, by: Asked = lakes.efficacy) -> tuple[str, str]:
    """What `status` says of the deliveries of a lake, and what another process, or `by`, reads in its snapshot."""
    shown = by(lake, "show", "log_summary", "--format", "csv")
    assert shown.returncode == 0 or (shown.returncode == 4 and "nothing is published" in lakes.told(shown))
    return taken_in(lake), shown.stdout


def taken_in(lake: Path) -> str:
    """What `status` says of the deliveries of a lake."""
    try:
        lines = status_lines(lake)
    except CannotAnswerError:  # nothing has been delivered
        return ""
    return "\n".join(lines[1 : lines.index("snapshots")])


@cache
def expected(lake: Path) -> tuple[str, str]:
    """What is said of an undisturbed lake."""
    return opened(lake, lakes.asked)


@cache
def content(lake: Path) -> dict[str, pl.DataFrame]:
    """The tables of the snapshot of an undisturbed lake."""
    return lakes.tables(lake)


def published_tables(lake: Path) -> dict[str, pl.DataFrame]:
    """The tables of a snapshot of all that is in a lake, built in a copy of it."""
    copy = lake.with_name(f"published-{lake.name}")
    shutil.copytree(lake, copy)
    publish(copy)
    return lakes.tables(copy)


def survived(step: Step, lake: Path) -> str:
    """Checks a lake whose writer was killed, repeats the command, and compares; which state the readers found."""
    found = opened(lake)
    assert found in (expected(step.before), expected(step.after))
    run_to_its_end(step, lake)
    assert lakes.leftovers(lake) == []
    assert lakes.taken_in(lake) == lakes.taken_in(step.after)  # delivery.json and every Parquet file, byte by byte
    tables = published_tables(lake) if step.words[0] == "ingest" else lakes.tables(lake)
    assert lakes.differing(tables, content(step.published)) == []
    return "before" if found == expected(step.before) else "after"


def kill_and_repeat(steps: list[Step], kill: int, place: Path) -> tuple[str, str]:
    """One kill: which command it hit, and which state it left; drawn again where the command had already ended."""
    moment = random.Random(SEED + kill)
    step = steps[kill % len(steps)]
    for turn in itertools.count():
        lake = place / f"{kill}-{turn}"  # a place of its own: an engine keeps what it once opened there
        shutil.copytree(step.before, lake)
        if killed(step, lake, moment):
            return step.words[0], survived(step, lake)
    raise AssertionError


@pytest.mark.parametrize("kill", sample(range(4), [1]))
def test_a_killed_writer_leaves_the_lake_as_before_or_after(steps: list[Step], tmp_path: Path, kill: int) -> None:
    assert kill_and_repeat(steps, kill, tmp_path)[1] in ("before", "after")


@pytest.mark.deep
def test_two_hundred_kills(steps: list[Step], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    for kill in range(KILL_COUNT):
        outcomes[kill_and_repeat(steps, kill, tmp_path)] += 1
        with capsys.disabled():
            print(f"{kill + 1} kills, all repeated to the same content: {dict(sorted(outcomes.items()))}", flush=True)
    assert outcomes.total() == KILL_COUNT


@pytest.mark.parametrize(
    ("turn", "side"),
    [
        (2, "after"),
        pytest.param(3, "before", marks=pytest.mark.deep),
        pytest.param(2, "before", marks=pytest.mark.deep),
        pytest.param(3, "after", marks=pytest.mark.deep),
    ],
)
def test_the_last_move_turns_the_state_before_into_the_state_after(
    steps: list[Step], tmp_path: Path, turn: int, side: str
) -> None:
    step = steps[turn]
    assert survived(step, killed_lake(step, tmp_path / "lake", f"{side}:{LAST_MOVE[step.words[0]]}")) == side


def killed_lake(step: Step, lake: Path, call: str) -> Path:
    """A lake like that before the command, which was killed before or after a call that changes the disk."""
    shutil.copytree(step.before, lake)
    done = lakes.efficacy(lake, *step.words, program=lakes.RUNNER, **step.screws, EFFICACY_TEST_KILL=call)
    assert done.returncode == -9
    return lake


@pytest.mark.deep
@pytest.mark.parametrize("turn", range(4))
def test_a_writer_killed_at_any_call_is_whole(steps: list[Step], tmp_path: Path, turn: int) -> None:
    step = steps[turn]
    count = call_count(step, tmp_path)
    states = [
        survived(step, killed_lake(step, tmp_path / f"{side}-{number}", f"{side}:{number}"))
        for number in range(1, count + 1)
        if number <= 10 or number > count - 10
        for side in ("before", "after")
    ]
    assert states == sorted(states, key=["before", "after"].index)  # one move turns the one into the other
    assert set(states) == {"before", "after"}


def call_count(step: Step, place: Path) -> int:
    """How many calls that change the disk the command makes, undisturbed."""
    shutil.copytree(step.before, place / "counted")
    screws = {**step.screws, "EFFICACY_TEST_CALLS": str(place / "calls")}
    assert lakes.efficacy(place / "counted", *step.words, program=lakes.RUNNER, **screws).returncode == 0
    return int((place / "calls").read_text())
