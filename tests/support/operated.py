"""An office with a lake of its own, into whose inbox exports are laid, and a pipeline that makes its documents quickly.

The pipeline is the monthly one but for its documents: a page per language that says how many cases the period has, so
that a year can be run in a test. Everything around it (intake, snapshots, catalogue, revisions) is the product's own.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.operation.catalogue import RunRecord, runs
from efficacy_analytics.workflows.operation.catch_up import catch_up
from efficacy_analytics.workflows.operation.execution import Asked, execute
from efficacy_analytics.workflows.operation.history import documents_table
from efficacy_analytics.workflows.operation.loading import pipeline_named
from efficacy_analytics.workflows.operation.periods import period_named
from efficacy_analytics.workflows.operation.schedule_file import Schedule, schedule_of
from support.spoken import spoken_text

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"

[event]
case_id = "case"
activity = "step"
completed_at = "ended"

[case]
accepted_at = "accepted"
completed_at = "decided"

[constants]
department = "housing"
promised_limit = "5 working_days"
"""
SCHEDULE = """
[pipeline.nightly]
at = "30 2 * * *"

[pipeline."{quick}"]
at = "0 6 * * *"
working_day = 3

[inbox]
settle_seconds = 0

[faults]
first_wait_seconds = 0.01
"""
QUICK = '''
"""The cases of a month, counted."""

from efficacy_analytics.cli import run_file
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.pipeline import Pipeline


def write_counts(work):
    """Writes how many cases the month has, in each language."""
    with open_log(work.lake, work.cohort) as log:
        count = log.run("finding_case_count").item()

    def written(language):
        scope = work.department or "all"
        file = work.lake / "briefings" / f"counts-{work.period.name}-{scope}-{work.snapshot.name}-{language}.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{count}")
        return file

    return steps.write_documents(work, written)


PIPELINE = Pipeline(
    unit="month",
    title={"zh": "月度办件量", "en": "Cases of a month"},
    steps=(steps.take_in, steps.publish, steps.stop_if_made, steps.check_covered, write_counts),
)

if __name__ == "__main__":
    run_file(__file__)
'''
Cases = Mapping[str, Sequence[str]]
"""Case to the days of its acceptance, its review and its decision, as far as they have come."""
STEPS = ("acceptance", "review", "decision")


def export_text(cases: Cases) -> str:
    """A CSV export: a row a step, at nine o'clock of its day."""
    rows = []
    for case, days in cases.items():
        whole = f"{days[0]} 09:00:00,{days[2]} 09:00:00" if len(days) == len(STEPS) else f"{days[0]} 09:00:00,"
        rows += [f"{case},{step},{day} 09:00:00,{whole}" for step, day in zip(STEPS, days, strict=False)]
    return "\n".join(["case,step,ended,accepted,decided", *rows]) + "\n"


@dataclass(frozen=True)
class Office:
    """A lake, its inbox and its schedule."""

    lake: Path

    @property
    def schedule(self) -> Schedule:
        return schedule_of(self.lake)

    @property
    def quick(self) -> str:
        return str(self.lake / "quick.py")

    def set_up(self, more: str = "") -> "Office":
        """Lays out the lake: layouts, schedule, pipeline."""
        shutil.copytree(CHECKOUT / "data_lake" / "reference", self.lake / "reference")
        (self.lake / "reference" / "layouts" / "office.toml").write_text(LAYOUT)
        (self.lake / "schedule.toml").write_text(SCHEDULE.format(quick=self.quick) + more)
        (self.lake / "quick.py").write_text(QUICK)
        return self

    def moved_to(self, lake: Path) -> "Office":
        """A copy at another place; where the lake and its pipeline lie is written there anew."""
        shutil.copytree(self.lake, lake)
        for file in (lake / "schedule.toml", *(lake / "operation").rglob("*")):
            if file.is_file():
                file.write_bytes(file.read_bytes().replace(str(self.lake).encode(), str(lake).encode()))
        return Office(lake)

    def deliver(self, name: str, cases: Cases | str) -> Path:
        """Lays an export into the inbox; text is laid there as it is."""
        file = self.lake / "inbox" / "office" / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(cases if isinstance(cases, str) else export_text(cases))
        return file

    def run(
        self, name: str, period: str, *, on: str | None = None, revise: bool = False, department: str | None = None
    ) -> RunRecord:
        """Runs a pipeline in this process."""
        pipeline = pipeline_named(self.quick if name == "quick" else name)
        day = dt.date.fromisoformat(on or (period if pipeline.unit == "day" else "2026-01-31"))
        asked = Asked(day, department, is_revision=revise, on_stderr="")
        return execute(pipeline, self.lake, period_named(pipeline.unit, period), self.schedule, asked)

    def catch_up(self, on: str, *, revise: bool = False) -> list[str]:
        """The periods that catching up on a day made; faults are left to the catalogue."""
        asked = Asked(dt.date.fromisoformat(on), on_stderr="")
        made, _ = catch_up(self.lake, self.schedule, asked, revises=revise)
        return [record.period for record in made if record.state == "done"]

    def documents(self) -> pl.DataFrame:
        """The register of documents."""
        return documents_table(self.lake)

    def valid(self) -> list[tuple[str, str, int]]:
        """Period, language and revision of the valid documents."""
        valid = self.documents().filter(pl.col("validity") == "valid")
        return sorted(valid.select("period", "language", "revision").rows())

    def states(self) -> list[tuple[str, str, str]]:
        """Pipeline, period and state of every run."""
        return [(one.pipeline, one.period, one.state) for one in runs(self.lake)]


def efficacy(lake: Path, *words: str, file: str | None = None) -> "subprocess.CompletedProcess[str]":
    """The command line on a lake; `file` runs a pipeline's file instead."""
    return spoken_text([*words, "--lake", str(lake)], file=file)


def command(lake: Path, *words: str, file: str | None = None) -> list[str]:
    """The words of a command on a lake."""
    program = [sys.executable, *([file] if file else ["-m", "efficacy_analytics"])]
    return [*program, *words, "--lake", str(lake)]


def environment() -> dict[str, str]:
    """This process's environment, with the checkout in front."""
    path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return {**os.environ, "PYTHONPATH": path}
