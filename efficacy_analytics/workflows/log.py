"""The cases of one question, as a person asks about them: tables and charts by name, narrower logs, single cases."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.documents.labels import in_words, names_of
from efficacy_analytics.documents.pages.log_charts import LOG_CHARTS
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.cohort import Cohort, open_log, own_query
from efficacy_analytics.event_log.narrowing import narrowed
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.findings.catalogue.tables import TABLES, table
from efficacy_analytics.findings.disclosure.public_findings import is_public, public_table
from efficacy_analytics.settings import settings
from efficacy_analytics.vocabulary import Language


@dataclass(frozen=True)
class TableOfLog:
    """A table of a log, made when it is called; its options are keyword arguments."""

    log: "Log"
    entry: Table

    def __call__(self, **options: Any) -> pl.DataFrame:
        """The table as a polars frame, with codes."""
        return self.log.table(self.entry.name, **options)

    def __repr__(self) -> str:
        options = ", ".join(str(one) for one in self.entry.options().values())
        return f"{self.entry.name}({options}): {self.entry.en} · {self.entry.zh}"

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.entry.function().__doc__


@dataclass(frozen=True)
class ChartOfLog:
    """A chart of a log, drawn when it is called; its options are keyword arguments."""

    log: "Log"
    name: str

    def __call__(self, **options: Any) -> Any:
        """The chart; a notebook shows it."""
        shown_offline(self.log.language)
        return LOG_CHARTS[self.name].draw(self.log, **options)

    def __repr__(self) -> str:
        return f"{self.name}(…): {LOG_CHARTS[self.name].en} · {LOG_CHARTS[self.name].zh}"


@dataclass(frozen=True)
class Charts:
    """The charts of a log by their names: `log.chart.bottleneck_bars()`."""

    log: "Log"

    def process_map(self, *, causes: bool = False) -> Any:
        """The process map: how cases run, and where they wait.

        Args:
            causes: whether lines carry the causes of waiting; takes longer.
        """
        from efficacy_analytics.documents.pages.maps import log_map

        shown_offline(self.log.language)
        return log_map(self.log.engine, language=self.log.language, causes=causes)

    def plan_curve(self) -> Any:
        """What shorter limits would cost: days saved against the share of cases that would need more."""
        from efficacy_analytics.charts.plan_curve import plan_curve
        from efficacy_analytics.findings.limits.plan import plan_frontier

        shown_offline(self.log.language)
        return plan_curve(plan_frontier(self.log.engine), self.log.language)

    def __getattr__(self, name: str) -> ChartOfLog:
        if name not in LOG_CHARTS:
            raise AttributeError(f"a log has no chart '{name}'.{_near(name, dir(self))}")
        return ChartOfLog(self.log, name)

    def __dir__(self) -> list[str]:
        return sorted(["process_map", "plan_curve", *LOG_CHARTS])

    def __repr__(self) -> str:
        return f"charts of a log: {', '.join(dir(self))}"


@dataclass(frozen=True)
class Case:
    """One case: its steps, and why the clock judges it as it does.

    Attributes:
        case_id: its number in its source.
        steps: one row per step, in order.
        explanation: its dates, limit, stops, and the count day by day, as a text.
    """

    case_id: str
    steps: pl.DataFrame
    explanation: str

    def __repr__(self) -> str:
        return self.explanation

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.explanation)}</pre>{self.steps._repr_html_()}"


@dataclass(frozen=True)
class Comparison:
    """Two logs side by side: what B has more or less than A.

    Attributes:
        log: A.
        other: B.
        names: what to call the two.
    """

    log: "Log"
    other: "Log"
    names: tuple[str, str]

    def table(self) -> pl.DataFrame:
        """Activities and paths of both, with the differences of their frequencies and times."""
        from efficacy_analytics.findings.performance.differences import differences

        return self.log.in_words(differences(self.log.engine, self.other.engine))

    def chart(self) -> Any:
        """Both on one map."""
        from efficacy_analytics.documents.pages.maps import difference_map

        shown_offline(self.log.language)
        return difference_map(self.log.engine, self.other.engine, names=self.names, language=self.log.language)

    def __repr__(self) -> str:
        return f"comparison of {self.names[0]} with {self.names[1]}: .table(), .chart()"


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
        values = json.loads(json.dumps(dataclasses.asdict(settings())))
        return {
            "cohort": self.cohort.as_dict(), "snapshot": {"snapshot": self.snapshot}, "settings": values,
            "edition": self.edition, "tables": self.tables(),
        }  # fmt: skip

    @property
    def chart(self) -> Charts:
        """The charts by their names.

        >>> sorted(dir(log.chart))[:3]
        ['bottleneck_bars', 'cause_bars', 'cause_effects']
        """
        return Charts(self)

    def tables(self) -> list[str]:
        """The names of the tables there are.

        >>> "bottlenecks" in log.tables()
        True
        """
        return [name for name in TABLES if not self.is_public or is_public(name)]

    def table(self, name: str, **options: Any) -> pl.DataFrame:
        """A table by its name, as `efficacy show` gives it; in the public edition as with `--public`.

        >>> log.table("on_time", by="item").columns[0]
        'item'

        Args:
            name: the table's name.
            **options: the table's own; the public edition takes none.

        Raises:
            CallError: there is no such table, or it does not take the option.
            CannotAnswerError: the public edition does not have the table, or has fewer cases in all than it may show.
        """
        if not self.is_public:
            return table(name).make(self._session, **options)
        table(name)
        if options:
            raise CallError(f"in the public edition table '{name}' takes no {', '.join(options)}.", hint="leave it out")
        return public_table(self._session, name, fewest=settings().disclosure.fewest_cases)

    def readable(self, name: str, **options: Any) -> pl.DataFrame:
        """A table with names instead of codes; options are the table's own.

        >>> log.readable("on_time").height
        1
        """
        return in_words(self, self.table(name, **options), self.language)

    def in_words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Any frame with names instead of codes.

        >>> log.in_words(log.on_time())["department"][0] != "D02"
        True
        """
        return in_words(self, frame, self.language)

    def names(self, code: str) -> pl.DataFrame:
        """What to call each `activity`, `department` or `item`.

        >>> log.names("department").columns
        ['department', 'name']
        """
        return names_of(self, code, self.language)

    def where(
        self,
        condition: str | None = None,
        *,
        accepted: str | None = None,
        late: bool | None = None,
        variant: Sequence[str] | None = None,
        passing: tuple[str, str] | None = None,
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
            variant: only cases with just these activities in this order.
            passing: only cases where the second activity directly follows the first.
            **equal: column of `cases` to value or list of values; None for cases without one.

        Raises:
            CallError: a column is not there, or the condition cannot be read.
            EmptyCohortError: no case is left.
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("narrower groups of cases")
        from efficacy_analytics.documents.briefing.parameters import period

        cohort = narrowed(
            self.cohort,
            self._session.columns("cases"),
            condition=condition,
            accepted=period(str(accepted)) if accepted else (None, None),
            variant=variant,
            passing=passing,
            equal=equal if late is None else {**equal, "is_judged": True, "is_late": late},
        )
        return opened(self.lake, cohort, snapshot=self.snapshot, language=self.language, edition=self.edition)

    def by(self, column: str) -> dict[Any, "Log"]:
        """A log for each value of a column of `cases`, in the order of the values; those without one last.

        >>> list(log.by("channel"))[:2]
        ['courier', 'mobile']

        Raises:
            CallError: there is no such column.
            CannotAnswerError: the edition is the public one.
        """
        narrowed(self.cohort, self.engine.columns("cases"), equal={column: None})
        text = f'select distinct "{column}" as value from cohort_cases order by 1 nulls last'
        return {value: self.where(**{column: value}) for value in self.engine.sql(text)["value"]}

    def compare(self, other: "Log", *, names: tuple[str, str] = ("A", "B")) -> Comparison:
        """This log (A) beside another (B).

        >>> log.compare(log.where(late=True), names=("all", "late")).table().height > 0
        True
        """
        self._check_internal("comparisons")
        return Comparison(self, other, names)

    def sql(self, text: str, **params: Any) -> pl.DataFrame:
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
        return own_query(self.engine, text, **params)

    def case(self, case_id: str, *, source: str | None = None) -> Case:
        """One case: its steps, and why the clock judges it as it does.

        >>> one = log.sql("select min(case_id) from cases").item()
        >>> log.case(one).steps.columns[:2]
        ['event_number', 'activity']

        Args:
            case_id: its number in its source.
            source: which source, where several have the number.

        Raises:
            CallError: there is no such case, or several sources have one.
            CannotAnswerError: the edition is the public one, or the case cannot be judged.
        """
        from efficacy_analytics.clock.case_explanation import case_explained

        steps = self.engine.run("steps_of_case", case_id=case_id, source=source)
        return Case(case_id, self.in_words(steps), case_explained(self.engine, case_id, self.language, source=source))

    def cases_behind(self, activity: str = "", next_activity: str = "", *, most: int = 200) -> pl.DataFrame:
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
            CannotAnswerError: the edition is the public one.
        """
        self._check_internal("single cases")
        if not activity and not next_activity:
            activity, next_activity = self.table("bottlenecks").select("activity", "next_activity").row(0)
        found = self._session.run("cases_behind", activity=activity, next_activity=next_activity, most_rows=most)
        if found.is_empty():
            raise CallError(
                f"no case goes straight from '{activity}' to '{next_activity}'.",
                hint="log.directly_follows() lists the paths there are, by code",
            )
        return self.in_words(found)

    def close(self) -> None:
        """Gives the snapshot free; a log that is no more used does so by itself."""
        self._session.close()

    def _check_internal(self, what: str) -> None:
        if self.is_public:
            raise CannotAnswerError(
                f"the public edition does not give {what}.", hint='a table by its name, or edition="internal"'
            )

    def __getattr__(self, name: str) -> TableOfLog:
        if name in TABLES and name not in self.tables():
            raise AttributeError(f"the public edition has no table '{name}'. It has: {', '.join(self.tables())}.")
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(f"a log has no table '{name}'.{_near(name, self.tables())}")
        return TableOfLog(self, TABLES[name])

    def __dir__(self) -> list[str]:
        own = [name for name in (*type(self).__dict__, *type(self).__dataclass_fields__) if not name.startswith("_")]
        return sorted([*own, *self.tables()])

    def __repr__(self) -> str:
        chosen = ", ".join(f"{key} {value}" for key, value in self.cohort.as_dict().items() if value)
        span = self._session.run("finding_case_count").item()
        edition = ", public edition" if self.is_public else ""
        return f"log of {span:,} cases of snapshot {self.snapshot} ({chosen or 'all cases'}{edition})"

    def _repr_html_(self) -> str:
        groups = (("tables", self.tables()), ("charts", dir(self.chart)))
        lists = "".join(f"<dt>{name}</dt><dd>{', '.join(map(escape, names))}</dd>" for name, names in groups)
        return f"<p>{escape(repr(self))}</p><dl>{lists}</dl>"


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
    session = open_log(lake, cohort, snapshot=snapshot)
    return Log(lake, cohort, Path(session.path).stem, language, edition, session)


def shown_offline(language: Language) -> None:
    """Lets a notebook draw without a network: the drawing library is shown once, before the first chart."""
    import altair as alt
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    from efficacy_analytics.charts.style.offline import RENDERER, enable

    if get_ipython() is not None and alt.renderers.active != RENDERER:
        display(enable(language))  # type: ignore[no-untyped-call]


def _near(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(name, list(known), n=3)
    return f" Did you mean {' or '.join(near)}?" if near else f" One of: {', '.join(known)}."
