"""Did the past change? What was known of a period on the day its documents tell of, compared with what is known now.

The ordinary course of things (an open case is decided) makes no document out of date: it tells of its own day. Data
that come late, and corrections, do: they change what had happened by then.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import EmptyCohortError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.snapshots import open_current
from efficacy_analytics.settings import settings
from efficacy_analytics.workflows.operation.catalogue import RunRecord
from efficacy_analytics.workflows.operation.periods import period_named
from efficacy_analytics.workflows.operation.register import DocumentSet, document_sets

NOTHING: Mapping[str, Any] = {"case_count": 0, "event_count": 0, "content": ""}


def content_on(lake: Path, cohort: Cohort, as_on: dt.date) -> dict[str, Any]:
    """What the current snapshot knows of a cohort at a day's end: `case_count`, `event_count`, `content` (a hash)."""
    try:
        with open_log(lake, cohort, in_force=settings()) as log:
            return log.run("period_content", as_on=as_on).row(0, named=True)
    except EmptyCohortError:
        return dict(NOTHING)


def content_now(lake: Path, one: DocumentSet, unit: Any) -> dict[str, Any]:
    """What is known now of the day of a set of documents."""
    period = period_named(unit, one.period)
    day = dt.date.fromisoformat(one.documents[0]["as_on"])
    return content_on(lake, Cohort(period.first_on, period.until_on, one.department), day)


def changed_sets(lake: Path, records: Iterable[RunRecord]) -> Iterator[dict[str, Any]]:
    """The valid sets that late data touch and that are not marked so yet, as the catalogue keeps them."""
    known = list(records)
    units = {record.number: record.unit for record in known}
    asked = [one for one in document_sets(known) if one.validity == "valid" and one.out_of_date is None]
    with open_current(lake, in_force=settings()) if asked else nullcontext():  # once, not for each set
        for one in asked:
            had, has = one.documents[0]["content"], content_now(lake, one, units[one.run_number])
            if had["content"] != has["content"]:
                yield _mark(one, had, has)


def _mark(one: DocumentSet, had: Mapping[str, Any], has: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pipeline": one.pipeline,
        "period": one.period,
        "department": one.department,
        "run": one.run_number,
        "cases": has["case_count"] - had["case_count"],
        "events": has["event_count"] - had["event_count"],
    }


def words_of(mark: Mapping[str, Any]) -> str:
    """What late data changed, in one line."""
    return f"{mark['cases']:+} cases, {mark['events']:+} steps and what was corrected"
