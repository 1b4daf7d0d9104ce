"""Files of whole cases are told from files of one step of each, and files that are years from files that are steps.

A table of cases has one row for each case of the steps, and says what only a case has, is called after cases, or spans
the steps of its cases. A file without any of it is one more step, however few rows its cases have. Files of one header
are steps where the cases of one stand in the others, with times of their own: a year, or an earlier state of the same
export, has other cases or the same times.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.guessing.known_headers import CALLED, DUE, LENGTHS, LIMITS
from efficacy_analytics.lake.guessing.named_columns import columns_of, plain_name
from efficacy_analytics.lake.guessing.placing import Placed
from efficacy_analytics.lake.guessing.samples import Sample
from efficacy_analytics.lake.guessing.stamps_of_samples import time_formats

OF_CASES_ALONE = ("item", "kind", "channel", "is_green_lane", *LENGTHS, *LIMITS)
BEGINNINGS = ("applied_at", "accepted_at")
MOST = 0.5
OTHER = "\x1fother"
"""Behind the name of a column of the other of two tables: no header has it."""


@dataclass(frozen=True)
class Spans:
    """First and last day of each case in a table: `case_id`, `first_on`, `last_on`."""

    days: pl.DataFrame

    @staticmethod
    def of(rows: pl.DataFrame, case_id: str, names: Sequence[str], times: Mapping[str, str]) -> "Spans":
        """The spans of the cases of some rows, by these columns of times."""
        read = {name: read_stamps(rows[name], zone="UTC", time_format=times[name] or None).day for name in names}
        days = pl.DataFrame({"case_id": rows[case_id], **read}).unpivot(index="case_id", value_name="day").drop_nulls()
        spans = days.group_by("case_id").agg(first_on=pl.col("day").min(), last_on=pl.col("day").max())
        return Spans(spans)

    def share_within(self, whole: "Spans") -> tuple[float, float]:
        """Of how many of the cases the whole begins no later than these spans, and ends no earlier."""
        both = self.days.join(whole.days, on="case_id", suffix="_whole")
        if both.is_empty():
            return 0.0, 0.0
        begins = int((both["first_on_whole"] <= both["first_on"]).sum())
        ends = int((both["last_on_whole"] >= both["last_on"]).sum())
        return begins / both.height, ends / both.height


def tables_of_cases(placed: Sequence[Placed], formats: Sequence[Mapping[str, str]]) -> list[bool]:
    """Which of the tables taken for events are of whole cases, of which the steps stand elsewhere.

    Args:
        placed: the tables of an export, at least one of them with a column of activities.
        formats: their columns of times, and the format of each.
    """
    each = list(zip(placed, formats, strict=True))
    named = ("case_id", "activity")
    steps = [_spans(one, times) for one, times in each if one.table == "events" and all(map(one.columns.get, named))]
    found = [_may_be_cases(one) and _is_of_cases(one, times, steps) for one, times in each]
    rank = {place: len(_columns_of_cases(*each[place])) for place, is_of_cases in enumerate(found) if is_of_cases}
    for one, other in combinations(rank, 2):
        if _share_of_cases(placed[one], placed[other]) > MOST:
            found[min(one, other, key=lambda place: (rank[place], -place))] = False
    return found


def are_steps(samples: Sequence[Sample]) -> bool:
    """Whether files that name no step hold one each: most cases of one stand in another, with times of their own."""
    named = [columns_of(sample.rows, "events", {}) for sample in samples]
    if any("case_id" not in one or "activity" in one for one in named):
        return False
    firsts = [
        sample.rows.rename({columns["case_id"]: "case_id"}).drop_nulls("case_id").unique("case_id", keep="first")
        for sample, columns in zip(samples, named, strict=True)
    ]
    return any(_is_another_step(one, other) for one, other in combinations(firsts, 2))


def _is_another_step(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether most cases of the smaller of two tables stand in the other, and have other times there."""
    both = one.join(other, on="case_id", suffix=OTHER)
    fewest = MOST * min(one.height, other.height)
    if both.height <= fewest:
        return False
    names = [name for name in time_formats(one) if f"{name}{OTHER}" in both.columns]
    differs = [pl.col(name) != pl.col(f"{name}{OTHER}") for name in names]
    return not names or both.filter(pl.any_horizontal(differs)).height > fewest


def _may_be_cases(placed: Placed) -> bool:
    """Whether rows taken for events have one row each, none of them a step; a row that stands twice is one row."""
    if placed.table != "events" or "activity" in placed.columns or "case_id" not in placed.columns:
        return False
    return placed.repeated_count == 0


def _is_of_cases(placed: Placed, times: Mapping[str, str], steps: Sequence[Spans]) -> bool:
    columns = _columns_of_cases(placed, times)
    if set(columns) & set(OF_CASES_ALONE):
        return True
    name = placed.sample.name.lower()
    is_called = [bool(re.search(CALLED[table], name)) for table in ("cases", "events")]
    if is_called[0] != is_called[1]:
        return is_called[0]
    shares = [spans.share_within(_spans(placed, times)) for spans in steps]
    begins = max((share[0] for share in shares), default=0)
    ends = max((share[1] for share in shares), default=0)
    return begins > MOST and (ends > MOST or bool(set(columns) & set(BEGINNINGS)))


def _columns_of_cases(placed: Placed, times: Mapping[str, str]) -> dict[str, str]:
    return columns_of(placed.sample.rows, "cases", times)


def _spans(placed: Placed, times: Mapping[str, str]) -> Spans:
    """From the first to the last time of each case; times that lie ahead are none."""
    names = [name for name in times if not re.search(DUE, plain_name(name))]
    return Spans.of(placed.sample.rows, placed.columns["case_id"], names, times)


def _share_of_cases(one: Placed, other: Placed) -> float:
    """How many of the cases of the smaller of two tables stand in the other."""
    ids = [placed.sample.rows[placed.columns["case_id"]].drop_nulls().unique() for placed in (one, other)]
    fewest = min(len(some) for some in ids)
    return int(ids[0].is_in(ids[1].implode()).sum()) / fewest if fewest else 0.0
