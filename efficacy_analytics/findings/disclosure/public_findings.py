"""What of the findings may be published: no figure that rests on fewer cases than the setting says.

Three kinds of tables may be shown to the public, every other is refused, those of single cases and officers above all.

- Departments, items and months, where a reader knows who is meant (`public_groups`).
- Activities, paths, variants, segments and the stock of open cases by department, stage and age (`public_patterns`).
- Names that these show, and what they belong to.

Every count is moved by a noise of its own (`noise`), and all that is shown beside it is made of what is shown.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, Protocol

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.findings.disclosure.noise import Noise
from efficacy_analytics.findings.disclosure.public_groups import (
    OF_VERDICT,
    changes,
    departments,
    fewest_judged,
    honesty,
    item_names,
    limits,
    plan,
    shown_sum,
    verdicts,
    verdicts_of_items,
)
from efficacy_analytics.findings.disclosure.public_patterns import KEYS, of_shown_activities, pattern
from efficacy_analytics.findings.disclosure.source import with_noise
from efficacy_analytics.lake.notices import noticed

REFUSED: Final = "rows_refused"
"""The notice of rows that intake refused; of them the public is told how many there are, and no more."""
TOTALS: Final = "public_totals"
"""The table of totals over all rows, which the rows that are shown no longer give."""
OF_ACTIVITIES: Final = ("activity_names", "activity_stages")
OF_TOTAL: Final = (
    *("case_count", "completed_count", "open_count", "late_count", "judged_count", "not_yet_due_count"),
    *("withdrawn_count", "withdrawn_late_count", "green_lane_count", "not_judged_count", "not_accepted_count"),
    "by_extension_count",
)
"""The counts of verdicts of which the total is told."""


class Found(Protocol):
    """Tables by name, and what they were made from."""

    @property
    def manifest(self) -> dict[str, Any]: ...

    def table(self, name: str) -> pl.DataFrame: ...


class PublicFindings:
    """Findings as they may be published.

    Args:
        findings: those there are, with the cohort and the snapshot in their manifest.
        fewest: the fewest cases a figure may rest on.
    """

    def __init__(self, findings: Found, fewest: int) -> None:
        self._findings, self._fewest = findings, fewest
        self._made: dict[str, pl.DataFrame] = {}

    @cached_property
    def noise(self) -> Noise:
        """What moves the counts."""
        return Noise(_key(self._findings.manifest), self._fewest, self._findings.manifest.get("cohort", {}))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, with the tables that are public."""
        tables = [name for name in self._findings.manifest["tables"] if is_public(name)]
        return {**self._findings.manifest, "tables": [*tables, TOTALS]}

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name, without what is withheld.

        Raises:
            CannotAnswerError: the table is not for the public, there are fewer cases in all, or the snapshot was built
                before counts were moved.
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
        if not self.noise.is_enough(int(case_count), "case_count", {}):
            raise CannotAnswerError(
                f"nothing can be published of fewer than {self._fewest} cases, nor of hardly more.",
                hint="choose a wider cohort",
            )


