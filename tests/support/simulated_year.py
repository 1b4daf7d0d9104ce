"""A year of an office, day by day: exports that come late, twice, broken, corrected and out of order, and what befalls
the runs that take them in: a power cut at any moment, two at once, a clock that is wrong, a disk that is full, a mail
server that is away.
"""

import datetime as dt
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.workflows.operation.catalogue import runs
from support.operated import Office, export_text
from support.receivers import Mailbox

BROKEN = "case,step,ended,accepted,decided\nX,review,never,never,never\n"
WAYS = ("in time", "in time", "late", "twice", "broken", "out of order")
FULL_BYTES = 60_000
"""Of a disk that is full: what a run writes of itself still fits, a snapshot does not."""

PROCESSES = multiprocessing.get_context("forkserver")
IMPORTED = [
    "efficacy_analytics.cli",
    "efficacy_analytics.findings.honesty.audit",
    "efficacy_analytics.workflows.operation.catch_up",
    "efficacy_analytics.workflows.operation.telling",
]
"""What a command's process has imported before it begins, so that a power cut falls into its work."""


def start_server() -> None:
    """Starts the process that commands are forked from, where temporary files lie as ever."""
    PROCESSES.set_forkserver_preload(IMPORTED)
    forkserver.ensure_running()


def _command(words: Sequence[str], environment: dict[str, str], most_bytes: int | None) -> None:
    """The command line in a process of its own."""
    from efficacy_analytics.cli import main

    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    if most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    sys.argv = ["efficacy", *words]
    main()


@dataclass(frozen=True)
class Case:
    """A case as it was, and from which day on it is keyed in."""

    name: str
    days: tuple[dt.date, ...]
    known_from: dt.date
    wrong_until: dt.date | None = None

    def told_on(self, day: dt.date) -> list[str]:
        """The days of its steps, as an export of a day tells them: a wrong review is corrected later."""
        days = list(self.days)
        if self.wrong_until is not None and day < self.wrong_until:
            days[1] = days[0]
        return [one.isoformat() for one in days if one <= day]


