"""What of the findings may be published: no figure that rests on fewer cases than the setting says.

Three kinds of tables may be shown to the public, every other is refused, those of single cases and officers above all.

- Departments, items and months, where a reader knows who is meant: small counts are withheld, and as many more as are
  needed that totals do not give them away (`suppression`); with a count goes every figure made of it.
- Activities, paths, variants, segments and the stock of open cases by department, stage and age: rows of fewer cases
  are left out and every count is rounded to a multiple of `fewest_cases`; means that would give the count away beside
  a total are withheld.
- Names, and what they belong to.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final, Protocol

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.findings.disclosure.public_groups import (
    VERDICTS,
    changes,
    departments,
    honesty,
    is_enough,
    limits,
    plan,
    verdicts,
    verdicts_of_items,
)
from efficacy_analytics.findings.disclosure.suppression import REST, withheld_of

TOTALS: Final = "public_totals"
"""The table of totals over all rows, which the rows that are shown no longer give."""

NAMES: Final = ("activity_names", "department_names", "item_names", "activity_stages")
OF_ACTIVITIES: Final = ("activity_names", "activity_stages")
PATTERNS: Final = (
    *("activities", "directly_follows", "stages", "stage_follows", "stage_borders", "variants", "stage_variants"),
    *("bottlenecks", "contributions", "waiting_by_segment", "open_stock"),
)
WITHHELD_MEANS: Final = ("waiting_elapsed_seconds_mean", "elapsed_seconds_mean")
"""Beside a total these would give away the count."""
KINDS_OF_ACTIVITIES: Final = "activity_count"
"""Counts activities, no cases: it stays as it is."""


class Found(Protocol):
    """Tables by name, and what they were made from."""

    @property
    def manifest(self) -> dict[str, Any]: ...

    def table(self, name: str) -> pl.DataFrame: ...


class PublicFindings:
    """Findings as they may be published.

    Args:
        findings: those there are.
        fewest: the fewest cases a figure may rest on.
    """

    def __init__(self, findings: Found, fewest: int) -> None:
        self._findings, self._fewest = findings, fewest
        self._made: dict[str, pl.DataFrame] = {}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, with the tables that are public."""
        tables = [name for name in self._findings.manifest["tables"] if is_public(name)]
        return {**self._findings.manifest, "tables": [*tables, TOTALS]}

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name, without what is withheld.

        Raises:
            CannotAnswerError: the table is not for the public, or there are fewer cases in all.
        """
        if name not in self._made:
            if name != TOTALS:
                check_public(name)
            self._check_enough()
            self._made[name] = MAKERS[name](self)
        return self._made[name]

    def raw(self, name: str) -> pl.DataFrame:
        """A table with nothing withheld: for the makers below."""
        return self._findings.table(name)

    @property
    def fewest(self) -> int:
        """The fewest cases a figure may rest on."""
        return self._fewest

    def _check_enough(self) -> None:
        case_count = self.raw("log_summary")["case_count"][0]
        if case_count < self._fewest:
            raise CannotAnswerError(
                f"nothing can be published of fewer than {self._fewest} cases.", hint="choose a wider cohort"
            )


class Asked:
    """The tables of a cohort, each made when it is first asked for."""

    def __init__(self, log: Session) -> None:
        self._log = log
        self._made: dict[str, pl.DataFrame] = {}
        self.manifest: dict[str, Any] = {"tables": []}

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name."""
        if name not in self._made:
            self._made[name] = table(name).make(self._log)
        return self._made[name]


def public_table(log: Session, name: str, *, fewest: int) -> pl.DataFrame:
    """One table of a cohort as it may be published.

    Raises:
        CannotAnswerError: the table is not for the public, or the cohort has fewer cases.
    """
    return PublicFindings(Asked(log), fewest).table(name)


def is_public(name: str) -> bool:
    """Whether a table may be published."""
    return name in MAKERS and name != TOTALS


def check_public(name: str) -> None:
    """Refuses a table of single cases or officers, and every table nobody has thought through.

    Raises:
        CannotAnswerError: the table is not for the public.
    """
    if not is_public(name):
        table(name)  # one that does not exist at all is told first
        raise CannotAnswerError(
            f"table '{name}' is not for the public: it may tell of single cases or officers.",
            hint=f"public tables: {', '.join(name for name in MAKERS if name != TOTALS)}",
        )


def needed(names: Iterable[str]) -> list[str]:
    """The tables that must be made so that these can be published."""
    asked = [name for name in names if name != TOTALS]
    return list(dict.fromkeys([*asked, *(other for name in asked for other in NEEDED.get(name, ())), "log_summary"]))


NEEDED: Final = {
    "activity_names": ("activities",),
    "activity_stages": ("activities",),
    "limits": ("on_time_by_item",),
    "on_time_by_item": ("limits",),
    "departments": ("bottlenecks_by_department",),
}


