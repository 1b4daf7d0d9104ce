"""The cases of one question, as a person asks about them: tables and charts by name, narrower logs, single cases."""

import dataclasses
import functools
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from efficacy_analytics.documents.labels import in_words, names_of
from efficacy_analytics.documents.tables.cells import CODES, Reading
from efficacy_analytics.documents.tables.log_table import LogTable, log_table
from efficacy_analytics.documents.tables.table_html import Written
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.cohort import Cohort, open_beside, open_log, own_query
from efficacy_analytics.event_log.narrowing import Activities, narrowed
from efficacy_analytics.findings.catalogue.tables import TABLES, table
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.settings import kept_values, settings
from efficacy_analytics.system.arguments import checked, is_of, said
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.exploring.asked import near
from efficacy_analytics.workflows.exploring.case import Case, opened_case
from efficacy_analytics.workflows.exploring.closed import ClosedSession
from efficacy_analytics.workflows.exploring.comparison import Comparison
from efficacy_analytics.workflows.exploring.parts import Charts, TableOfLog
from efficacy_analytics.workflows.exploring.questions import Question, asked

if TYPE_CHECKING:
    from efficacy_analytics.workflows.exploring.answers import Answer
    from efficacy_analytics.workflows.finished import Document

STEP_COMPLETED = {"zh": "环节完成时间", "en": "Step completed at"}
BEHIND = {"zh": "{one} → {other}：等待最久的办件", "en": "{one} → {other}: the cases that wait longest"}


MOST_LOGS: Final = 200
"""That `Log.by` opens at once."""


