"""The scheduler: runs the jobs of a schedule as commands of their own, one after another, until it is told to stop.

APScheduler tells when. What it is told explicitly: moments that passed while the machine was busy or asleep are made up
for once, not once each, and up to a day later; no job runs beside itself. It looks at the clock every minute, so that a
clock that was set, or a machine that slept, is noticed. When it begins, every job runs once: what was missed while the
machine was off is made then, and what was made already is left as it is.
"""

import datetime as dt
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import LakeBusyError
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.workflows.operation.catalogue import operation_folder
from efficacy_analytics.workflows.schedule.jobs import Job, checked_zone

GRACE_SECONDS: Final = 86_400
LOOK_SECONDS: Final = 60
STOP_SECONDS: Final = 60
JOB_DEFAULTS: Final = {"coalesce": True, "misfire_grace_time": GRACE_SECONDS, "max_instances": 1}


class Commands:
    """Runs commands one at a time, and ends the one at work when all is to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def run(self, command: Sequence[str]) -> int | None:
        """Runs a command to its end and gives its exit code; none where all is over already."""
        with self._lock:
            if self._is_over:
                return None
            self._at_work = subprocess.Popen(command)
        return self._at_work.wait()

    def end(self) -> None:
        """Tells the command at work to stop, and ends it where it does not."""
        with self._lock:
            self._is_over = True
            at_work = self._at_work
        if at_work is not None and at_work.poll() is None:
            at_work.terminate()
            try:
                at_work.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                at_work.kill()


def serve(lake: Path, jobs: Sequence[Job], zone: str, words: Sequence[str] = ()) -> None:
    """Serves a schedule until the process is told to stop.

    Args:
        lake: the lake's folder.
        jobs: what runs when.
        zone: in which zone.
        words: more words for each command.

    Raises:
        LakeBusyError: another scheduler serves the lake.
    """
    commands = Commands()
    with only_scheduler(lake):
        scheduler = scheduler_of(jobs, zone, lambda job: commands.run([*job.command(), *words]))
        try:
            scheduler.start()
        finally:
            commands.end()
            scheduler.shutdown(wait=True)


@contextmanager
def only_scheduler(lake: Path) -> Iterator[None]:
    """Holds the lake for one scheduler.

    Raises:
        LakeBusyError: another one serves it.
    """
    folder = operation_folder(lake) / "scheduler"
    try:
        with only_writer(folder):
            yield
    except LakeBusyError as fault:
        if str(folder) not in fault.problem:
            raise
        raise LakeBusyError(f"another scheduler serves {lake}.", hint="stop that one first") from None


def scheduler_of(jobs: Sequence[Job], zone: str, run: Any, *, kind: Any = None) -> Any:
    """A scheduler with the jobs, not started.

    Args:
        jobs: what runs when.
        zone: in which zone.
        run: called with a job when it is its time.
        kind: the class of the scheduler; by default the one that blocks.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.blocking import BlockingScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    clock = checked_zone(zone)
    executors = {"default": ThreadPoolExecutor(1), "look": ThreadPoolExecutor(1)}
    scheduler = (kind or BlockingScheduler)(timezone=clock, executors=executors, job_defaults=JOB_DEFAULTS)
    for job in jobs:
        scheduler.add_job(run, args=[job], id=f"{job.name} at first")
        scheduler.add_job(run, trigger_of(job, zone), args=[job], id=job.name)
    scheduler.add_job(_look, IntervalTrigger(seconds=LOOK_SECONDS, timezone=clock), id="look", executor="look")
    return scheduler


def _look() -> None:
    """Nothing: that it is due makes the scheduler look at the clock."""


def trigger_of(job: Job, zone: str) -> Any:
    """The trigger of a job."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(timezone=checked_zone(zone), **job.cron.fields())


def next_times(job: Job, zone: str, after: dt.datetime, count: int = 1) -> list[dt.datetime]:
    """The next moments of a job after a moment."""
    trigger, found = trigger_of(job, zone), []
    moment = after
    for _ in range(count):
        moment = trigger.get_next_fire_time(None, moment)
        found.append(moment)
        moment += dt.timedelta(seconds=1)
    return found
