"""Clusters of a test: an unruly one in the process itself, and settings that ask for a real one."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from efficacy_analytics.engine.session import Cluster
from efficacy_analytics.settings import EngineSettings, Settings

needs_scale = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("pysail", "pyspark")), reason="the extra `scale` is not installed"
)


def on_spark(bucket_cases: int, remote: str = "") -> Settings:
    return Settings(engine=EngineSettings(memory_limit="2GB", kind="spark", remote=remote, bucket_cases=bucket_cases))


@dataclass(frozen=True)
class Unruly:
    """A cluster in this process that does its tasks in any order, and some of them twice, as one does that retries."""

    seed: int
    name: str = "unruly"

    def each(self, task: Callable[[int], str], count: int) -> list[str]:
        turns = [*range(count), *range(0, count, 3)]
        random.Random(self.seed).shuffle(turns)
        made = {number: task(number) for number in turns}
        return [made[number] for number in range(count)]


@contextmanager
def unruly(_: EngineSettings) -> Iterator[Cluster]:
    yield Unruly(7)


def are_gone(group: int, seconds: float = 30) -> bool:
    """Waits until no process of a group is there any more; whether that came to be."""
    until = time.monotonic() + seconds
    while members(group) and time.monotonic() < until:
        time.sleep(0.2)
    return not members(group)


def members(group: int) -> list[str]:
    """The processes of a group that are still there."""
    told = subprocess.run(["ps", "-eo", "pid,pgid,stat"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()[1:]]
    return [pid for pid, pgid, stat in rows if int(pgid) == group and not stat.startswith("Z")]
