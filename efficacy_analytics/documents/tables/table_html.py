"""A table as HTML that stands by itself: whole in the page, paged and sortable where scripts run, with nothing asked of
any network. DataTables, as the package `itables` bundles it, does the paging; it is given to a notebook once.
"""

import itertools
import json
import re
from functools import cache
from html import escape
from importlib import resources
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.given import is_missing, place_name
from efficacy_analytics.charts.style.scripts import inside_script
from efficacy_analytics.documents.tables.cells import Cell, Reading, ShownColumn, shown_columns
from efficacy_analytics.vocabulary import Language

MOST_CELLS: Final = 60_000
"""Of one table in a page; a longer one shows its first rows and says so."""
WIDE: Final = re.compile("[\u2e80-\U0010ffff]")
"""Letters as wide as two."""
LONG: Final = 48
"""Letters from which a text may be broken into lines."""
VERY_LONG: Final = 260
"""Letters from which a text scrolls in its cell."""
WORDS: Final[dict[str, dict[str, Any]]] = {
    "zh": {
        "search": "查找", "lengthMenu": "每页 _MENU_ 行", "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
        "infoEmpty": "无匹配的行", "infoFiltered": "（自 _MAX_ 行中）", "zeroRecords": "无匹配的行",
        "emptyTable": "无数据", "all": "全部", "paginate": {"first": "«", "previous": "‹", "next": "›", "last": "»"},
    },
    "en": {
        "search": "Find", "lengthMenu": "_MENU_ rows a page", "info": "Rows _START_ to _END_ of _TOTAL_",
        "infoEmpty": "No such row", "infoFiltered": "(of _MAX_)", "zeroRecords": "No such row", "emptyTable": "No rows",
        "all": "all", "paginate": {"first": "«", "previous": "‹", "next": "›", "last": "»"},
    },
}  # fmt: skip
SAID: Final = {
    "rows": {"zh": "{count} 行", "en": "{count} {count:row|rows}"},
    "cut": {
        "zh": "此处只列出前 {shown} 行，共 {count} 行；查找与排序也只及这些行。接着看：.slice({next})；"
        "挑选：.filter(…)；全部：.frame，或用 .to_excel(路径) 保存。",
        "en": "Only the first {shown} of {count} {count:row|rows} are listed here, and found or sorted. To go on: "
        ".slice({next}); "
        "to choose: .filter(…); all of them: .frame, or .to_excel(path) to save them.",
    },
    "meaning": {"zh": "各列的含义", "en": "What the columns say"},
    "definition": {"zh": "本表如何得出", "en": "How the table is made"},
}
numbers = itertools.count(1)


class Written:
    """The rows of a table as they were written last: who looks at the same table again need not wait for them."""

    def __init__(self) -> None:
        self._frame: pl.DataFrame | None = None
        self._parts: tuple[list[ShownColumn], str] = ([], "")

    def parts(self, frame: pl.DataFrame, reading: Reading) -> tuple[list[ShownColumn], str]:
        """The columns of a frame for people, and its rows as HTML."""
        if self._frame is None or self._frame.schema != frame.schema or not self._frame.equals(frame):
            columns = shown_columns(frame, reading)
            self._frame, self._parts = frame.clone(), (columns, _body(columns))
        return self._parts


