"""Work that takes too long ends in an error; an engine that does not hear of it, with its process."""

import subprocess
import sys
import threading
import time

import pytest
from support.operated import environment

from efficacy_analytics.errors import TimeLimitError
from efficacy_analytics.system.time_limits import time_limit

UNHEARD = """
import sys
import duckdb
from efficacy_analytics.errors import TimeLimitError
from efficacy_analytics.system import time_limits
time_limits.GRACE_SECONDS = 0.3
try:
    with time_limits.time_limit(0.3, "a count"):
        duckdb.sql("select sum(a.i * b.i) from range(2000000) a(i), range(2000000) b(i)").fetchall()
except TimeLimitError as fault:  # the engine heard of it
    print(fault, file=sys.stderr)
    sys.exit(1)
"""


def test_work_that_takes_too_long_ends_in_an_error_and_other_work_is_left_alone() -> None:
    with pytest.raises(TimeLimitError, match=r"a count took longer than 0\.05 s"), time_limit(0.05, "a count"):
        time.sleep(10)
    with time_limit(0.05, "a count"):
        pass
    time.sleep(0.1)


def interrupted() -> None:
    """What an engine does that hears of a signal: it raises an error of its own."""
    try:
        time.sleep(10)
    except TimeLimitError:
        raise RuntimeError("Query interrupted") from None


def test_what_an_engine_makes_of_the_limit_is_told_as_the_limit() -> None:
    with pytest.raises(TimeLimitError), time_limit(0.05, "a count"):
        interrupted()


def test_an_engine_that_does_not_hear_of_it_ends_with_its_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNHEARD], capture_output=True, text=True, env=environment(), timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "TimeLimitError: a count took longer than 0.3 s.", "Hint: raise faults.step_limit_seconds",
    ]  # fmt: skip


def test_outside_the_main_thread_there_is_no_limit() -> None:
    ended: list[bool] = []

    def work() -> None:
        with time_limit(0.01, "a count"):
            time.sleep(0.05)
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]