def _summary(found: PublicFindings) -> pl.DataFrame:
    """The size of the log; its first and last moment are those of one case each."""
    log = found.raw("log_summary")
    counts = [column for column in log.columns if column.endswith("_count") and column != KINDS_OF_ACTIVITIES]
    return log.with_columns(
        *(pl.when(is_enough(column, found.fewest)).then(column).alias(column) for column in counts),
        *(pl.lit(None, log.schema[column]).alias(column) for column in ("first_at", "last_at")),
    )


def _pattern(name: str) -> Callable[[PublicFindings], pl.DataFrame]:
    def made(found: PublicFindings) -> pl.DataFrame:
        rows = found.raw(name)
        base = "case_count" if "case_count" in rows.columns else "transition_count"
        kept = rows.filter(pl.col(base) >= found.fewest)
        counts = [column for column in kept.columns if column.endswith("_count") and column != KINDS_OF_ACTIVITIES]
        rounded = kept.with_columns(pl.col(counts).map_batches(lambda some: _rounded(some, found.fewest)))
        means = [column for column in WITHHELD_MEANS if column in rows.columns and _has_total(rows)]
        return _with_shares(rounded, found).with_columns(pl.lit(None, pl.Float64).alias(column) for column in means)

    return made


def _has_total(rows: pl.DataFrame) -> bool:
    return any(column.endswith("_total") for column in rows.columns)


def _rounded(counts: pl.Series, fewest: int) -> pl.Series:
    """Counts to the nearest multiple of `fewest`."""
    return ((counts + fewest // 2) // fewest * fewest).cast(counts.dtype)


def _with_shares(rows: pl.DataFrame, found: PublicFindings) -> pl.DataFrame:
    """Shares of cases made anew from the rounded counts."""
    if "case_share" not in rows.columns:
        return rows
    share = pl.col("case_count") / found.raw("log_summary")["case_count"][0]
    return rows.with_columns(share.alias("case_share"), share.cum_sum().alias("case_share_cumulated"))


def _totals(found: PublicFindings) -> pl.DataFrame:
    """Sums over all rows of the tables, those withheld and left out included.

    Returns:
        One row per sum: `table` (for contributions with the kind of the part), `column`, `value` (null: withheld).
    """
    _, totals = withheld_of(found.raw("on_time"), VERDICTS, found.fewest)
    sums: list[tuple[str, str, float | None]] = [
        (name, column, value)
        for name in ("on_time", "departments")
        for column, value in totals.items()
        if not column.startswith(REST)
    ]
    for name in ("directly_follows", "stage_follows"):
        sums.append((name, "transition_count", float(_rounded(_sum(found, name, "transition_count"), found.fewest)[0])))
    kinds = (
        found.raw("contributions")
        .group_by("kind", maintain_order=True)
        .agg(pl.col("share_of_total").sum())
        .sort("kind")
    )
    sums += [(f"contributions {kind}", "share_of_total", share) for kind, share in kinds.iter_rows()]
    if "waiting_by_segment" in found.manifest["tables"]:
        columns = [name for name in found.raw("waiting_by_segment").columns if name.endswith("_seconds")]
        sums += [("waiting_by_segment", name, _sum(found, "waiting_by_segment", name)[0]) for name in columns]
    return pl.DataFrame(sums, schema={"table": pl.String, "column": pl.String, "value": pl.Float64}, orient="row")


def _sum(found: PublicFindings, name: str, column: str) -> pl.Series:
    return found.raw(name).select(pl.col(column).sum()).to_series()


def _as_it_is(name: str) -> Callable[[PublicFindings], pl.DataFrame]:
    return lambda found: found.raw(name)


def _of_shown_activities(name: str) -> Callable[[PublicFindings], pl.DataFrame]:
    """The names of activities that enough cases have: a rare one may tell of its case by its name alone."""

    def made(found: PublicFindings) -> pl.DataFrame:
        shown = found.table("activities")["activity"].cast(pl.String)
        return found.raw(name).filter(pl.col("activity").cast(pl.String).is_in(shown.implode()))

    return made


MAKERS: Final[dict[str, Callable[[PublicFindings], pl.DataFrame]]] = {
    "log_summary": _summary,
    **{name: _pattern(name) for name in PATTERNS},
    "on_time": verdicts("on_time"),
    "on_time_by_item": verdicts_of_items,
    "on_time_by_month": verdicts("on_time_by_month"),
    "period_changes": changes,
    "departments": departments,
    "limits": limits,
    "limit_plan": plan,
    "honesty": honesty,
    **{name: _as_it_is(name) for name in NAMES},
    **{name: _of_shown_activities(name) for name in OF_ACTIVITIES},
    TOTALS: _totals,
}
"""How each public table is made of the one that is not."""
