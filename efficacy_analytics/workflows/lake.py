"""A lake as a person holds it: what was delivered, what is published, the cases to ask about, the documents made."""

import datetime as dt
import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.settings import reference_directory, settings
from efficacy_analytics.system.arguments import checked
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows import log as logs
from efficacy_analytics.workflows import steps
from efficacy_analytics.workflows.finished import Document

if TYPE_CHECKING:
    from efficacy_analytics.event_log.snapshots import Snapshot
    from efficacy_analytics.lake.delivery import Delivery
    from efficacy_analytics.workflows.log import Log


@dataclass(frozen=True)
class DueDate:
    """When a case is due, and why.

    Attributes:
        due_on: the day.
        days: one row a day of the count: `day`, `is_counted`, `running_number`, `is_due`, `reason`, `rule_zh`,
            `rule_en`.
    """

    due_on: dt.date
    days: pl.DataFrame = field(compare=False)

    def explanation(self, language: Language = "zh") -> str:
        """The count day by day, with the rule behind each, as a text."""
        from efficacy_analytics.clock.explanation_text import explanation_text

        return explanation_text(self.days, language)

    def __repr__(self) -> str:
        return f"due on {self.due_on}"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p><pre>{escape(self.explanation())}</pre>"


class Lake:
    """A folder with deliveries, the snapshots published from them, findings and documents.

    >>> ea.Lake(lake.directory).snapshots() == lake.snapshots()
    True

    Args:
        directory: the folder; by default $EFFICACY_LAKE, else that of the settings.
    """

    @checked
    def __init__(self, directory: Path | str | None = None) -> None:
        self.directory = Path(directory or os.environ.get("EFFICACY_LAKE", "") or settings().lake.directory)

    @checked
    def ingest(
        self,
        paths: Path | str | Sequence[Path | str],
        layout: str,
        *,
        constants: Mapping[str, str] | None = None,
        delivered_on: dt.date | str | None = None,
    ) -> "Delivery":
        """Takes a delivery in; what it does not use is in the delivery's `notices`.

        >>> lake.ingest(exports, "city").rows["cases"]["refused"]
        0

        Args:
            paths: a file or a folder, or several; together they are one delivery.
            layout: a layout's name, or the path of a layout file.
            constants: columns to the value they have throughout.
            delivered_on: the day it counts from; today if not said.

        Raises:
            InputRefusedError: nothing was accepted.
            LayoutError: the layout does not fit.
        """
        from efficacy_analytics.lake.intake.request import Request

        several = [paths] if isinstance(paths, Path | str) else paths
        made: Delivery = steps.ingest(
            self.directory,
            [Path(one) for one in several],
            Request(layout, constants or {}, _or_none(delivered_on), in_force=settings()),
        )
        return made

    @checked
    def publish(self, *, as_known_on: dt.date | str | None = None, as_on: dt.date | str | None = None) -> "Snapshot":
        """Builds a snapshot from what was delivered, checks it and makes it current.

        >>> lake.publish().name in lake.snapshots()
        True

        Args:
            as_known_on: with the deliveries until that day only.
            as_on: the day on which open cases are judged; by default the last day in the data.

        Raises:
            CannotAnswerError: nothing was delivered.
            CheckFailedError: rows were lost; the snapshot before stays current.
        """
        made: Snapshot = steps.publish(self.directory, as_known_on=_or_none(as_known_on), as_on=_or_none(as_on))
        return made

    def status(self) -> str:
        """Deliveries with their rows and notices, snapshots, runs, as a text.

        >>> "deliveries" in lake.status()
        True

        Raises:
            CannotAnswerError: the folder holds no lake.
        """
        from efficacy_analytics.workflows.status import status_lines

        return "\n".join(status_lines(self.directory))

    def snapshots(self) -> list[str]:
        """The names of the snapshots there are, oldest first.

        >>> len(lake.snapshots()) > 0
        True
        """
        from efficacy_analytics.event_log.snapshots import snapshots

        return snapshots(self.directory)

    def runs(self) -> list[Run]:
        """The finished runs of the findings, by name.

        >>> run = lake.find(department="D02")
        >>> run.name in [one.name for one in lake.runs()]
        True
        """
        folders = sorted(path.parent for path in (self.directory / "findings").glob("[!.]*/manifest.json"))
        return [open_run(folder) for folder in folders]

    @checked
    def log(
        self,
        period: str | int | None = None,
        *,
        accepted_from: dt.date | str | None = None,
        accepted_until: dt.date | str | None = None,
        department: str | None = None,
        item: str | None = None,
        where: str | None = None,
        snapshot: str | None = None,
        language: Language = "zh",
        edition: str = "internal",
    ) -> "Log":
        """The cases of one question.

        >>> lake.log("2025H1", department="D02").cohort.department
        'D02'

        Args:
            period: of acceptance: 2025, 2025H1, 2025Q3 or 2025-03.
            accepted_from: first day of acceptance, inclusive, instead of a period.
            accepted_until: day after the last day of acceptance, instead of a period.
            department: code of the department that answers.
            item: code of the item.
            where: a condition in SQL over the columns of `cases`.
            snapshot: of which snapshot, by name; without it of the current one.
            language: of names and charts, "zh" or "en".
            edition: "internal", or "public" for what may be published.

        Raises:
            EmptyCohortError: no case belongs to the cohort.
            CannotAnswerError: nothing is published.
            CallError: a day, the period or the condition cannot be read.
        """
        cohort = _cohort(period, accepted_from, accepted_until, department, item, where)
        return logs.opened(self.directory, cohort, snapshot=snapshot, language=language, edition=edition)

    def find(self, period: str | int | None = None, **chosen: Any) -> Run:
        """Computes the finding tables of a cohort and keeps them with what they were made from.

        >>> lake.find(department="D02").table("on_time").height
        1

        Args:
            period: as in `log`.
            **chosen: `accepted_from`, `accepted_until`, `department`, `item`, `where`, as in `log`.

        Raises:
            EmptyCohortError: no case belongs to the cohort.
            CannotAnswerError: nothing is published.
        """
        taken = list(inspect.signature(_cohort).parameters)
        for name in chosen:
            if name not in taken:
                raise CallError(f"a cohort is not chosen by '{name}'.", hint=f"one of: {', '.join(taken)}")
        return steps.find(self.directory, _cohort(period, **chosen))

    @checked
    def brief(
        self,
        period: str | int | None = None,
        *,
        languages: Sequence[str] = (),
        edition: str = "internal",
        formats: Sequence[str] = (),
        **chosen: Any,
    ) -> list[Document]:
        """Writes the briefing of a cohort, a document for each language and format.

        >>> lake.brief(languages=("zh",), edition="public")[0].path.suffix
        '.html'

        Args:
            period: as in `log`.
            languages: "zh", "en" or both; by default those of the settings.
            edition: "internal" or "public".
            formats: "html", "pdf", "docx", "xlsx"; by default those of the settings.
            **chosen: `accepted_from`, `accepted_until`, `department`, `item`, `where`, as in `log`; `issue` and
                `issued_on`, as the masthead prints them.

        Raises:
            ParameterError: what is asked is unknown or mistyped.
            EmptyCohortError: no case belongs to the cohort.
        """
        made = steps.brief_period(
            self.directory,
            chosen,
            period=None if period is None else str(period),
            languages=languages,
            edition=edition,
            formats=formats,
        )
        return [Document(path, self.directory) for path in made]

    @checked
    def document(self, path: Path | str) -> Document:
        """A finished document of this lake.

        >>> lake.document(page)
        document ...

        Raises:
            CallError: there is no such file.
        """
        if not Path(path).is_file():
            raise CallError(f"there is no document {path}.", hint="lake.brief(…) makes one")
        return Document(Path(path), self.directory)

    def __repr__(self) -> str:
        return f"lake {self.directory}"

    def _repr_html_(self) -> str:
        try:
            return f"<pre>{escape(self.status())}</pre>"
        except EfficacyError as fault:
            return f"<pre>{escape(str(fault))}</pre>"


