"""The process map of a log, and the difference of two, as a page that needs nothing else, or in a notebook.

The page carries the drawing library, its own typeface and aggregates only; it asks nothing of a network.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from efficacy_analytics import __version__
from efficacy_analytics.charts.maps.book import MapBook
from efficacy_analytics.charts.maps.difference.difference_views import DifferenceTables, difference_book
from efficacy_analytics.charts.maps.views import MOST_BOXES, MapTables, map_book
from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import names_in
from efficacy_analytics.charts.style.offline import library
from efficacy_analytics.documents.render.templates import filled
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.findings.performance.differences import differences
from efficacy_analytics.mining.stages import activity_stages, stage_borders, stages
from efficacy_analytics.vocabulary import LANGUAGES, Language, Words, order_words

TITLES: Final = {
    "map": {"zh": "流程图", "en": "Process map"},
    "difference": {"zh": "流程差异图", "en": "Difference map"},
}
TOLD: Final = {
    "map": {
        "zh": "{cases} 件办件，{events} 条环节记录，{activities} 种环节；快照 {snapshot}。"
        "{order}线越粗次数越多，颜色越深占总时间越多。",
        "en": "{cases}, {events}, {activities}; snapshot {snapshot}. "
        "{order} Wider lines are used more, darker ones hold more of all time.",
    },
    "difference": {
        "zh": "{a}：{cases_a} 件办件；{b}：{cases_b} 件办件；快照 {snapshot}。",
        "en": "{a}: {cases_a}; {b}: {cases_b}; snapshot {snapshot}.",
    },
}
OF_STAGES: Final = ("activity_stages", "stages", "stage_follows", "stage_borders")


def map_page(log: Session, *, language: Language = "zh", causes: bool = False) -> str:
    """The process map of a cohort as a page.

    Args:
        log: the engine of a cohort.
        language: the page opens in; the reader can switch.
        causes: whether lines carry the causes of waiting (takes longer to make; on maps of activities).
    """
    summary = table("log_summary").make(log).row(0, named=True)
    introduction: Words = {
        spoken: TOLD["map"][spoken].format(
            cases=figures.counted(summary["case_count"], spoken, "case", "cases"),
            events=figures.counted(summary["event_count"], spoken, "event", "events"),
            activities=figures.counted(summary["activity_count"], spoken, "activity", "activities"),
            snapshot=snapshot_name(log),
            order=order_words(summary["step_order"], spoken),
        )
        for spoken in LANGUAGES
    }
    return book_page(log_map(log, language=language, causes=causes), title=TITLES["map"], introduction=introduction)


@question
def log_map(log: Session, *, language: Language = "zh", causes: bool = False) -> MapBook:
    """The process map of a cohort for a notebook, where `charts.offline.enable` has been called; else as `map_page`."""
    return map_book(map_tables(log, causes=causes), activity_names(log), language)


def difference_page(
    log: Session,
    other: Session,
    *,
    names: tuple[str, str] = ("A", "B"),
    language: Language = "zh",
) -> str:
    """The difference map of two cohorts as a page: what B (`other`) has more or less than A (`log`).

    Args:
        log: the engine of the one cohort, A.
        other: the engine of the other, B; of the same snapshot or of another with activities in common.
        names: what the reader shall call A and B.
        language: the page opens in; the reader can switch.
    """
    counts = [int(one.run("finding_case_count").item()) for one in (log, other)]
    snapshots = ", ".join(dict.fromkeys(snapshot_name(one) for one in (log, other)))
    introduction: Words = {
        spoken: TOLD["difference"][spoken].format(
            a=names[0],
            b=names[1],
            cases_a=figures.counted(counts[0], spoken, "case", "cases"),
            cases_b=figures.counted(counts[1], spoken, "case", "cases"),
            snapshot=snapshots,
        )
        for spoken in LANGUAGES
    }
    return book_page(
        difference_map(log, other, names=names, language=language),
        title=TITLES["difference"],
        introduction=introduction,
    )


def difference_map(
    log: Session,
    other: Session,
    *,
    names: tuple[str, str] = ("A", "B"),
    language: Language = "zh",
) -> MapBook:
    """The difference map of two cohorts for a notebook; arguments as for `difference_page`."""
    called = {
        spoken: pl.concat([activity_names(one)[spoken] for one in (log, other)]).unique("activity", keep="first")
        for spoken in LANGUAGES
    }
    return difference_book(difference_tables(log, other), called, names, language)


def difference_tables(log: Session, other: Session) -> DifferenceTables:
    """What the difference map of two logs is made of; stages where there are more activities than one picture holds."""
    made = DifferenceTables(
        activities=(table("activities").make(log), table("activities").make(other)),
        differences=differences(log, other),
    )
    if len(set().union(*(one["activity"] for one in made.activities))) <= MOST_BOXES:
        return made
    return replace(
        made,
        activity_stages=activity_stages(log, other),
        stages=(stages(log, other), stages(other, log)),
        stage_differences=differences(log, other, level="stage"),
        stage_borders=(stage_borders(log, other), stage_borders(other, log)),
    )


def map_tables(log: Session, *, causes: bool = False) -> MapTables:
    """What the map of a log is made of; stages only where there are more activities than one picture holds."""
    made = {name: table(name).make(log) for name in ("activities", "directly_follows")}
    if made["activities"].height > MOST_BOXES:
        made |= {name: table(name).make(log) for name in OF_STAGES}
    elif causes:
        made["waiting_causes"] = table("waiting_causes").make(log)
    return MapTables(**made)


def activity_names(log: Session) -> Mapping[Language, pl.DataFrame]:
    """What activities are called, by language: `activity`, `name`; empty where the log has no names."""
    if "activities" not in log.tables():
        return {language: pl.DataFrame(schema={"activity": pl.String, "name": pl.String}) for language in LANGUAGES}
    known = table("activity_names").make(log)
    return {language: names_in(known, "activity", language) for language in LANGUAGES}


def snapshot_name(log: Session) -> str:
    """The snapshot that a log reads; a dash for a log in memory."""
    return str(log.run("snapshot_facts")["snapshot"][0]) if "snapshot" in log.tables() else "–"


def book_page(book: MapBook, *, title: Words, introduction: Words) -> str:
    """A map as a page of its own, with a title and a sentence on what it shows, in both languages."""
    body = replace(book, title=title, introduction=introduction).html("process-map")
    return filled(
        "map_page.html",
        lang="zh-CN" if book.language == "zh" else "en",
        title=title[book.language],
        body=body,
        library=library(),
        code_version=__version__,
        font=theme.FONT,
        font_address=fonts.data_address(body),
        style="",
    )