class Asked:
    """The tables of a cohort, each made when it is first asked for."""

    def __init__(self, log: Session, cohort: Mapping[str, str | None]) -> None:
        self._log = log
        self._made: dict[str, pl.DataFrame] = {}
        facts = log.run("snapshot_facts").row(0, named=True)
        self.manifest: dict[str, Any] = {"tables": [], "cohort": cohort, "snapshot": facts}

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name."""
        if name not in self._made:
            self._made[name] = table(name).make(self._log)
        return self._made[name]


def public_table(
    log: Session, name: str, *, fewest: int, cohort: Mapping[str, str | None] | None = None
) -> pl.DataFrame:
    """One table of a cohort as it may be published.

    Args:
        log: the engine of the cohort.
        name: the table.
        fewest: the fewest cases a figure may rest on.
        cohort: which cases the engine is of, as a manifest has it; by default all.

    Raises:
        CannotAnswerError: the table is not for the public, or the cohort has fewer cases.
    """
    return PublicFindings(Asked(log, cohort or {}), fewest).table(name)


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
    **dict.fromkeys((*KEYS, "activity_names", "activity_stages"), ("activities",)),
    "item_names": ("limits", "on_time_by_item"),
    "limits": ("on_time_by_item",),
    "limit_plan": ("on_time_by_item",),
    "departments": ("bottlenecks_by_department", "on_time", "activities"),
    "waiting_by_segment": ("directly_follows", "activities"),
}


def _key(manifest: Mapping[str, Any]) -> bytes:
    """The secret of the lake, which its snapshots carry and no document does."""
    key = manifest.get("snapshot", {}).get("disclosure_key")
    if not key:
        raise CannotAnswerError(
            "the snapshot was built by an earlier version, and holds no key of what may be published.",
            hint="`efficacy publish`, then `efficacy find`",
        )
    return bytes.fromhex(str(key))


def _summary(found: PublicFindings) -> pl.DataFrame:
    """The size of the log; its first and last moment are those of one case each."""
    log = with_noise(found.raw("log_summary"), (), found.noise)
    return log.with_columns(*(pl.lit(None, log.schema[column]).alias(column) for column in ("first_at", "last_at")))


def _totals(found: PublicFindings) -> pl.DataFrame:
    """Sums over all rows of the tables.

    Counts are those of all cases, moved by a noise of their own, late ones of enough judged ones only; shares and times
    are the sums of what is shown.

    Returns:
        One row per sum: `table` (for contributions with the kind of the part), `column`, `value`.
    """
    counts = {column: shown_sum(found, column) for column in OF_TOTAL}
    within: dict[str, float | None] = {
        column: float(min(count, counts["case_count"])) for column, count in counts.items()
    }
    within["late_count"] = min(float(counts["late_count"]), float(counts["judged_count"]), float(counts["case_count"]))
    if counts["judged_count"] < fewest_judged(found.fewest):
        within |= dict.fromkeys(OF_VERDICT)
    sums: list[tuple[str, str, float | None]] = [
        (name, column, value) for name in ("on_time", "departments") for column, value in within.items()
    ]
    sums += _refused_rows(found)
    for name in ("directly_follows", "stage_follows"):
        count = int(found.raw(name)["transition_count"].sum())
        sums.append((name, "transition_count", float(found.noise.shown(count, f"{name} transition_count", {}))))
    kinds = found.table("contributions").group_by("kind").agg(pl.col("share_of_total").sum()).sort("kind")
    sums += [(f"contributions {kind}", "share_of_total", share) for kind, share in kinds.iter_rows()]
    if "waiting_by_segment" in found.manifest["tables"]:
        rows = found.table("waiting_by_segment")
        sums += [
            ("waiting_by_segment", one, float(rows[one].sum())) for one in rows.columns if one.endswith("_seconds")
        ]
    return pl.DataFrame(sums, schema={"table": pl.String, "column": pl.String, "value": pl.Float64}, orient="row")


def _refused_rows(found: PublicFindings) -> list[tuple[str, str, float | None]]:
    """How many rows intake refused, of all that was delivered; none where there are few."""
    told = noticed(json.loads(found.manifest["snapshot"].get("notices") or "[]"))
    count = sum(notice.count for notice in told if notice.code == REFUSED)
    shown = replace(found.noise, cohort={}).shown(count, REFUSED, {})
    return [(REFUSED, REFUSED, float(shown) if shown else None)] if count else []


def _names_of_activities(name: str) -> Callable[[PublicFindings], pl.DataFrame]:
    """The names of activities that enough cases have: a rare one may tell of its case by its name alone."""
    return lambda found: of_shown_activities(found.raw(name), found)


MAKERS: Final[dict[str, Callable[[PublicFindings], pl.DataFrame]]] = {
    "log_summary": _summary,
    **{name: pattern(name) for name in KEYS},
    "on_time": verdicts("on_time"),
    "on_time_by_item": verdicts_of_items,
    "on_time_by_month": verdicts("on_time_by_month"),
    "period_changes": changes,
    "departments": departments,
    "limits": limits,
    "limit_plan": plan,
    "honesty": honesty,
    "department_names": lambda found: found.raw("department_names"),
    "item_names": item_names,
    **{name: _names_of_activities(name) for name in OF_ACTIVITIES},
    TOTALS: _totals,
}
"""How each public table is made of the one that is not."""
