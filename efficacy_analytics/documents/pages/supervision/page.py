"""The board of open cases as one page: how much is open, where it lies, what must be attended to. Internal."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.open_cases import PALETTE, flow_lines, stock_bars
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Chart, Column, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.pages.page import picture_page
from efficacy_analytics.documents.pages.supervision.to_do import in_words, to_do_list
from efficacy_analytics.engine.session import Session
from efficacy_analytics.vocabulary import COLOURS, DEPARTMENT_NOT_STATED, TERMS, TURNS, Language, Words, heading

TITLE: Final[Words] = {"zh": "在办件与预警（{as_on}）", "en": "Open cases and warnings on {as_on}"}
FOOT: Final[Words] = {
    "zh": "内部资料：含办件编号与经办人，不得公开。行政效能分析 {version}，快照 {snapshot}，数据截至 {as_on}。",
    "en": "For internal use: case numbers and officers, not to be published. Efficacy Analytics {version}, "
    "snapshot {snapshot}, as on {as_on}.",
}
SENTENCES: Final[dict[str, Words]] = {
    "none": {"zh": "当日没有在办件。", "en": "No case is open on that day."},
    "turn": {
        "zh": "在办 {open} 件中，该机关办 {office} 件，待申请人 {applicant} 件，特别程序中 {elsewhere} 件。",
        "en": "Open cases: {open}. For the office to act on: {office}; waiting for the applicant: {applicant}; in a "
        "special procedure: {elsewhere}.",
    },
    "step": {
        "zh": "停留最多的地方是“{activity}”之后：{count} 件，停留工作日中位数 {days}。",
        "en": "Most lie after the step “{activity}”: {count}. Median of the working days there: {days}.",
    },
}
NOTE: Final[Words] = {
    "zh": "办件所处位置以最近完成的环节为准：日志记录的是做过的事，不是案头有什么。停钟期间不到期。",
    "en": "A case lies where its last step was completed: a log records what was done, not what is on a desk. Nothing "
    "falls due while the clock stands still.",
}
TO_DO: Final[Words] = {"zh": "督办清单：红牌、黄牌、临期", "en": "To attend to: red, yellow, reminders"}
STOCK: Final[Words] = {"zh": "各部门在办件", "en": "Open cases by department"}
MOST_TO_DO: Final = 60


def board_page(
    log: Session,
    tables: Mapping[str, pl.DataFrame],
    language: Language,
    *,
    cohort: Mapping[str, str | None],
    as_on: dt.date,
) -> str:
    """The page.

    Args:
        log: the engine of the cohort, for names and the snapshot.
        tables: `open_cases`, `open_stock`, `open_flow` and `warnings` of that day.
        language: "zh" or "en".
        cohort: what was chosen, as `Cohort.as_dict` gives it.
        as_on: the day of the board.
    """
    title = TITLE[language].format(as_on=as_on)
    return picture_page(log, title, board_blocks(log, tables, language), language, cohort, foot=FOOT)


def board_blocks(log: Session, tables: Mapping[str, pl.DataFrame], language: Language) -> list[Block]:
    """Key figures, sentences, two charts, the list and the stock by department."""
    board, stock = tables["open_cases"], in_words(log, tables["open_stock"], language)
    if board.is_empty():
        return [Paragraph(SENTENCES["none"][language])]
    counts = dict(board["colour"].value_counts().rows())
    key_figures = [
        (heading("open_count", language), figures.count(board.height, language)),
        *((_headed(COLOURS[colour][language]), figures.count(counts.get(colour, 0), language)) for colour in PALETTE),
    ]
    return [
        KeyFigures(key_figures),
        Paragraph(_turns(board, language)),
        Paragraph(_step(log, board, language)),
        Chart(stock_bars(stock, language), NOTE[language]),
        Chart(flow_lines(tables["open_flow"], language)),
        _to_do(to_do_list(log, tables["warnings"], language), language),
        _stock(stock, language),
    ]


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]


def _turns(board: pl.DataFrame, language: Language) -> str:
    turns = dict(board["turn"].value_counts().rows())
    told = {turn: figures.count(turns.get(turn, 0), language) for turn in TURNS}
    return SENTENCES["turn"][language].format(open=figures.count(board.height, language), **told)


def _step(log: Session, board: pl.DataFrame, language: Language) -> str:
    steps = board.group_by("last_activity").agg(pl.len().alias("count"), pl.col("waiting_working_days").median())
    most = in_words(log, steps, language).sort("count", "last_activity", descending=[True, False]).row(0, named=True)
    return SENTENCES["step"][language].format(
        activity=most["last_activity"] or TERMS["none"][language],
        count=figures.count(most["count"], language),
        days=figures.number(most["waiting_working_days"] or 0.0, language),
    )


def _to_do(to_do: pl.DataFrame, language: Language) -> Any:
    untold = {"holding_department"} | ({"source"} if to_do["source"].n_unique() <= 1 else set())
    words = [
        column(name, language, is_figure=name in ("due_on", "working_days_left"))
        for name in to_do.columns
        if name not in untold
    ]
    return table_of(to_do, words, language, caption=TO_DO[language], most=MOST_TO_DO)


def _stock(stock: pl.DataFrame, language: Language) -> Any:
    counts = [name for name in stock.columns if name.endswith("_count")]
    rows = (
        stock.group_by("department")
        .agg(pl.col(counts).sum())
        .sort("case_count", "department", descending=[True, False])
    )
    columns = [
        Column(
            heading("department", language),
            lambda row: row["department"] or DEPARTMENT_NOT_STATED[language],
            is_figure=False,
        ),
        *(column(name, language, lambda value: figures.count(value, language)) for name in counts),
    ]
    return table_of(rows, columns, language, caption=STOCK[language], most=rows.height)
