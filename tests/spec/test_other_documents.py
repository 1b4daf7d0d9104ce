"""Documents besides the briefing: a page for each department, quarterly reports, notices on limits; all verified."""

from pathlib import Path

import polars as pl
import pytest
from support.invented_run import invented_run, invented_tables
from support.small_city import small_city

from efficacy_analytics.documents import cards
from efficacy_analytics.documents.blocks import Block, KeyFigures, Table, sentences
from efficacy_analytics.documents.briefing import recomputed
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.content import Content
from efficacy_analytics.documents.kinds import KINDS, document_content, kind_named
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError, ParameterError
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.vocabulary import LANGUAGES, Language
from efficacy_analytics.workflows.documents import write_documents


def document(run: Run, kind: str, language: Language = "zh", **given: str) -> Content:
    return document_content(KINDS[kind], run, checked_document({**given, "language": language}))


def blocks_of(content: Content) -> list[Block]:
    return [block for piece in content.pieces for block in piece.blocks]


def test_a_department_is_told_beside_the_whole_with_its_own_segments_and_limits() -> None:
    run = small_city()[1]
    row = run.table("departments").sort("case_count", descending=True).row(0, named=True)
    code = row["department"]
    content = document(run, "department", "en", about=code)
    figures = next(block for block in blocks_of(content) if isinstance(block, KeyFigures))
    assert dict(figures.figures)["Cases"] == f"{row['case_count']:,}"
    segments, limits = (block for block in blocks_of(content) if isinstance(block, Table))
    own = run.table("bottlenecks_by_department").filter(pl.col("department") == code).drop_nulls("share_of_total")
    assert len(segments.rows) + len(segments.left_out) == own.height
    of_items = run.table("limits").filter(pl.col("department") == code).drop_nulls("limit_days")
    assert len(limits.rows) + len(limits.left_out) == of_items.height


def test_both_languages_show_the_same_rows_in_the_same_order() -> None:
    run = small_city()[1]
    code = run.table("departments")["department"][0]
    shown = [
        [
            block.values
            for block in blocks_of(document(run, "department", language, about=code))
            if isinstance(block, Table)
        ]
        for language in LANGUAGES
    ]
    numbers = [
        [[[cell for cell in row if not isinstance(cell, str)] for row in table] for table in tables] for tables in shown
    ]
    assert numbers[0] == numbers[1]


def test_a_page_of_a_department_verifies_in_every_form_and_a_changed_one_does_not(tmp_path: Path) -> None:
    lake, run = small_city()
    code = run.table("departments")["department"][1]
    content = document(run, "department", about=code)
    for form in ("html", "docx", "xlsx"):
        file = tmp_path / f"page.{form}"
        file.write_bytes(rendered(content, form))
        assert verify(file, lake)[-1].is_whole
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    figure = next(block for block in blocks_of(content) if isinstance(block, KeyFigures)).figures[0][1]
    (tmp_path / "page.html").write_text(text.replace(f"<dd>{figure}</dd>", "<dd>9,999</dd>", 1), encoding="utf-8")
    with pytest.raises(CheckFailedError, match=r"part how, text \d+: the document has “9,999”"):
        verify(tmp_path / "page.html", lake)
    (tmp_path / "page.html").write_text(text.replace("</style>", "td{display:none}</style>"), encoding="utf-8")
    with pytest.raises(CheckFailedError, match="outside its texts"):
        verify(tmp_path / "page.html", lake)


def test_a_notice_shows_the_yellow_and_red_cards_of_its_department_and_no_other(tmp_path: Path) -> None:
    run = invented_run(tmp_path, invented_tables() | drawn_cards())
    assert cards.carded_departments(run) == ["D01", "D03"]
    told = {}
    for code in ("D01", "D03"):
        for piece in document(run, "card", about=code).pieces:
            (table,) = [block for block in piece.blocks if isinstance(block, Table)]
            told[code, piece.name] = [(row[0], row[2]) for row in table.rows]
    assert told == {
        ("D01", "red"): [("A", "办件"), ("B", "环节：送达")],
        ("D01", "yellow"): [("C", "办件"), ("K1", "投诉")],
        ("D03", "yellow"): [("E", "办件")],
    }
    (paragraph,) = sentences(document(run, "card", "en", about="D01").pieces[0].blocks)
    assert paragraph.startswith("Red cards: 2, of them past their due day 2, the first due on 9 October 2025.")
    assert sentences(blocks_of(document(run, "card", about="D02"))) == ["没有逾期或将要到期的在办件。"]


