"""The plan of a whole catalogue as a picture: what is guaranteed, and what any target would cost."""

from typing import Final

import polars as pl

from efficacy_analytics.charts.style.names import named, names_in
from efficacy_analytics.documents.blocks import Block, Chart, Paragraph, table_of
from efficacy_analytics.documents.briefing.sections import plan as section
from efficacy_analytics.documents.limit_columns import kind_column
from efficacy_analytics.documents.tables.unseen_weeks import unseen_columns
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.vocabulary import LIMIT_WARNING, UNITS, Language, Words

MOST_ROWS: Final = 30
NAMED: Final = {"department": ["department"], "item": ["item"], "activity": ["step_activity", "step_next_activity"]}
NOTE: Final[Words] = {
    "zh": "曲线上每一点是一套时限：在同样的按时办结率下压缩天数最多。滑块给出目标，红点为最优方案。"
    "只依据以往办件，不含保证；只计以{unit}为单位的时限。",
    "en": "Each point is a set of limits: no other saves more days at that share. The slider sets the target, the red "
    "point is the best plan. By past cases only, without a guarantee; limits in {unit}.",
}


def plan_blocks(log: Session, language: Language) -> list[Block]:
    """Sentences on what is guaranteed, the curve of targets, and the compression table.

    Raises:
        CannotAnswerError: no item has a limit.
    """
    from efficacy_analytics.charts.plan_curve import plan_curve
    from efficacy_analytics.findings.limits.plan import limit_plan, plan_frontier

    plan, guarantee = limit_plan(log), log.settings.guarantee
    if plan.is_empty():
        raise CannotAnswerError("no item has a limit to be shortened.", hint="deliver the items with their limits")
    shown = _named(log, plan.sort(["saved_days", "step_needed_days", "department", "item"],
                                  descending=[True, False, False, False], nulls_last=True), language)  # fmt: skip
    columns = [
        *section.free_columns(plan, language),
        *unseen_columns(plan, language),
        kind_column(language),
        section.step_column(language),
    ]
    frontier = plan_frontier(log)
    unit = UNITS[frontier["limit_unit"][0]][language].removeprefix("个")
    return [
        *section.told(plan, guarantee.share, guarantee.confidence, language),
        Chart(plan_curve(frontier, language), NOTE[language].format(unit=unit)),
        table_of(shown, columns, language, caption=section.TITLE[language], most=MOST_ROWS),
        Paragraph(LIMIT_WARNING[language], kind="note"),
    ]


def _named(log: Session, plan: pl.DataFrame, language: Language) -> pl.DataFrame:
    for code, columns in NAMED.items():
        names = names_in(log.run(f"{code}_names"), code, language)
        for one in columns:
            plan = named(plan, one, names.rename({code: one}))
    return plan
