"""Clusters of a test: an unruly one in the process itself, and settings that ask for a real one."""

import random
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