def drawn_cards() -> dict[str, pl.DataFrame]:
    """The warnings of three departments, and what is known of their cases."""
    lines = [
        ("red", "case", 1, "A", None, None, "D01", 9, -3),
        ("red", "stage", 2, "B", None, "delivery", "D01", 10, -2),
        ("yellow", "case", 3, "C", None, None, "D01", 15, 0),
        ("yellow", "complaint", None, None, "K1", None, "D01", 15, 0),
        ("reminder", "case", 4, "D", None, None, "D02", 16, 1),
        ("yellow", "case", 5, "E", None, None, "D03", 15, 0),
    ]
    names = ("level", "scope", "case_key", "case_id", "complaint_id", "stage", "department", "day", "working_days_left")
    warned = pl.DataFrame(lines, schema=list(names), orient="row").with_columns(
        pl.date(2025, 10, pl.col("day")).alias("due_on"), item=pl.lit("I01")
    )
    known = pl.DataFrame({"case_key": [1, 2, 3, 4, 5]}).with_columns(
        accepted_on=pl.date(2025, 9, 1), limit_days=pl.lit(20), limit_unit=pl.lit("working_days")
    )
    return {"warnings": warned.drop("day"), "cases": known}


def test_the_notice_on_limits_prints_every_row(tmp_path: Path) -> None:
    run = invented_run(tmp_path, invented_tables())
    content = document(run, "compression", "en")
    assert content.head.title == "Compression table, approvals in the third quarter of 2025"
    tables = [block for block in blocks_of(content) if isinstance(block, Table)]
    assert tables
    assert all(not table.left_out for table in tables)


def test_a_quarterly_report_says_what_the_briefing_says(tmp_path: Path) -> None:
    run = invented_run(tmp_path, invented_tables())
    content = document(run, "quarterly")
    assert content.head.name == "行政效能季报"
    assert sentences(blocks_of(content))[0].startswith("本期受理 1,200 件，环比增长 20.0%")


def test_departments_are_written_each_and_what_is_there_is_kept(tmp_path: Path) -> None:
    lake = small_city()[0]
    made = write_documents(lake, "department", period="2025Q1", languages=["en"], formats=["xlsx"])
    assert len(made) == len({file.name for file in made}) > 20
    before = {file: file.stat().st_mtime_ns for file in made}
    made[0].unlink()
    again = write_documents(lake, "department", period="2025Q1", languages=["en"], formats=["xlsx"])
    assert again == made
    assert [file for file in made if file.stat().st_mtime_ns != before[file]] == made[:1]


@pytest.mark.parametrize(
    ("kind", "options", "fault", "words"),
    [
        ("letter", {}, CallError, "no kind of document 'letter'"),
        ("quarterly", {"period": "2025-03"}, CallError, "is no quarter"),
        ("quarterly", {"about": "D01"}, CallError, "about no department"),
        ("department", {"about": "moon"}, ParameterError, "no department 'moon'"),
        ("department", {"edition": "public", "about": "D01"}, CannotAnswerError, "not for the public"),
        ("card", {"edition": "public", "about": "D01"}, CannotAnswerError, "not for the public"),
        ("department", {"formats": ["odt"]}, CallError, "no format 'odt'"),
    ],
)
def test_what_cannot_be_made_is_told(kind: str, options: dict[str, object], fault: type, words: str) -> None:
    with pytest.raises(fault, match=words):
        write_documents(small_city()[0], kind, **{"period": "2025Q1", "languages": ["en"], **options})  # type: ignore[arg-type]
    assert kind_named("department").subjects


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_the_same_of_the_tables_that_it_keeps_alone(kind: str) -> None:
    """What is made again knows no other table: a document that used one would not verify."""
    run = small_city()[1]
    about = {"about": run.table("departments")["department"][0]} if KINDS[kind].subjects else {}
    made = document(run, kind, **about)
    again = recomputed.Recomputed(
        {**run.manifest, "tables": made.origin["manifest"]["tables"]},
        {name: run.table(name) for name in made.origin["manifest"]["tables"]},
    )
    told = document_content(KINDS[kind], again, checked_document({**about, "language": "zh"}))
    assert told.head == made.head
    assert rendered(told, "xlsx") == rendered(made, "xlsx")
