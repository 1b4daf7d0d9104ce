"""Seconds of the parts of a task, by the wall and by the processor."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

Seconds = dict[str, float]


@contextmanager
def timed(seconds: Seconds, part: str) -> Iterator[None]:
    """Adds the wall seconds of a block under a name."""
    begun = time.perf_counter()
    yield
    seconds[part] = time.perf_counter() - begun


@contextmanager
def spent(seconds: Seconds, part: str) -> Iterator[None]:
    """Adds the processor's seconds of a block under a name."""
    begun = time.process_time()
    yield
    seconds[part] = time.process_time() - begun
