"""What a log shows of itself in a notebook: whose cases they are, and what can be asked of them."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final, Protocol

from efficacy_analytics.documents.pages.log_charts import LOG_CHARTS
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import EDITIONS, Language

SAID: Final = {
    "cases": {"zh": "{count} 件办件，快照 {snapshot}", "en": "{count} {count:case|cases} of snapshot {snapshot}"},
    "all": {"zh": "全部办件", "en": "all cases"},
    "tables": {"zh": "可查的表", "en": "Tables to ask for"},
    "charts": {"zh": "可看的图", "en": "Charts to look at"},
    "further": {"zh": "再往下：", "en": "Further: "},
}
FURTHER: Final = (
    "log.where(late=True)", 'log.by("department")', "log.compare(other)", "log.sql(query)", "log.case(number)",
    "log.cases_behind()", "log.indicator(name, sql)", "log.report()",
)  # fmt: skip
CHOSEN: Final = {
    "accepted_from": {"zh": "受理自 {}", "en": "accepted from {}"},
    "accepted_until": {"zh": "受理至 {} 前", "en": "accepted before {}"},
    "department": {"zh": "部门 {}", "en": "department {}"},
    "item": {"zh": "事项 {}", "en": "item {}"},
    "where": {"zh": "条件 {}", "en": "where {}"},
}
STEPS: Final = r"case_key in \(select case_key from event_log where cast\(activity as varchar\) in \(([^()]*)\)"
SHORT: Final = tuple(
    (re.compile(STEPS + rest), words)
    for rest, words in (
        (r" and cast\(next_activity as varchar\) in \(([^()]*)\)\)", r"\1 → \2"),
        (r" and event_number = 1\)", r"first \1"),
        (r" and next_activity is null\)", r"last \1"),
        (r"\)", r"with \1"),
    )
)
"""What `where` composes for steps, and how it is read."""
OWN_CHARTS: Final = {
    "process_map": {"zh": "流程图，点击即选办件", "en": "The process map; a click selects cases"},
    "plan_curve": {"zh": "任一目标的代价", "en": "What any target would cost"},
}


class Contents(Protocol):
    """A log that can be told of."""

    @property
    def cohort(self) -> Cohort: ...

    @property
    def snapshot(self) -> str: ...

    @property
    def language(self) -> Language: ...

    @property
    def is_public(self) -> bool: ...

    def tables(self) -> list[str]: ...


def contents_html(log: Contents, session: Session) -> str:
    """How many cases, chosen how; the tables and charts there are, each with its line, unfolded on demand."""
    spoken = log.language
    count = int(session.run("finding_case_count").item())
    title = SAID["cases"][spoken].format(count=Count(count), snapshot=log.snapshot)
    chosen = [CHOSEN[key][spoken].format(in_short(value)) for key, value in log.cohort.as_dict().items() if value]
    chosen += [EDITIONS["public"][spoken]] if log.is_public else []
    words = ("；" if spoken == "zh" else "; ").join(chosen) or SAID["all"][spoken]
    tables = {name: getattr(TABLES[name], spoken) for name in log.tables()}
    charts = {name: said[spoken] for name, said in OWN_CHARTS.items()}
    charts |= {name: getattr(chart, spoken) for name, chart in LOG_CHARTS.items()}
    further = (
        ""
        if log.is_public
        else f"<p>{SAID['further'][spoken]}{' · '.join(f'<code>{one}</code>' for one in FURTHER)}</p>"
    )
    drawn = "" if log.is_public else _listed(SAID["charts"][spoken], "log.chart.{}()", charts)
    return (
        f"<p><strong>{escape(title)}</strong> · {escape(words)}</p>"
        f"{_listed(SAID['tables'][spoken], 'log.{}()', tables)}{drawn}{further}"
    )


def in_short(condition: str) -> str:
    """A condition as a person reads it: what `where` made of activities as they were given."""
    for pattern, words in SHORT:
        condition = pattern.sub(words, condition)
    return condition.replace("\n)", ")")


def _listed(title: str, call: str, words: Mapping[str, str]) -> str:
    rows = "".join(
        f'<tr><td style="text-align:left"><code>{escape(call.format(name))}</code></td>'
        f'<td style="text-align:left">{escape(said)}</td></tr>'
        for name, said in words.items()
    )
    return f"<details><summary>{escape(title)} ({len(words)})</summary><table>{rows}</table></details>"