@checked
def due(
    accepted: dt.date | dt.datetime | str,
    limit: int | str,
    *,
    unit: str | None = None,
    calendar: str | None = None,
    stops: Sequence[tuple[dt.date | str, dt.date | str | None]] = (),
    zone: str | None = None,
    reference: Path | str | None = None,
) -> DueDate:
    """The date a case is due, with the count that leads to it.

    >>> ea.due("2025-01-20", 5)
    due on 2025-01-26
    >>> ea.due("2025-01-20", 5, stops=[("2025-01-22", "2025-01-24")]).due_on.isoformat()
    '2025-02-05'

    Args:
        accepted: the day of acceptance; the local moment for a limit in hours.
        limit: its length, or as people write it: "56 calendar_days", "5个工作日".
        unit: of a limit that names none; working days where this names none either.
        calendar: CN, NL, …, weekdays; by default that of the settings.
        stops: clock stops, from and until; None for one that lasts.
        zone: of a limit in hours; by default the calendar's.
        reference: the folder of what the office keeps by hand; by default that of the lake of the settings.

    Raises:
        CallError: a day, the limit or the calendar cannot be read.
        CalendarError: the calendar does not reach as far.
    """
    from efficacy_analytics.clock.explain import due_explained
    from efficacy_analytics.clock.limits import parsed_limit
    from efficacy_analytics.clock.zones import zone_of_calendar

    counting = calendar or settings().clock.calendar
    in_hours = parsed_limit(str(limit), unit=unit or "working_days").unit == "hours"
    kept = Path(reference) if reference else reference_directory(Path(settings().lake.directory))
    spans = [(_day(start), None if until is None else _day(until)) for start, until in stops]
    due_on, days = due_explained(
        _moment(accepted), str(limit), unit=unit, calendar=counting, stops=spans, reference=kept,
        rules=settings().clock,
        zone=(zone or zone_of_calendar(counting)) if in_hours else None,
    )  # fmt: skip
    return DueDate(due_on, days)


@checked
def _cohort(
    period: str | int | None = None,
    accepted_from: dt.date | str | None = None,
    accepted_until: dt.date | str | None = None,
    department: str | None = None,
    item: str | None = None,
    where: str | None = None,
) -> Cohort:
    first, until = (_day(one) if one else None for one in (accepted_from, accepted_until))
    if period is not None:
        if accepted_from or accepted_until:
            raise CallError("a period and days of acceptance are both given.", hint="give the one or the other")
        from efficacy_analytics.documents.briefing.parameters import period as days_of

        first, until = days_of(str(period))
    return Cohort(first, until, department or None, item or None, where or None)


def _or_none(value: dt.date | str | None) -> dt.date | None:
    return None if value is None else _day(value)


def _day(value: dt.date | str) -> dt.date:
    moment = _moment(value)
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _moment(value: dt.date | dt.datetime | str) -> dt.date | dt.datetime:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise CallError(f"{value!r} is no day.", hint="write it as 2025-01-20")
    try:
        return dt.date.fromisoformat(value) if len(value) == len("2025-01-20") else dt.datetime.fromisoformat(value)
    except ValueError:
        raise CallError(f"'{value}' is no day.", hint="write it as 2025-01-20") from None