def table_html(
    frame: pl.DataFrame, reading: Reading, *, title: str = "", definition: str = "", written: Written | None = None
) -> str:
    """A frame as a piece of HTML.

    Args:
        frame: any frame.
        reading: how its readers want it.
        title: above it.
        definition: how it is made; unfolded on demand.
        written: what the same table was written as before, for the same readers.
    """
    most = max(1, MOST_CELLS // max(1, frame.width))
    columns, body = (written or Written()).parts(frame.head(most), reading)
    spoken = reading.language
    place = place_name("ea-table", next(numbers))
    note = _cut(frame.height, most, spoken)
    words = inside_script(json.dumps(WORDS[spoken], ensure_ascii=False, sort_keys=True))
    return (
        f"{library() if is_missing('tables') else ''}"
        f'<style>{_source("table.css")}</style>\n<div class="ea-table" id="{place}" lang="{_tag(spoken)}">\n'
        f"{_title(title, frame.height, spoken)}{_note(note)}"
        f'<div class="ea-scroll"><table class="ea-rows">{_head(columns)}{body}</table></div>\n'
        f"{_explanations(columns, definition, spoken)}</div>\n"
        f'<script>(function page(turn) {{ window.efficacyTable ? window.efficacyTable("{place}", {words}) '
        f": turn && setTimeout(page, 50, turn - 1); }})(200);</script>"
    )


@cache
def library() -> str:
    """What pages and sorts the tables of a page, as one script element."""
    bundle = resources.files("itables").joinpath("html")
    parts = {name: bundle.joinpath(f"dt_bundle.{name}").read_text(encoding="utf-8") for name in ("js", "css")}
    text = _source("table.js").replace("SOURCE", _quoted(parts["js"]), 1).replace("STYLE", _quoted(parts["css"]), 1)
    return f'<script data-efficacy="tables">{text}</script>\n'


def column_words(columns: list[ShownColumn]) -> list[tuple[str, str, str]]:
    """Heading, name and meaning of columns."""
    return [(one.heading, one.name, one.meaning) for one in columns]


def _head(columns: list[ShownColumn]) -> str:
    cells = "".join(
        f"<th{_figure(one)} title={_attribute(f'{one.name} · {one.meaning}' if one.meaning else one.name)}>"
        f"{escape(one.heading)}</th>"
        for one in columns
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _body(columns: list[ShownColumn]) -> str:
    written = [[_cell(cell, one.is_figure) for cell in one.cells] for one in columns]
    rows = ("".join(row) for row in zip(*written, strict=True))
    return f"<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>"


def _cell(cell: Cell, is_figure: bool) -> str:
    width = spread(cell.text)
    classes = "ea-figure" if is_figure else "ea-long" if width > LONG else ""
    kind = f' class="{classes}"' if classes else ""
    order = "" if cell.order is None else f' data-order="{escape(str(cell.order))}"'
    code = f'<span class="ea-code">{escape(cell.code)}</span>' if cell.code else ""
    text = f"{escape(cell.text)}{code}"
    held = f'<div class="ea-held">{text}</div>' if width > VERY_LONG else text
    return f"<td{kind}{order}>{held}</td>"


def spread(text: str) -> int:
    """How wide a text is, in letters: Chinese ones count twice."""
    return len(text) if text.isascii() else len(text) + len(WIDE.findall(text))


def _figure(column: ShownColumn) -> str:
    return ' class="ea-figure"' if column.is_figure else ""


def _title(title: str, count: int, language: Language) -> str:
    rows = _said("rows", language, count=figures.count(count, language))
    words = f"{escape(title)} <span>· {rows}</span>" if title else f"<span>{rows}</span>"
    return f'<p class="ea-title">{words}</p>\n'


def _cut(count: int, most: int, language: Language) -> str:
    """What is said of a table that is longer than a page may be; nothing of others."""
    return (
        _said(
            "cut", language, shown=figures.count(most, language), count=figures.count(count, language), next=str(most)
        )
        if count > most
        else ""
    )


def _note(text: str) -> str:
    return f'<p class="ea-note">{escape(text)}</p>\n' if text else ""


def _explanations(columns: list[ShownColumn], definition: str, language: Language) -> str:
    listed = "".join(
        f"<dt>{escape(heading)}</dt><dd><code>{escape(name)}</code>{escape(f' · {meaning}' if meaning else '')}</dd>"
        for heading, name, meaning in column_words(columns)
    )
    made = (
        f"<details><summary>{SAID['definition'][language]}</summary><pre>{escape(definition)}</pre></details>"
        if definition
        else ""
    )
    return f"<details><summary>{SAID['meaning'][language]}</summary><dl>{listed}</dl>{made}</details>\n"


def _said(name: str, language: Language, **values: str) -> str:
    return SAID[name][language].format(**values)


def _attribute(text: str) -> str:
    return f'"{escape(text)}"'


def _tag(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"


def _quoted(text: str) -> str:
    return inside_script(json.dumps(text, ensure_ascii=False))


def _source(name: str) -> str:
    return resources.files(__package__).joinpath("shell", name).read_text(encoding="utf-8").strip()
