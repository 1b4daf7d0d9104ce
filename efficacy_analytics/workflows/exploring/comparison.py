"""Two logs side by side."""

from dataclasses import dataclass
from typing import Any, Final

from efficacy_analytics.documents.tables.log_table import LogTable
from efficacy_analytics.workflows.exploring.asked import Asked

TITLE: Final = {"zh": "{one} 与 {other} 的比较", "en": "{one} compared with {other}"}


@dataclass(frozen=True)
class Comparison:
    """Two logs side by side: what B has more or less than A. A notebook shows both on one map.

    Attributes:
        log: A.
        other: B.
        names: what to call the two.
    """

    log: Asked
    other: Asked
    names: tuple[str, str]

    def table(self) -> LogTable:
        """Activities and paths of both, with the differences of their frequencies and times."""
        from efficacy_analytics.findings.performance.differences import differences

        found = differences(self.log.engine, self.other.engine)
        return self.log.shown(self.log.in_words(found).frame, title=self._title())

    def chart(self) -> Any:
        """Both on one map."""
        from efficacy_analytics.documents.pages.maps import difference_map

        return difference_map(self.log.engine, self.other.engine, names=self.names, language=self.log.language)

    def _title(self) -> str:
        return TITLE[self.log.language].format(one=self.names[0], other=self.names[1])

    def _repr_html_(self) -> str:
        return str(self.chart()._repr_html_())

    def __repr__(self) -> str:
        return f"comparison of {self.names[0]} with {self.names[1]}: .table(), .chart()"