@dataclass(frozen=True)
class Log:
    """The cases of one question, with what was computed for them.

    Every table of `efficacy show` is a method by its name, computed once; every chart is one of `log.chart`.

    >>> log = lake.log(department="D02")
    >>> log.on_time().columns[:2]
    ['department', 'case_count']
    >>> log.limits(share=0.95).height > 0
    True
    >>> sorted(dir(log))[:3]
    ['activities', 'activity_names', 'activity_stages']

    Attributes:
        lake: the lake's folder.
        cohort: which cases.
        snapshot: of which snapshot, by name.
        language: of names and charts, "zh" or "en".
        edition: "internal", or "public" for what may be published.
    """

    lake: Path
    cohort: Cohort
    snapshot: str
    language: Language
    edition: str
    _session: Session
    _written: dict[str, Written] = dataclasses.field(init=False, default_factory=dict, repr=False, compare=False)

    @property
    def is_public(self) -> bool:
        """Whether only what may be published is given."""
        return self.edition == "public"

    @property
    def engine(self) -> Session:
        """The session of the cohort, for functions of the package that ask one.

        Raises:
            CannotAnswerError: the edition is the public one; a session tells of single cases.
        """
        self._check_internal("the log itself")
        return self._session

    @property
    def manifest(self) -> dict[str, Any]:
        """The cohort, the settings, the edition, and the tables there are."""
        values = kept_values(settings())
        return {
            "cohort": self.cohort.as_dict(), "snapshot": {"snapshot": self.snapshot}, "settings": values,
            "edition": self.edition, "tables": self.tables(),
        }  # fmt: skip

    @property
    def chart(self) -> Charts:
        """The charts by their names.

        >>> sorted(dir(log.chart))[:3]
        ['bottleneck_bars', 'breach_course', 'cause_bars']
        """
        return Charts(self)

    def tables(self) -> list[str]:
        """The names of the tables there are.

        >>> "bottlenecks" in log.tables()
        True
        """
        if not self.is_public:
            return list(TABLES)
        from efficacy_analytics.findings.disclosure.public_findings import is_public

        return [name for name in TABLES if is_public(name)]

    @checked
    def table(self, name: str, **options: Any) -> LogTable:
        """A table by its name, as `efficacy show` gives it; in the public edition as with `--public`.

        It is a polars frame in every use, with codes; a notebook shows it with names, headings and units in words.

        >>> log.table("on_time", by="item").columns[0]
        'item'

        Args:
            name: the table's name.
            **options: the table's own; the public edition takes none.

        Raises:
            CallError: there is no such table, or it does not take the option.
            CannotAnswerError: the public edition does not have the table, or has fewer cases in all than it may show.
        """
        entry = table(name)
        title = {"zh": entry.zh, "en": entry.en}[self.language]
        definition = inspect.getdoc(entry.function()) or ""
        written = self._written.setdefault(f"{name} {sorted(options.items())}", Written())
        made = self._made(name, options)
        return log_table(made, self._reading(), title=title, definition=definition, written=written)

    def _made(self, name: str, options: Mapping[str, Any]) -> pl.DataFrame:
        if not self.is_public:
            return table(name).make(self._session, **options)
        if options:
            raise CallError(f"in the public edition table '{name}' takes no {', '.join(options)}.", hint="leave it out")
        from efficacy_analytics.findings.disclosure.public_findings import public_table

        fewest = settings().disclosure.fewest_cases
        return public_table(self._session, name, fewest=fewest, cohort=self.cohort.as_dict())

    @checked
    def shown(
        self,
        frame: pl.DataFrame,
        *,
        title: str = "",
        definition: str = "",
        headings: Mapping[str, str] | None = None,
    ) -> LogTable:
        """Any frame as a table for people, in the language of the log and on its local time.

        >>> log.shown(log.on_time().frame.head(1), title="The first").height
        1

        Args:
            frame: its columns are read by their names, as those of our own tables.
            title: above it.
            definition: how it is made, for those who ask.
            headings: of columns, where ours would not do.
        """
        reading = dataclasses.replace(self._reading(), headings=headings or {})
        return log_table(frame, reading, title=title, definition=definition)

    def _reading(self) -> Reading:
        return Reading(self.language, self._zone, lambda code: dict(names_of(self, code, self.language).rows()))

    @functools.cached_property
    def _zone(self) -> str:
        """The zone in which most cases of the log were recorded."""
        found = self._session.run("cohort_zones")
        return str(found["time_zone"][0]) if found.height else "UTC"

    @checked
    def readable(self, name: str, **options: Any) -> LogTable:
        """A table with names instead of codes; options are the table's own.

        >>> log.readable("on_time").height
        1
        """
        made = self.table(name, **options)
        return made.like(in_words(self, made.frame, self.language))

    @checked
    def in_words(self, frame: pl.DataFrame) -> LogTable:
        """Any frame with names instead of codes.

        >>> log.in_words(log.on_time())["department"][0] != "D02"
        True
        """
        return self.shown(in_words(self, pl.DataFrame(frame), self.language))

    @checked
    def answer(self, name: str, *, most: int = 1) -> "Answer":
        """One line of answer, computed: as the briefing says it, where it has a section of that name.

        >>> len(log.answer("bottlenecks", most=2).sentences)
        2

        Args:
            name: a section of the briefing (`bottlenecks`, `limits`, `comparison`, …) or a table that has an answer.
            most: how many sentences.

        Raises:
            CallError: there is no answer of that name.
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("answers of this kind")
        if most < 1:
            raise CallError(f"most is a number of sentences from 1 on, not {most}.", hint="such as most=2")
        from efficacy_analytics.workflows.exploring.answers import answered

        return answered(self, name, most)

    @checked
    def ask(self, name: str) -> Question:
        """A question of the notebooks, as a heading in the language of the log.

        >>> log.ask("why_do_files_wait")
        为什么等待？

        Args:
            name: of the question, as the notebooks ask it.

        Raises:
            CallError: there is none of that name.
        """
        return asked(name, self.language)

    @checked
    def names(self, code: str) -> pl.DataFrame:
        """What to call each `activity`, `department` or `item`.

        >>> log.names("department").columns
        ['department', 'name']
        """
        if code not in CODES:
            raise CallError(f"there are no names of '{code}'.{near(code, CODES)}", hint='such as log.names("activity")')
        return names_of(self, code, self.language)

    def where(
        self,
        condition: str | None = None,
        *,
        accepted: str | int | None = None,
        late: bool | None = None,
        variant: Sequence[str] | int | None = None,
        passing: tuple[Activities, Activities] | None = None,
        having: Activities | None = None,
        starting: Activities | None = None,
        ending: Activities | None = None,
        **equal: Any,
    ) -> "Log":
        """A narrower log, of the same snapshot.

        >>> log.where(channel="window", late=True).sql("select count(*) as n from cases").item() > 0
        True
        >>> log.where("counted_days > limit_days").cohort.where
        'counted_days > limit_days'

        Args:
            condition: in SQL over the columns of `cases`.
            accepted: a period of acceptance: 2025, 2025H1, 2025Q3 or 2025-03.
            late: only late cases, or only those in time; as `on_time` counts them.
            variant: only cases with just these activities in this order; or the number of a variant, `variant_key`.
            passing: only cases where the second activity directly follows the first; a list of codes is any of them.
            having: only cases with this activity, or with any of a list.
            starting: only cases that begin with it.
            ending: only cases that end with it.
            **equal: column of `cases` to value or list of values; None for cases without one.

        Raises:
            CallError: a column is not there, the condition cannot be read, or a value is of another kind.
            EmptyCohortError: no case is left.
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("narrower groups of cases")
        from efficacy_analytics.documents.briefing.parameters import period

        cohort = narrowed(
            self.cohort,
            self._session.columns("cases"),
            condition=condition,
            accepted=period(chosen) if (chosen := _checked_period(accepted)) else (None, None),
            variant=variant,
            passing=passing,
            having=having,
            starting=starting,
            ending=ending,
            equal=equal if late is None else {**equal, "is_judged": True, "is_late": _checked_late(late)},
        )
        self._check_activities(passing, having, starting, ending)
        return dataclasses.replace(self, cohort=cohort, _session=open_beside(self._session, cohort))

    def _check_activities(self, *chosen: Any) -> None:
        """Names a code that no step of the log has; what is no code at all is told where it is used."""
        codes = {code for one in chosen if one is not None for code in _flat(one) if isinstance(code, str)}
        known = {str(one) for one in self.table("activities")["activity"]} if codes else set()
        for code in sorted(codes - known):
            raise CallError(
                f"the log has no activity '{code}'.{near(code, sorted(known))}", hint="log.activities() lists them"
            )

    def by(self, column: str) -> dict[Any, "Log"]:
        """A log for each value of a column of `cases`, in the order of the values; those without one last.

        >>> list(log.by("channel"))[:2]
        ['courier', 'mobile']

        Raises:
            CallError: there is no such column, or it has too many values to hold a log open for each.
            CannotAnswerError: the edition is the public one.
        """
        if not isinstance(column, str):
            raise CallError(f"a column has a name, {column!r} is none.", hint='such as log.by("department")')
        narrowed(self.cohort, self.engine.columns("cases"), equal={column: None})
        text = f'select distinct "{column}" as value from cohort_cases order by 1 nulls last'
        values = self.engine.sql(text)["value"]
        if values.len() > MOST_LOGS:
            raise CallError(
                f"'{column}' has {values.len():,} values, and a log is held open for each of at most {MOST_LOGS}.",
                hint=f'count in one query instead: log.sql("select {column}, count(*) from cases group by all")',
            )
        return {value: self.where(**{column: value}) for value in values}

    @checked
    def compare(self, other: "Log", *, names: tuple[str, str] = ("A", "B")) -> Comparison:
        """This log (A) beside another (B).

        >>> log.compare(log.where(late=True), names=("all", "late")).table().height > 0
        True
        """
        self._check_internal("comparisons")
        if not isinstance(other, Log) or other.is_public:
            raise CallError(
                f"a log is compared with another log, not {other!r}.", hint="log.compare(log.where(late=True))"
            )
        return Comparison(self, other, names)

    def sql(self, text: str, **params: Any) -> LogTable:
        """The result of a query of one's own; `cases` and `event_log` hold the cases of this log and their steps.

        >>> log.sql("select count(*) as n from cases where channel = $channel", channel="window").columns
        ['n']

        Args:
            text: one select statement, its parameters named `$name`.
            **params: their values.

        Raises:
            CallError: it cannot be read, or is no query.
            CannotAnswerError: the edition is the public one.
        """
        if not isinstance(text, str):
            raise CallError(f"a query is a text, not {text!r}.", hint='such as log.sql("select count(*) from cases")')
        return self.shown(own_query(self.engine, text, **params))

    def case(self, case_id: str, *, source: str | None = None) -> Case:
        """One case: its steps on a time line, who held it, its stops, and why the clock judges it as it does.

        >>> one = log.sql("select min(case_id) from cases").item()
        >>> log.case(one).steps.columns[:2]
        ['event_number', 'activity']

        Args:
            case_id: its number in its source.
            source: which source, where several have the number.

        Raises:
            CallError: there is no such case, or several sources have one.
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("single cases")
        if not isinstance(case_id, str):
            raise CallError(
                f"a case has a number that is a text, {case_id!r} is none.", hint=f'such as log.case("{case_id}")'
            )
        return opened_case(self, case_id, source)

    @checked
    def indicator(
        self, name: str, sql: str, *, by: str = "department", zh: str = "", en: str = "", **words: Any
    ) -> LogTable:
        """An indicator of one's own, in the form of ours: one aggregate over `cases`, at a level.

        >>> log.indicator("window_share", "avg(cast(channel = 'window' as integer))", en="At the window").columns
        ['department', 'case_count', 'window_share']

        Args:
            name: the column, its unit in its ending (`_share`, `_count`, `_days`, `_seconds`).
            sql: one aggregate over the columns of `cases`.
            by: a column of `cases`, or "month" of acceptance, or "all".
            zh: its name in Chinese, for the title.
            en: its name in English.
            **words: values of parameters in `sql`, named `$name` there.

        Returns:
            One row per value of the level: the level, `case_count`, and the indicator.

        Raises:
            CallError: the level or the aggregate cannot be read.
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("indicators of one's own")
        from efficacy_analytics.workflows.exploring.own import own_indicator

        found = own_indicator(self.engine, name, sql, by, words)
        called = (zh if self.language == "zh" else en) or zh or en or name
        return self.shown(found, title=called, definition=sql, headings={name: called})

    @checked
    def report(self, *, languages: Sequence[str] = (), issue: str = "", **parameters: Any) -> "list[Document]":
        """The briefing of these cases, of this snapshot: a document for each language, each with `verify()`.

        >>> log.report(languages=["en"])[0].path.suffix
        '.html'

        Args:
            languages: "zh", "en" or both; by default the language of the log.
            issue: as the masthead prints it.
            **parameters: others of the briefing, such as `issued_on`.

        Raises:
            ParameterError: a parameter is unknown or mistyped.
        """
        from efficacy_analytics.workflows.finished import reported

        given = {**parameters, **({"issue": issue} if issue else {}), "edition": self.edition}
        return reported(self.lake, self.cohort, self.snapshot, list(languages) or [self.language], given)

    @checked
    def cases_behind(self, activity: str = "", next_activity: str = "", *, most: int = 200) -> LogTable:
        """The cases behind a path of the map: those that go straight from one activity to another.

        >>> log.cases_behind(most=3).height
        3

        Args:
            activity: code of the activity before; empty: that of the segment that holds most of the waiting.
            next_activity: code of the activity after; empty likewise.
            most: no more rows than this.

        Returns:
            One row per passage, longest waiting first: `case_id`, `department`, `item` (by name), `accepted_on`,
            `event_number`, `enabled_at`, `started_at`, `completed_at`, `time_kind`, `waiting_elapsed_seconds`,
            `waiting_open_seconds`, `throughput_elapsed_seconds`. Case numbers are internal: not for publication.

        Raises:
            CallError: the cohort has no such path.
            CannotAnswerError: the edition is the public one, or no step of a case follows another one.
        """
        self._check_internal("single cases")
        if most < 1:
            raise CallError(f"most is a number of rows from 1 on, not {most!r}.", hint="such as most=200")
        if not activity and not next_activity:
            ranking = self.table("bottlenecks").select("activity", "next_activity")
            if ranking.height == 0:
                raise CannotAnswerError(
                    "no step of these cases follows another one: nothing waits between steps.", hint="widen the cohort"
                )
            activity, next_activity = ranking.row(0)
        found = self._session.run("cases_behind", activity=activity, next_activity=next_activity, most_rows=most)
        if found.is_empty():
            raise CallError(
                f"no case goes straight from '{activity}' to '{next_activity}'.",
                hint="log.directly_follows() lists the paths there are, by code",
            )
        title = BEHIND[self.language].format(one=self._called(activity), other=self._called(next_activity))
        return self.shown(found, title=title, headings={"completed_at": STEP_COMPLETED[self.language]})

    def _called(self, activity: str) -> str:
        return str(dict(names_of(self, "activity", self.language).rows()).get(activity, activity))

    def close(self) -> None:
        """Gives the snapshot free; a log that is no more used does so by itself. What is asked later says so."""
        self._session.close()
        object.__setattr__(self, "_session", ClosedSession())

    def _check_internal(self, what: str) -> None:
        if self.is_public:
            raise CannotAnswerError(
                f"the public edition does not give {what}.", hint='a table by its name, or edition="internal"'
            )

    def __getattr__(self, name: str) -> TableOfLog:
        if name in TABLES and name not in self.tables():
            raise AttributeError(f"the public edition has no table '{name}'. It has: {', '.join(self.tables())}.")
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(f"a log has no table '{name}'.{near(name, self.tables())}")
        return TableOfLog(self, TABLES[name])

    def __dir__(self) -> list[str]:
        own = [name for name in (*type(self).__dict__, *type(self).__dataclass_fields__) if not name.startswith("_")]
        return sorted([*own, *self.tables()])

    def __repr__(self) -> str:
        chosen = ", ".join(f"{key} {value}" for key, value in self.cohort.as_dict().items() if value)
        span = Count(self._session.run("finding_case_count").item())
        edition = ", public edition" if self.is_public else ""
        return f"log of {span} {span:case|cases} of snapshot {self.snapshot} ({chosen or 'all cases'}{edition})"

    def _repr_html_(self) -> str:
        from efficacy_analytics.workflows.exploring.contents import contents_html

        return contents_html(self, self._session)


