"""Planning: `plan`, `what-if`, `joint`."""

from pathlib import Path

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, FORM_OPTIONS, cohort_of, taking
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress


@app.command()
@click.option("--on-time-share", type=float, metavar="SHARE", help="Most days saved while this share stays on time.")
@click.option("--total-days", type=int, metavar="DAYS", help="All limits add up to this, at the least risk.")
@click.option("--frontier", is_flag=True, help="What every total of days would cost.")
@taking(FORM_OPTIONS, COHORT_OPTIONS)
def plan(
    *,
    lake: Path,
    progress: Progress,
    form: str,
    output: Path | None,
    on_time_share: float | None,
    total_days: int | None,
    frontier: bool,
    **cohort: str | None,
) -> None:
    """Which limits to shorten, over the whole catalogue.

    Alone: only what can be promised, with a guarantee that holds for all items
    together. With a target: the best limits for it by past cases, without one.

    \b
    efficacy plan --output plan.csv --format csv
    efficacy plan --on-time-share 0.98
    efficacy plan --total-days 2788
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.limits.plan import limit_plan, plan_for, plan_frontier
    from efficacy_analytics.system.tabulate import checked_format, write_table

    checked_format(form, output)
    if sum((on_time_share is not None, total_days is not None, frontier)) > 1:
        raise CallError("a plan has one target.", hint="give --on-time-share, --total-days or --frontier")
    with open_log(lake, cohort_of(**cohort), in_force=settings()) as log:
        if frontier:
            table = plan_frontier(log)
        elif on_time_share is None and total_days is None:
            table = limit_plan(log)
            if table.is_empty():
                raise CannotAnswerError(
                    "no item has a limit to be shortened.", hint="deliver the items with their limits"
                )
        else:
            table = plan_for(log, on_time_share=on_time_share, limit_days_total=total_days)
    write_table(table, form, output)


@app.command("what-if")
@click.argument("activity", metavar="STEP")
@click.option(
    "--change",
    type=click.Choice(["cap", "remove", "parallel", "no_batch_day", "to_window"]),
    default="remove",
    show_default=True,
    help="Cap the wait before it, take it out, do it beside the step before, handle it on any day, "
    "or let the window do everything up to it.",
)
@click.option("--most-days", type=click.IntRange(min=0), metavar="DAYS", help="cap: working days that may be waited.")
@click.option("--after", metavar="STEP", help="Only where it follows this step.")
@taking(FORM_OPTIONS, COHORT_OPTIONS)
def what_if_command(
    *,
    lake: Path,
    progress: Progress,
    form: str,
    output: Path | None,
    activity: str,
    change: str,
    most_days: int | None,
    after: str | None,
    **cohort: str | None,
) -> None:
    """What a change of one step would have saved past cases.

    Each case keeps its path; queues are not modelled, so the days saved are
    those the step itself holds.

    \b
    efficacy what-if legal_review --change cap --most-days 2
    efficacy what-if expert_review --change parallel --after site_inspection
    efficacy what-if decision --change no_batch_day --department D05
    efficacy what-if decision --change to_window
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.redesign.what_if import what_if
    from efficacy_analytics.system.tabulate import checked_format, write_table

    checked_format(form, output)
    with open_log(lake, cohort_of(**cohort), in_force=settings()) as log:
        table = what_if(log, activity=activity, change=change, previous_activity=after, most_days=most_days)
    write_table(table, form, output)


@app.command()
@click.argument("activities", nargs=-1, metavar="[STEP…]")
@taking(FORM_OPTIONS, COHORT_OPTIONS)
def joint(
    *,
    lake: Path,
    progress: Progress,
    form: str,
    output: Path | None,
    activities: tuple[str, ...],
    **cohort: str | None,
) -> None:
    """What handling steps jointly saves, and the slack under 45 working days.

    Alone: every group of steps that the log shows to be independent. With
    steps: that group, unless an order of two of them is declared.

    \b
    efficacy joint
    efficacy joint site_inspection expert_review joint_review
    """
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.redesign.joint_handling import joint_handling
    from efficacy_analytics.system.tabulate import checked_format, write_table

    checked_format(form, output)
    with open_log(lake, cohort_of(**cohort), in_force=settings()) as log:
        table = joint_handling(log, activities=activities or None)
    write_table(table, form, output)
