"""When pipelines run, and whether they do: `schedule`, `health`."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import taking
from efficacy_analytics.errors import CalendarError, CallError, CheckFailedError
from efficacy_analytics.system.progress import Progress, silent


@app.command("schedule")
@click.option(
    "--print", "form", type=click.Choice(["systemd", "cron"]), help="Print it for the machine's own scheduler."
)
@click.option(
    "--write", "units_in", metavar="DIR", type=click.Path(path_type=Path), help="systemd: write the units here."
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say when each pipeline would run next.")
@click.option("--json", "is_json", is_flag=True, help="JSON lines on stderr, one a step.")
@taking()
def schedule_command(
    *, lake: Path, progress: Progress, form: str | None, units_in: Path | None, is_dry: bool, is_json: bool
) -> None:
    """Run the pipelines when it is their time, until told to stop.

    At the start each runs once, so that what was missed is made.

    \b
    efficacy schedule
    efficacy schedule --dry-run
    efficacy schedule --print cron
    efficacy schedule --print systemd --write ~/.config/systemd/user
    """
    from efficacy_analytics.workflows.operation.schedule_file import schedule_of
    from efficacy_analytics.workflows.schedule.jobs import jobs_of
    from efficacy_analytics.workflows.schedule.scheduler import serve

    if units_in is not None and form != "systemd":
        raise CallError("--write is for systemd units.", hint="add --print systemd")
    schedule = schedule_of(lake)
    jobs = jobs_of(lake, schedule)
    if is_dry:
        print_next(lake, schedule, jobs)
    elif form is not None:
        print_for_the_machine(form, jobs, schedule.time_zone, units_in)
    else:
        words = ["--json"] * is_json + ["--quiet"] * (progress is silent)
        serve(lake, jobs, schedule.time_zone, words)


def print_next(lake: Path, schedule: Any, jobs: Any) -> None:
    """Prints when each job runs next, and for which period its documents are due by then."""
    from efficacy_analytics.workflows.operation.catch_up import office_calendar
    from efficacy_analytics.workflows.operation.loading import pipeline_named
    from efficacy_analytics.workflows.operation.periods import period_of
    from efficacy_analytics.workflows.schedule.scheduler import next_times

    calendar, now = office_calendar(lake, schedule), dt.datetime.now(dt.UTC)
    for (name, timing), job in zip(schedule.pipeline.items(), jobs, strict=True):
        pipeline, moment = pipeline_named(name), next_times(job, schedule.time_zone, now)[0]
        due = ""
        if pipeline.makes_documents:
            period = period_of(pipeline.unit, moment.date())
            due = f"; {_due_in_words(period, timing.working_day, calendar)}"
        print(f"{job.name}: {moment.isoformat(timespec='minutes')}{due}")


def _due_in_words(period: Any, working_day: int | None, calendar: Any) -> str:
    """When the documents of a period are due; or that the calendar does not say so yet."""
    from efficacy_analytics.workflows.operation.periods import due_on

    try:
        return f"{period.name} is due on {due_on(period, working_day, calendar)}"
    except CalendarError as fault:
        return f"when {period.name} is due is not known yet: {fault.problem.rstrip('.')}"


def print_for_the_machine(form: str, jobs: Any, zone: str, folder: Path | None) -> None:
    """Prints cron lines, or systemd units, or writes these and prints how to set them going."""
    from efficacy_analytics.workflows.schedule.printed import cron_lines, install_lines, systemd_units, write_units

    if form == "cron":
        print("\n".join(cron_lines(jobs, zone)))
        return
    units = systemd_units(jobs, zone)
    if folder is None:
        for name, text in units.items():
            print(f"# {name}\n{text}")
        return
    for file in write_units(units, folder):
        print(f"# {file}")
    print("\n".join(install_lines(units, folder)))


@app.command("health")
@taking()
def health_command(*, lake: Path, progress: Progress) -> None:
    """Say whether what runs by itself is well; exit code 5 where it is not.

    Looks at the current snapshot, the last run of each pipeline, days on which
    none ran, messages not yet told, and what is due and not there. It reads
    only, beside whatever is at work.
    """
    from efficacy_analytics.workflows.operation.schedule_file import schedule_of
    from efficacy_analytics.workflows.schedule.health import NEVER, health
    from efficacy_analytics.workflows.schedule.jobs import checked_zone

    schedule = schedule_of(lake)
    findings = health(lake, schedule, dt.datetime.now(checked_zone(schedule.time_zone)))
    for one in findings:
        print(f"{'well' if one.is_well else 'not well'}: {one.sentence}")
    wrong = [one.sentence for one in findings if not one.is_well]
    if wrong:
        raise CheckFailedError(
            f"{len(wrong)} of {len(findings)} are not well; the first: {wrong[0].rstrip('.')}.",
            hint="`efficacy schedule` runs the pipelines, see docs/operation.md"
            if NEVER in wrong
            else "`efficacy runs` and `efficacy runs NUMBER` tell more; `efficacy catch-up` runs again what failed",
        )
