"""What a section of a briefing is made of: headings, sentences, tables, figures; finished, nothing to compute.

Blocks are data; `templates/section.html` says how they look.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, cast

import polars as pl

from efficacy_analytics.charts.style.text_width import shortened
from efficacy_analytics.vocabulary import TERMS, Language, Words, heading

if TYPE_CHECKING:
    import altair as alt

    from efficacy_analytics.charts.maps.book import MapBook

MOST_ROWS: Final = 10
LONGEST_CELL: Final = 160
"""Half-width characters: a name may have thousands, and its row must stay one."""


class Findings(Protocol):
    """Finished tables and what they were made from: a run, or its recomputation."""

    @property
    def manifest(self) -> dict[str, Any]: ...

    def table(self, name: str) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Paragraph:
    """A computed sentence (`sentence`), or a remark on how to read what follows (`note`)."""

    text: str
    kind: Literal["sentence", "note"] = "sentence"
    block: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class KeyFigures:
    """A row of figures with their names."""

    figures: Sequence[tuple[str, str]]
    block: str = field(default="key_figures", init=False)


@dataclass(frozen=True)
class Column:
    """A column of a printed table: its heading, what it says of a row, and whether it is a figure."""

    heading: str
    written: Callable[[dict[str, Any]], str]
    is_figure: bool = True
    name: str = ""
    """The column of the finding table that it shows alone; its unit stands in the name (`_share`, `_seconds`)."""
    meant: str = ""
    """The entry among the meanings of columns that says what it is, where that is not its name."""


@dataclass(frozen=True)
class Table:
    """A printed table: headings, rows of text, a caption, and the rows that the print leaves out.

    Attributes:
        caption: above it, or below its number.
        columns: in their order.
        rows: the rows that are printed, each cell as text.
        left_out: the rows after them, which a page opens and a workbook holds.
        values: of all rows, printed or not, the values behind the texts; none for a column that is made of several, and
            where the text is a dash.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    left_out: Sequence[Sequence[str]] = ()
    values: Sequence[Sequence[Any]] = ()
    block: str = field(default="table", init=False)


@dataclass(frozen=True)
class Chart:
    """A figure with what helps to read it; a wide one may leave the text column."""

    chart: "alt.LayerChart | MapBook"
    note: str = ""
    is_wide: bool = False
    block: str = field(default="chart", init=False)

    @property
    def description(self) -> str:
        """What a reader is told who does not see it."""
        from efficacy_analytics.charts.maps.book import MapBook

        if isinstance(self.chart, MapBook):
            return self.chart.views[0].pictures[self.chart.language].description
        return str(self.chart["description"])

    @property
    def width(self) -> float:
        """Pixels of the whole picture, for a chart of fixed width."""
        of_map = getattr(self.chart, "width", None)
        return float(of_map if isinstance(of_map, float) else cast("alt.LayerChart", self.chart)["width"])


Block: TypeAlias = Paragraph | KeyFigures | Table | Chart


@dataclass(frozen=True)
class Section:
    """A section of the briefing.

    Attributes:
        name: its name, as notebook cells give it.
        title: in both languages.
        sentences: templates of its sentences by name, in both languages with the same placeholders.
        tables: the finding tables it shows; they are kept with the page.
        blocks: makes its blocks from finished tables.
        is_shown: whether it has anything to say of these findings; without that it is no part of the document.
    """

    name: str
    title: Words
    sentences: Mapping[str, Words]
    tables: Sequence[str]
    blocks: Callable[[Findings, Language], Iterator[Block]]
    is_shown: Callable[[Findings], bool] = lambda findings: True


def table_of(
    frame: pl.DataFrame, columns: Sequence[Column], language: Language, *, caption: str, most: int = MOST_ROWS
) -> Table:
    """A frame as a table, whose first rows are printed and whose others are kept with it."""
    rows = [[shortened(column.written(row), LONGEST_CELL) for column in columns] for row in frame.iter_rows(named=True)]
    values = [[row.get(column.name) for column in columns] for row in frame.iter_rows(named=True)]
    known = [
        [None if text == TERMS["none"][language] else value for text, value in zip(texts, of_row, strict=True)]
        for texts, of_row in zip(rows, values, strict=True)
    ]
    return Table(caption, columns, rows[:most], rows[most:], known)


def column(
    name: str,
    language: Language,
    written: Callable[[Any], str] | None = None,
    *,
    is_figure: bool = True,
    meant: str = "",
) -> Column:
    """A column of the frame under its heading; `written` says how its value is put in words."""
    put = written or (lambda value: TERMS["none"][language] if value is None else str(value))
    return Column(heading(name, language), lambda row: put(row[name]), is_figure, name, meant)


def sentences(blocks: Iterable[Block]) -> list[str]:
    """The computed sentences among blocks, in their order."""
    return [block.text for block in blocks if isinstance(block, Paragraph) and block.kind == "sentence"]


OTHERWISE_MADE: Final = "{}, of a document made otherwise than now: what stands around them was not compared"
"""The name of a check that does not hold the whole."""


@dataclass(frozen=True)
class Check:
    """Something of a document that was made again and agreed.

    Attributes:
        name: what.
        value_count: how many values, or letters, texts or bytes.
        unit: of what they are.
        is_whole: whether nothing of the document was left out of the comparison.
    """

    name: str
    value_count: int
    unit: str = "values"
    is_whole: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.value_count:,} {self.unit} agree"
