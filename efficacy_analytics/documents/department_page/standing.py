"""How a department stands: its share on time beside the whole, and its late cases beside those of like work."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.totals import has_completed
from efficacy_analytics.errors import ParameterError
from efficacy_analytics.vocabulary import VALUES, Language, Words

SENTENCES: Final[dict[str, Words]] = {
    "share": {
        "zh": "按时办结率 {share}（95% 区间 {interval}），全部部门合计 {overall}：{verdict}。",
        "en": "On time: {share} (95% interval {interval}), {overall} over all departments: {verdict}.",
    },
    "share_alone": {
        "zh": "按时办结率 {share}（95% 区间 {interval}）。",
        "en": "On time: {share} (95% interval {interval}).",
    },
    "like_work": {
        "zh": "已到期 {due} 件中逾期 {late} 件，各部门办同类办件通常逾期 {expected} 件：{verdict}{own}。",
        "en": "{late} of {due} {due:case|cases} due {late:was|were} late; departments usually have {expected} on the "
        "same kinds of cases: {verdict}{own}.",
    },
    "own_items": {
        "zh": "（其中 {own} 件的事项只有该部门办理，只按其他方面比较）",
        "en": " ({own} of them {own:is|are} of items that no other department handles, and compared by all else)",
    },
    "not_ranked": {
        "zh": "不作同类办件比较的判断：{reason}。",
        "en": "No judgement against the same kinds of cases: {reason}.",
    },
    "none_completed": {
        "zh": "没有办结的办件，不列按时办结率。",
        "en": "No case is completed, so no share on time is told.",
    },
    "not_judged": {
        "zh": "没有可判定是否逾期的办件。",
        "en": "No case can be judged late or in time.",
    },
}
SHARE_VERDICTS: Final[dict[str, Words]] = {
    "below": {"zh": "明显低于合计", "en": "clearly below that"},
    "within": {"zh": "差别可能只是偶然", "en": "the difference may be chance"},
    "above": {"zh": "明显高于合计", "en": "clearly above that"},
}
LATE_VERDICTS: Final[dict[str, Words]] = {
    "above": {
        "zh": "超出部门之间通常的差距，须改进",
        "en": "more by more than departments usually differ; it needs to act",
    },
    "within": {"zh": "在部门之间通常的差距之内", "en": "within what departments usually differ by"},
    "below": {
        "zh": "少得超出部门之间通常的差距，办得好",
        "en": "fewer by more than departments usually differ; well done",
    },
}
CHANCE_VERDICTS: Final[dict[str, Words]] = {
    "above": {"zh": "多得超出偶然，须改进", "en": "more than chance explains; it needs to act"},
    "within": {"zh": "差别可能只是偶然", "en": "the difference may be chance"},
    "below": {"zh": "少得超出偶然，办得好", "en": "fewer than chance explains; well done"},
}
"""Where departments are too few to tell how much they usually differ."""


def department_row(findings: Findings, code: str, language: Language) -> dict[str, Any]:
    """The row of a department in the table of departments, with its name.

    Raises:
        ParameterError: the run has no such department.
    """
    table = readable(findings, "departments", language).filter(pl.col("department_code") == code)
    if table.is_empty():
        known = sorted(findings.table("departments")["department"].drop_nulls())
        raise ParameterError(f"the run has no department '{code}'.", hint=f"one of: {', '.join(known)}")
    row = table.row(0, named=True)
    return row if has_completed(findings) else row | {"on_time_share": None}


def judged_sentences(findings: Findings, row: dict[str, Any], language: Language) -> Iterator[str]:
    """A department's share on time beside the whole, and its late cases beside those of like work."""
    is_alone = findings.table("departments").height == 1
    yield _share(row, language, is_alone=is_alone) if row["on_time_share"] is not None else not_judged(row, language)
    compared = findings.table("department_comparison").filter(pl.col("department") == row["department_code"])
    for one in compared.drop_nulls("late_ratio").iter_rows(named=True):
        yield _like_work(one, language)


def not_judged(row: dict[str, Any], language: Language) -> str:
    """Why no share on time is told of a department."""
    return SENTENCES["none_completed" if row["judged_count"] else "not_judged"][language]


def share_verdict(row: dict[str, Any], language: Language) -> str:
    """Whether a department's share on time lies beyond that of all, by its interval."""
    low, high, overall = row["on_time_share_low"], row["on_time_share_high"], row["overall_on_time_share"]
    return SHARE_VERDICTS["below" if high < overall else "above" if low > overall else "within"][language]


def _share(row: dict[str, Any], language: Language, *, is_alone: bool) -> str:
    return SENTENCES["share_alone" if is_alone else "share"][language].format(
        share=figures.share(row["on_time_share"], language),
        interval=figures.interval(row["on_time_share_low"], row["on_time_share_high"], language),
        overall=figures.share(row["overall_on_time_share"], language),
        verdict=share_verdict(row, language),
    )


def _like_work(row: dict[str, Any], language: Language) -> str:
    if row["not_ranked_because"]:
        reason = VALUES[row["not_ranked_because"]][language]
        return SENTENCES["not_ranked"][language].format(reason=reason)
    return SENTENCES["like_work"][language].format(
        due=figures.count(row["due_count"], language),
        late=figures.count(row["late_count"], language),
        expected=f"{row['expected_late_count']:.1f}",
        verdict=(CHANCE_VERDICTS if row["overdispersed_band"] is None else LATE_VERDICTS)[place_of(row)][language],
        own=_own_items(row, language),
    )


def _own_items(row: dict[str, Any], language: Language) -> str:
    """How many of the cases are of items that nobody else handles: nothing can be said of those items."""
    if not row["own_item_count"]:
        return ""
    return SENTENCES["own_items"][language].format(own=figures.count(row["own_item_count"], language))
