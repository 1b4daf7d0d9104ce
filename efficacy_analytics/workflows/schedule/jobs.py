"""The jobs of a schedule: each pipeline with its cron line and the words of its command."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from efficacy_analytics.errors import CallError
from efficacy_analytics.vocabulary import Words
from efficacy_analytics.workflows.operation.loading import pipeline_named
from efficacy_analytics.workflows.operation.schedule_file import Schedule
from efficacy_analytics.workflows.schedule.cron import Cron, cron_of

WAIT_SECONDS = "3600"
"""How long a job waits for another one that is at work."""


@dataclass(frozen=True)
class Job:
    """A pipeline of the schedule.

    Attributes:
        name: the pipeline's, without folders: a name for units and logs.
        title: what it does.
        cron: when.
        words: what follows `efficacy` on the command line.
        runs_daily: whether it leaves a record each time it is called; else it only looks for what is due.
    """

    name: str
    title: Words
    cron: Cron
    words: tuple[str, ...]
    runs_daily: bool = False

    def command(self) -> list[str]:
        """The command, by this interpreter, from whatever folder."""
        return [sys.executable, "-m", "efficacy_analytics", *self.words]


def jobs_of(lake: Path, schedule: Schedule) -> list[Job]:
    """The jobs of a schedule in its order.

    A pipeline of days runs; one that makes documents catches up, so that what was missed is made too.

    Raises:
        CallError: a pipeline is not there, a cron line cannot be read, a zone is not known, two have one name.
    """
    checked_zone(schedule.time_zone)
    jobs = list(_jobs(lake, schedule))
    names = [job.name for job in jobs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise CallError(f"two pipelines of the schedule are called '{twice[0]}'.", hint="rename the file of one")
    return jobs


def _jobs(lake: Path, schedule: Schedule) -> Iterator[Job]:
    for name, timing in schedule.pipeline.items():
        pipeline = pipeline_named(name)
        verb = "catch-up" if pipeline.makes_documents else "run"
        words = (verb, name, "--wait", WAIT_SECONDS, "--lake", str(lake.resolve()))
        yield Job(pipeline.name, pipeline.title, cron_of(timing.at), words, runs_daily=not pipeline.makes_documents)


def checked_zone(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        CallError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CallError(f"there is no time zone '{name}'.", hint="such as Asia/Shanghai") from None