def opened(
    lake: Path, cohort: Cohort, *, snapshot: str | None = None, language: Language = "zh", edition: str = "internal"
) -> Log:
    """The log of a cohort of a snapshot, of the current one where none is named.

    Raises:
        EmptyCohortError: no case belongs to the cohort.
        CannotAnswerError: nothing is published.
        CallError: there is no such edition or language.
    """
    for name, value, known in (("edition", edition, ("internal", "public")), ("language", language, ("zh", "en"))):
        if value not in known:
            raise CallError(f"there is no {name} '{value}'.", hint=f"one of: {', '.join(known)}")
    session = open_log(lake, cohort, snapshot=snapshot, in_force=settings())
    return Log(lake, cohort, Path(session.path).stem, language, edition, session)


def _flat(chosen: Any) -> list[Any]:
    """Codes, however deep they stand."""
    return [code for one in chosen for code in _flat(one)] if isinstance(chosen, tuple | list) else [chosen]


def _checked_period(accepted: Any) -> str:
    """A period as people write it; empty for none."""
    if not is_of(accepted, str | int | None):
        raise CallError(f"accepted is a period, not {said(accepted)}.", hint='such as accepted="2025Q1"')
    return "" if accepted is None else str(accepted)


def _checked_late(late: Any) -> bool:
    if not isinstance(late, bool):
        raise CallError(f"late is True or False, not {late!r}.", hint="late=True: only late cases")
    return late