@dataclass
class Year:
    """A simulated year.

    Attributes:
        office: whose.
        seed: which year it is: the same seed is the same year, but for the moments of the kills.
        weeks: how long it is.
        kill_count: how many runs are killed.
        box: the mail server's box.
        befell: what befell the runs, counted.
        took_seconds: how long a command took that nothing befell, the last of its kind: a power cut comes within that.
    """

    office: Office
    seed: int
    weeks: int
    kill_count: int
    box: Mailbox
    befell: Counter[str] = field(default_factory=Counter)
    took_seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drawn = random.Random(self.seed)
        self.first = dt.date(2025, 1, 6)
        self.last = self.first + dt.timedelta(weeks=self.weeks)
        self.cases = [self._case(number) for number in range(self.weeks * 3)]

    def _case(self, number: int) -> Case:
        accepted = self.first + dt.timedelta(days=self.drawn.randrange(self.weeks * 7 - 6))
        review = accepted + dt.timedelta(days=self.drawn.randint(1, 5))
        decision = review + dt.timedelta(days=self.drawn.randint(1, 30))
        late = self.drawn.random() < 0.15
        known = accepted + dt.timedelta(days=self.drawn.randint(30, 60) if late else 0)
        wrong = decision + dt.timedelta(days=40) if self.drawn.random() < 0.1 else None
        return Case(f"C{number:04d}", (accepted, review, decision), known, wrong)

    def export(self, day: dt.date) -> str:
        """All that is known on a day."""
        known = [case for case in self.cases if case.known_from <= day and case.days[0] <= day]
        return export_text({case.name: case.told_on(day) for case in known})

    def deliveries(self) -> Iterator[tuple[dt.date, str, str]]:
        """What is laid into the inbox: on which day, under what name, with what in it."""
        for week in range(1, self.weeks + 1):
            day = self.first + dt.timedelta(weeks=week)
            way = "in time" if week in (1, self.weeks) else self.drawn.choice(WAYS)
            name, text = day.isoformat(), self.export(day)
            laid = day + dt.timedelta(days={"late": 9, "out of order": 15}.get(way, 0))
            self.befell[f"delivery {way}"] += 1
            if way == "broken":
                yield day, name, BROKEN
                laid = day + dt.timedelta(days=3)
            yield laid, name, text
            if way == "twice":
                yield day + dt.timedelta(days=1), f"again-{name}", text

    def live(self) -> None:
        """Lives through the year: each day on which something is laid, a night and a morning."""
        for day, name, text in sorted(self.deliveries()):
            self.office.deliver(name, text)
            self.box.is_refusing = self.drawn.random() < 0.3
            self._night(day)
        self.box.is_refusing = False
        self._settle(self.last + dt.timedelta(days=70))

    def _night(self, day: dt.date) -> None:
        """The runs of a day; kills are spread over the year, a rest of the days has other misfortunes."""
        words = [["run", "nightly", "--period", day.isoformat(), "--on", day.isoformat()]]
        words.append(["catch-up", "--on", day.isoformat()])
        for one in words:
            share = (self.kill_count - self.befell["killed"]) / max(1, self._nights_left(day))
            if self.drawn.random() < share:
                self._killed(one, times=max(1, round(share)))
            if self.drawn.random() < 0.2:
                self._misfortune(one, day)
            self._undisturbed(one)

    def _nights_left(self, day: dt.date) -> int:
        return 2 * ((self.last - day).days // 7 + 1)

    def _killed(self, words: list[str], times: int) -> None:
        for _ in range(times):
            process = self._begun(words)
            time.sleep(self.drawn.uniform(0, 1.1 * self.took_seconds.get(words[0], 2.0)))
            process.kill()
            self.befell["killed"] += ended(process) == -signal.SIGKILL

    def _misfortune(self, words: list[str], day: dt.date) -> None:
        kind = self.drawn.choice(("two at once", "clock behind", "clock ahead", "disk full"))
        self.befell[kind] += 1
        if kind == "two at once":
            for process in [self._begun(words), self._begun(words)]:
                assert ended(process) in (0, 3, 4, 6)
        elif kind == "disk full":
            assert ended(self._begun(words, most_bytes=FULL_BYTES)) in (0, 1, 3, 4)
        else:
            days = dt.timedelta(days=40 if kind == "clock ahead" else -40)
            assert ended(self._begun([*words[:-1], (day + days).isoformat()])) in (0, 3, 4)

    def _undisturbed(self, words: list[str]) -> None:
        began = time.monotonic()
        if words[0] == "catch-up":
            self.office.catch_up(words[-1], revise=self.drawn.random() < 0.3)
        else:
            with suppress(InputRefusedError):  # the catalogue has them
                self.office.run("nightly", words[3], on=words[-1])
        self.took_seconds[words[0]] = time.monotonic() - began

    def _settle(self, day: dt.date) -> None:
        """In the end all is known and delivered, and what is out of date is revised."""
        self.office.deliver(day.isoformat(), self.export(day))
        self.office.run("nightly", day.isoformat())
        self.office.catch_up(day.isoformat(), revise=True)
        assert ended(self._begun(["run", "nightly", "--period", (day + dt.timedelta(days=1)).isoformat()])) == 0

    def _begun(self, words: Sequence[str], most_bytes: int | None = None) -> ForkServerProcess:
        called = [*words, "--lake", str(self.office.lake)]
        process = PROCESSES.Process(target=_command, args=(called, dict(os.environ), most_bytes))
        process.start()
        return process

    def months(self) -> list[str]:
        """The months that are over and due by the end."""
        until = self.last + dt.timedelta(days=60)
        days = [self.first + dt.timedelta(days=number) for number in range((until - self.first).days)]
        return sorted({f"{day:%Y-%m}" for day in days})

    def accepted(self, month: str) -> int:
        """How many cases were accepted in a month."""
        return sum(f"{case.days[0]:%Y-%m}" == month for case in self.cases)

    def told(self) -> Counter[str]:
        """How often each failed or killed run was told of, by the identity of its mail."""
        failed = [one for one in self.box.messages if "failed" in one["Subject"] or "killed" in one["Subject"]]
        return Counter(str(one["Message-ID"]) for one in failed)

    def failed_runs(self) -> int:
        """How many runs failed or were killed."""
        return sum(one.state in ("failed", "killed") for one in runs(self.office.lake))


def ended(process: ForkServerProcess) -> int | None:
    """The exit code of a command, once it is over."""
    process.join()
    return process.exitcode


def scratch_left(folder: Path) -> list[str]:
    """What lies in a folder for temporary files."""
    return sorted(path.name for path in folder.iterdir())
