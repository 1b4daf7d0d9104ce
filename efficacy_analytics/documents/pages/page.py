"""One picture as one page that needs nothing else: a title, whose cases it shows, the charts, where it comes from."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, cast

import efficacy_analytics
from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.offline import chart_html, library
from efficacy_analytics.documents.blocks import Block, Chart, Paragraph
from efficacy_analytics.documents.render.templates import filled, source
from efficacy_analytics.engine.session import Session
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import UNDATED, Language, Words

CASES: Final = {
    "zh": "{cases} 件办件，{events} 条环节记录，{first} 至 {last}",
    "en": "{cases} {cases:case|cases}, {events} {events:step|steps}, {first} to {last}",
}
CHOSEN: Final[dict[str, Words]] = {
    "accepted_from": {"zh": "受理日期不早于 {}", "en": "accepted from {}"},
    "accepted_until": {"zh": "受理日期早于 {}", "en": "accepted before {}"},
    "department": {"zh": "部门 {}", "en": "department {}"},
    "item": {"zh": "事项 {}", "en": "item {}"},
    "where": {"zh": "条件 {}", "en": "where {}"},
}
FOOT: Final[Words] = {
    "zh": "行政效能分析 {version}，快照 {snapshot}，数据截至 {as_on}。图中只有汇总数，没有办件编号与人名。",
    "en": "Efficacy Analytics {version}, snapshot {snapshot}, as on {as_on}. Counts only: no case numbers, no names.",
}


def picture_page(
    log: Session,
    title: str,
    blocks: Sequence[Block],
    language: Language,
    cohort: Mapping[str, str | None],
    *,
    foot: Words = FOOT,
) -> str:
    """The page of a picture.

    Args:
        log: the engine of the cohort, for its size and the snapshot's name.
        title: of the page.
        blocks: sentences, charts and tables in their order.
        language: "zh" or "en".
        cohort: what was chosen, as `Cohort.as_dict` gives it.
        foot: what its last line says, with places for `version`, `snapshot` and `as_on`.

    Returns:
        The HTML; the same for the same snapshot, cohort and language.
    """
    lang = "zh-CN" if language == "zh" else "en"
    drawn = {
        number: chart_html(cast(Any, block.chart), language, name=f"chart-{number}")
        for number, block in enumerate(blocks)
        if isinstance(block, Chart)
    }
    about = Paragraph(_about(log, language, cohort), kind="note")
    body = filled(
        "section.html", name="picture", title=title, lang=lang, blocks=[about, *blocks],
        more=partial(figures.more_rows, language=language),
        drawn={number + 1: text for number, text in drawn.items()},
    )  # fmt: skip
    facts = log.run("snapshot_facts").row(0, named=True)
    version = efficacy_analytics.__version__
    last_line = foot[language].format(version=version, snapshot=facts["snapshot"], as_on=facts["as_on"])
    return filled(
        "picture.html",
        lang=lang,
        title=title,
        code_version=version,
        font=theme.FONT,
        font_address=fonts.data_address(body + title + last_line + source("page.css")),
        style=source("page.css"),
        library=library(),
        body=body,
        foot=last_line,
    )


def _about(log: Session, language: Language, cohort: Mapping[str, str | None]) -> str:
    size = log.run("log_summary").row(0, named=True)
    whole = CASES[language].format(
        cases=figures.count(size["case_count"], language),
        events=figures.count(size["event_count"], language),
        first=size["first_at"].date(),
        last=size["last_at"].date(),
    )
    undated = Count(size["undated_case_count"])
    without = [UNDATED[language].format(count=undated)] if undated else []
    chosen = [words[language].format(cohort[name]) for name, words in CHOSEN.items() if cohort.get(name)]
    comma, stop = ("，", "。") if language == "zh" else (", ", ".")
    return comma.join([whole, *chosen, *without]) + stop
