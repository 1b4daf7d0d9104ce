"""A pipeline: its unit and its steps in order, and what they hand from one to the next.

A step is a function that takes the `Work` and gives its outcome in one line of counts; the first line of its docstring
says what it does. A file of `pipelines/` names the steps, and nothing else.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.event_log.snapshots import Snapshot
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.vocabulary import Words
from efficacy_analytics.workflows.operation.periods import Period, Unit
from efficacy_analytics.workflows.operation.schedule_file import Schedule


class NothingToDoError(Exception):
    """The steps that follow have nothing to do; why stands in the text."""


@dataclass
class Work:
    """What the steps of one run share.

    Attributes:
        lake: the lake's folder.
        pipeline: the pipeline's name.
        period: what it is for.
        on: the day on which it runs; deliveries that say no day of their own are of it.
        schedule: who delivers, who is told, what is kept.
        department: only cases of this department; none for all.
        is_revision: whether documents that are out of date, or were withdrawn, are made anew.
        number: the number of the run in the catalogue.
        is_last_try: whether the step is not tried again, whatever comes.
        progress: how far a step has come.
        snapshot: what was published, once it is.
        run: the findings, once they are made.
        revision: how often the documents were made before.
        facts: what the catalogue keeps of the run.
    """

    lake: Path
    pipeline: str
    period: Period
    on: dt.date
    schedule: Schedule
    department: str | None = None
    is_revision: bool = False
    number: int = 0
    is_last_try: bool = False
    progress: Progress = silent
    snapshot: Snapshot | None = None
    run: Run | None = None
    revision: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cohort(self) -> Cohort:
        """The cases accepted in the period."""
        return Cohort(self.period.first_on, self.period.until_on, self.department)


Step = Callable[[Work], str]


@dataclass(frozen=True)
class Pipeline:
    """Steps in order, for one period at a time.

    Attributes:
        unit: what a period is: day, month or quarter.
        title: what it does, in Chinese and English.
        steps: the steps.
        makes_documents: whether documents come out, of which each period has one valid set.
        name: as `efficacy run` takes it: the file's.
    """

    unit: Unit
    title: Words
    steps: tuple[Step, ...]
    makes_documents: bool = True
    name: str = ""


def said_of(step: Step) -> str:
    """What a step does, in one line."""
    return (step.__doc__ or step.__name__.replace("_", " ")).strip().splitlines()[0].rstrip(".")
