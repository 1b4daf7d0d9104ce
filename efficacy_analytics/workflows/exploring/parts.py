"""Tables and charts of a log by their names, completed by tab, made when they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from efficacy_analytics.documents.pages.log_charts import LOG_CHARTS
from efficacy_analytics.documents.tables.log_table import LogTable
from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.system.arguments import checked
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.exploring.asked import Asked, near
from efficacy_analytics.workflows.exploring.picking import SELECTED, choice_of, picking_html

if TYPE_CHECKING:
    from efficacy_analytics.workflows.exploring.process_map import ProcessMap

NOTHING: Final = {
    "zh": "{title}：这些办件没有可画的内容。",
    "en": "{title}: these cases give nothing to draw.",
}


@dataclass(frozen=True)
class TableOfLog:
    """A table of a log, made when it is called; its options are keyword arguments."""

    log: Asked
    entry: Table

    def __call__(self, **options: Any) -> LogTable:
        """The table: a polars frame, with codes; a notebook shows it with names."""
        return self.log.table(self.entry.name, **options)

    def __repr__(self) -> str:
        options = ", ".join(str(one) for one in self.entry.options().values())
        return f"{self.entry.name}({options}): {self.entry.en} · {self.entry.zh}"

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.entry.function().__doc__


@dataclass(frozen=True)
class Drawn:
    """A chart of a log: a notebook shows it, a file keeps it.

    Attributes:
        chart: the Altair chart, to be changed as one likes; a notebook draws it without a network too.
        language: of the menu that saves the picture.
        remark: shown in its place where there is nothing to draw.
        log: whose chart it is, where a click on it chooses cases.
    """

    chart: Any
    language: Language
    remark: str = ""
    log: Asked | None = field(default=None, repr=False)
    picked: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def selected(self) -> Any:
        """The log of the cases behind the bar, dot or row that was clicked on.

        Raises:
            CallError: nothing was selected.
        """
        if self.log is None or not self.picked:
            raise CallError(
                "nothing is selected on the chart.", hint="click a bar, a dot or a row that stands for cases"
            )
        return self.log.where(**self.picked)

    @checked
    def save(self, path: Path | str) -> Path:
        """Writes the picture in the house's typeface.

        Args:
            path: where to; `.png` or `.svg`.

        Raises:
            CallError: the ending is another.
        """
        from efficacy_analytics.charts.style.offline import checked_picture, save_picture

        return save_picture(self.chart, checked_picture(Path(path)))

    def _repr_html_(self) -> str:
        from efficacy_analytics.charts.style.offline import chart_html, in_notebook

        if self.remark:
            return f'<p class="ea-answer">{escape(self.remark)}</p>'
        drawn = chart_html(self.chart, self.language, fills_page=False)
        return in_notebook(drawn if self.log is None else picking_html(drawn, self._hear))

    def _hear(self, change: Mapping[str, Any]) -> None:
        """A click: the choice, and a sentence on it."""
        if self.log is None:
            return
        try:
            chosen = choice_of(change["new"].get("datum", {}), self.log)
            self.picked.clear()
            self.picked.update(chosen)
            count = self.selected.engine.run("finding_case_count").item() if chosen else 0
            change["owner"].told = SELECTED[self.language].format(count=Count(count)) if chosen else ""
        except EfficacyError as fault:
            change["owner"].told = str(fault)


@dataclass(frozen=True)
class ChartOfLog:
    """A chart of a log, drawn when it is called; its options are keyword arguments."""

    log: Asked
    name: str

    def __call__(self, **options: Any) -> Drawn:
        """The chart; a notebook shows it."""
        from efficacy_analytics.charts.style.offline import draw_offline
        from efficacy_analytics.charts.style.specification import drawing_ours, specification

        entry, spoken = LOG_CHARTS[self.name], self.log.language
        draw_offline(spoken)
        with drawing_ours():
            chart = entry.draw(self.log, **options)
        has_rows = all(specification(chart).get("datasets", {"": [0]}).values())
        remark = "" if has_rows else NOTHING[spoken].format(title=getattr(entry, spoken))
        return Drawn(chart, spoken, remark, self.log)

    def __repr__(self) -> str:
        return f"{self.name}(…): {LOG_CHARTS[self.name].en} · {LOG_CHARTS[self.name].zh}"


@dataclass(frozen=True)
class Charts:
    """The charts of a log by their names: `log.chart.bottleneck_bars()`."""

    log: Asked

    @checked
    def process_map(self, *, causes: bool = False) -> "ProcessMap":
        """The process map: how cases run, and where they wait. A click on it is `.selected`, a narrower log.

        Args:
            causes: whether lines carry the causes of waiting; takes longer.
        """
        from efficacy_analytics.documents.pages.maps import log_map
        from efficacy_analytics.workflows.exploring.process_map import ProcessMap

        return ProcessMap(log_map(self.log.engine, language=self.log.language, causes=causes), self.log)

    def plan_curve(self) -> Drawn:
        """What shorter limits would cost: days saved against the share of cases that would need more."""
        from efficacy_analytics.charts.plan_curve import plan_curve
        from efficacy_analytics.findings.limits.plan import plan_frontier

        return Drawn(plan_curve(plan_frontier(self.log.engine), self.log.language), self.log.language)

    def __getattr__(self, name: str) -> ChartOfLog:
        if name not in LOG_CHARTS:
            raise AttributeError(f"a log has no chart '{name}'.{near(name, dir(self))}")
        return ChartOfLog(self.log, name)

    def __dir__(self) -> list[str]:
        return sorted(["process_map", "plan_curve", *LOG_CHARTS])

    def __repr__(self) -> str:
        return f"charts of a log: {', '.join(dir(self))}"
