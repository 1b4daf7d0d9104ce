"""How cases pass through the stages of their process: the map of a log with too many activities for one picture.

A stage is what the log says it is. Where it says nothing, the activity's code tells: `01_HOOFD_030_2` belongs to
`01_HOOFD`, all that stands before its number; where that would be more activities than a picture holds, the first
digit of the number divides them (`01_HOOFD_0xx`).
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

CODE: Final = re.compile(r"(?P<stem>\S*?[^\W\d_]\S*?)(?P<stroke>[_.:/-])(?P<digit>\d)(?P<more>\d*)")
"""A code with a number: a stem that holds a letter, a stroke, digits; what follows does not matter."""
MOST_ACTIVITIES: Final = 40
"""A stem with more activities than this is divided by the first digit of their numbers."""


@question
def activity_stages(log: Session, *others: Session) -> pl.DataFrame:
    """The stage of every activity of the snapshot, the same for every cohort.

    The stage that its events name most often, else that of the table of activities, else that of its code
    (`stages_by_code`).

    Args:
        log: the engine of a cohort.
        others: further logs whose stages shall be the same; the first log that names one has the say.

    Returns:
        One row per activity of any of the logs: `activity`, `stage`.
    """
    named = pl.concat(_declared(one) for one in (log, *others))
    declared = named.group_by("activity").agg(pl.col("stage").drop_nulls().first()).sort("activity")
    by_code = stages_by_code(declared.filter(pl.col("stage").is_null())["activity"].to_list())
    guessed = pl.col("activity").replace_strict(by_code, default=None, return_dtype=pl.String)
    return declared.with_columns(pl.coalesce(pl.col("stage"), guessed))


def stages_by_code(activities: list[str], *, most_activities: int = MOST_ACTIVITIES) -> Mapping[str, str]:
    """The stage that each activity's code tells.

    Args:
        activities: codes, as `01_HOOFD_030_2`.
        most_activities: a stem with more of them is divided by the first digit of the number.

    Returns:
        By activity: all that stands before the number; of a stem that is divided, the code up to the number's first
        digit, and an x for each further digit; the activity itself where its code holds no number.
    """
    found = {activity: CODE.match(activity) for activity in activities}
    sizes = Counter(code["stem"] for code in found.values() if code)
    return {
        activity: activity if not code else _divided(code) if sizes[code["stem"]] > most_activities else code["stem"]
        for activity, code in found.items()
    }


@question
def stages(log: Session, *others: Session) -> pl.DataFrame:
    """How often cases pass through each stage.

    A visit is a run of events of one stage in a case.

    Args:
        log: the engine of a cohort.
        others: further logs whose stages shall be the same.

    Returns:
        One row per stage, most events first: `stage`, `activity_count`, `event_count`, `visit_count`, `case_count`,
        `start_case_count`, `end_case_count` (cases that begin, end there).
    """
    visit_stages(log, *others)
    return log.run("stages")


@question
def stage_follows(log: Session) -> pl.DataFrame:
    """How often one stage follows another, and after how long.

    Events of one stage in a row are one visit; the gap runs from the last completion in the one visit to the first
    start in the next (its completion where no start is recorded), never below zero; quantiles are exact.

    Returns:
        One row per pair, most frequent first: `stage`, `next_stage`, `transition_count`, `case_count`, and mean, median
        and 90th percentile in seconds on the elapsed and the open clock.
    """
    visit_stages(log)
    return log.run("stage_follows")


@question
def stage_borders(log: Session, *others: Session) -> pl.DataFrame:
    """By which activities cases enter and leave each stage; together as often as `stage_follows` says.

    Args:
        log: the engine of a cohort.
        others: further logs whose stages shall be the same.

    Returns:
        One row per stage, side and neighbour, and activity: `stage`, `side` (`from`: cases come from the neighbour, and
        `activity` is the first of the visit; `to`: they go there, and it is the last), `neighbour`, `activity`,
        `transition_count`, `case_count`, and the clock columns of `stage_follows`.
    """
    visit_stages(log, *others)
    return log.run("stage_borders")


def visit_stages(log: Session, *others: Session) -> None:
    """Has the temporary tables `stage_of` and `stage_visit` at hand in `log`; they fit the other logs."""
    found = activity_stages(log, *others)

    def make() -> None:
        log.put_temporary("stage_of", found)
        log.build("stage_visits")

    log.once(("stage_of", "stage_visit"), make, found.write_csv())


def _declared(log: Session) -> pl.DataFrame:
    """The stage that the log or its table of activities names; null where neither does."""
    declared = log.run("stage_declared")
    if "activities" not in log.tables():
        return declared
    kept = log.run("activity_names").select("activity", kept="stage")
    known = declared.join(kept, on="activity", how="left", maintain_order="left")
    return known.select("activity", pl.coalesce("stage", "kept"))


def _divided(code: re.Match[str]) -> str:
    return f"{code['stem']}{code['stroke']}{code['digit']}{'x' * len(code['more'])}"
