"""One briefing in four forms: alike to the last figure, the same bytes in every run, read aloud, and checked."""

import base64
import dataclasses
import datetime as dt
import io
import random
import re
import zipfile
from functools import cache
from pathlib import Path

import altair as alt
import docx
import polars as pl
import pypdf
import pytest
from docx.oxml.ns import qn
from fontTools.ttLib import TTCollection, TTFont
from support.forged import changed, first_table, forged, packed, unpacked, with_another_digit
from support.invented_page import document_of
from support.invented_run import invented_run
from support.samples import sample
from support.small_city import small_city

from efficacy_analytics.documents import verify_forms
from efficacy_analytics.documents.blocks import Chart, Column, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.parameters import checked
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render import reading, typefaces
from efficacy_analytics.documents.render.forms import checked_forms, rendered
from efficacy_analytics.documents.render.pdf_tables import LINE_WIDTH, TEXT_SIZES, fitted
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError
from efficacy_analytics.vocabulary import Language

FORMS = ("pdf", "docx", "xlsx")
RARE = "喆玥昇珺堃犇垚燊祎赟頔㎡"
"""Characters of names that the typefaces of offices often lack."""
TRADITIONAL = "衞生署臺灣龍鳳廳務處審覈證環評峯裏羣牌照關係麪竈啟"


SHORT = ("summary", "departments", "bottlenecks")
"""The sections of a short document: sentences, key figures, two tables with rows left out, a chart."""


class Short(Document):
    """A briefing of these sections alone."""

    @property
    def section_names(self) -> list[str]:
        return [*SHORT]


@cache
def content(language: Language = "zh") -> Content:
    """A short briefing of the small city."""
    return Short(small_city()[1], checked({"language": language})).content()


@cache
def content_again() -> Content:
    """The same briefing, made a second time for all forms."""
    return content.__wrapped__()


@cache
def made(form: str, language: Language = "zh") -> bytes:
    return rendered(content(language), form)


def plain(*blocks: Paragraph | KeyFigures | Table | Chart) -> Content:
    """A short document of these blocks."""
    return dataclasses.replace(content(), pieces=[Piece("one", "一个部分", blocks)])


def texts_of(form: str, file: bytes) -> str:
    return "\n".join(text for _, text in reading.texts(form, file))


@pytest.mark.parametrize("form", FORMS)
def test_two_runs_give_the_same_bytes(form: str) -> None:
    assert rendered(content_again(), form) == made(form)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_says_every_sentence_and_figure(language: Language) -> None:
    """What a reader of the page reads stands in the PDF and in Word; each table stands whole in the workbook."""
    letters = reading.letters(made("pdf", language))
    word, book = (texts_of(form, made(form, language)).splitlines() for form in ("docx", "xlsx"))
    for piece in content(language).pieces:
        for block in piece.blocks:
            if isinstance(block, Paragraph):
                assert "".join(block.text.split()) in letters
                assert block.text in word
            elif isinstance(block, Table):
                assert all(cell in word for row in block.rows for cell in row)
                assert all("".join(cell.split()) in letters for row in block.rows for cell in row)
                shown = [row[0] for row in [*block.rows, *block.left_out]]
                assert all(name in book for name in shown if not name.isdigit())
    assert content(language).head.title in word


def test_the_rows_that_the_print_leaves_out_are_in_the_workbook_as_numbers() -> None:
    cells = dict(reading.texts("xlsx", made("xlsx")))
    tables = [(number, table) for number, _, table in content().tables() if table.left_out]
    assert tables
    for number, table in tables:
        last = 3 + len(table.rows) + len(table.left_out)
        for place, column in enumerate(table.columns):
            cell = cells[f"sheet 表{number}, cell {chr(65 + place)}{last}"]
            if column.name.endswith("_count"):
                assert float(cell) == table.values[-1][place]
            elif column.name.endswith("_seconds_median") and table.values[-1][place] is not None:
                assert float(cell) == pytest.approx(table.values[-1][place] / 86_400)
            elif not column.name:
                printed = table.left_out[-1][place]
                assert (f"{float(cell):.1%}" if printed.endswith("%") else cell) == printed


def test_the_workbook_says_what_each_column_is() -> None:
    cells = [(place, text) for place, text in reading.texts("xlsx", made("xlsx")) if place.startswith("sheet 定义")]
    column_count = sum(len(table.columns) for _, _, table in content().tables())
    named = [text for place, text in cells if re.fullmatch(r"sheet 定义, cell B\d+", place)]
    assert len(named) >= 1 + column_count
    assert set(content().colophon.lines) <= {text for _, text in cells}


def test_a_text_page_has_22_lines_of_28_characters() -> None:
    sentence = "审批办件按期办结情况良好" * 140
    file = rendered(plain(Paragraph(sentence)), "pdf")
    lines = pypdf.PdfReader(io.BytesIO(file)).pages[1].extract_text().splitlines()
    text = [line for line in lines if "—" not in line]
    assert len(text) == 22
    assert {len(line) for line in text} == {28}


def test_no_character_of_a_name_is_a_box() -> None:
    faces = typefaces.typefaces()
    with TTCollection(typefaces._complete(), lazy=True) as collection:
        complete = collection.fonts[2].getBestCmap()
    assert all(ord(character) in complete for character in RARE)
    assert all(families[-1] == "Noto Sans CJK SC" for families in faces.families.values())
    file = rendered(plain(Paragraph(RARE)), "pdf")
    assert RARE in reading.letters(file)
    fonts = [font for page in pypdf.PdfReader(io.BytesIO(file)).pages for font in page["/Resources"]["/Font"].values()]
    descriptors = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(one) for one in descriptors)


def test_names_in_traditional_characters_stand_in_every_form_with_a_typeface_that_has_them() -> None:
    names = plain(Paragraph(RARE + TRADITIONAL))
    for form in ("html", *FORMS):
        assert TRADITIONAL in "".join(texts_of(form, rendered(names, form)).split()) or form == "xlsx", form
    page = rendered(names, "html").decode()
    font = re.search(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", page)
    assert font is not None
    has = TTFont(io.BytesIO(base64.b64decode(font[1]))).getBestCmap()
    assert {character for character in RARE + TRADITIONAL if ord(character) not in has} == set()


def test_what_figures_do_not_need_of_a_line_is_left_to_words() -> None:
    name, shown = "a step of quite a long name, so long that it fills more than one line", [["1", "12", "3.5"]] * 3
    columns = [Column("Rank", str), Column("Step", str, is_figure=False), Column("Cases", str), Column("Days", str)]
    size, widths = fitted(Table("Steps", columns, [[row[0], name, *row[1:]] for row in shown]))
    assert sum(widths) <= LINE_WIDTH
    assert widths[1] > LINE_WIDTH / 2
    assert size == TEXT_SIZES[0]


@pytest.mark.parametrize("lines", [1, 6, 8])
def test_in_the_pdf_a_heading_and_the_words_before_a_picture_are_not_left_without_it(lines: int) -> None:
    tall = alt.Chart(pl.DataFrame({"x": [1]})).mark_point().encode(x="x:Q").properties(width=400, height=900)
    chart = Chart(tall.properties(description="Points"), "Below the picture.")  # type: ignore[arg-type]
    words = [Paragraph("Words before the picture. " * 4) for _ in range(lines)]
    file = rendered(plain(*words, chart), "pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages]
    (last,) = [number for number, page in enumerate(pages) if "Below the picture." in page]
    assert "Words before" in pages[last]


def test_the_pdf_is_tagged_titled_and_dated_by_the_data() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made("pdf")))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")
    assert reader.metadata is not None
    assert reader.metadata.title == content().full_title
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == dt.date(*content().day)
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_a_picture_without_an_alternative_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = next(block for piece in content().pieces for block in piece.blocks if isinstance(block, Chart))
    monkeypatch.setattr(Chart, "description", property(lambda _: ""))
    with pytest.raises(EfficacyError, match="missing alt text"):
        rendered(plain(chart), "pdf")


def test_word_knows_headings_languages_fonts_and_header_rows() -> None:
    document = docx.Document(io.BytesIO(made("docx")))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "一、基本情况"
    assert len(headings) == len(content().pieces)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults.find(f".//{qn('w:lang')}").get(qn("w:eastAsia")) == "zh-CN"
    for name in ("Normal", "Heading 1", "Title"):
        fonts = document.styles[name].element.find(f".//{qn('w:rFonts')}")
        assert fonts.get(qn("w:eastAsia")) in {"仿宋_GB2312", "黑体", "方正小标宋简体"}
    for table in document.tables:
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")) is not None
    pictures = list(document.element.iter(qn("wp:docPr")))
    assert pictures
    assert all(one.get("descr") for one in pictures)
    assert document.core_properties.created.date() == dt.date(*content().day)


def test_nothing_personal_or_of_this_machine_is_in_a_file() -> None:
    import getpass
    import platform

    for form in FORMS:
        parts = unpacked(made(form)).values() if form != "pdf" else [made(form)]
        for secret in (getpass.getuser(), platform.node(), str(small_city()[0])):
            if len(secret) > 4:
                assert not [part for part in parts if secret.encode() in part]


@pytest.mark.parametrize("form", sample(["pdf", "xlsx"], ["pdf"]))
def test_an_honest_document_agrees(tmp_path: Path, form: str) -> None:
    whole = document_of(small_city()[1], language="zh").content()
    file = tmp_path / f"one.{form}"
    file.write_bytes(rendered(whole, form))
    checks = {check.name: check.value_count for check in verify(file, small_city()[0])}
    assert checks[f"the whole {form}"] == file.stat().st_size
    assert checks[f"texts of the {form}"] > 100


def refused(folder: Path, form: str, file: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    """Why a changed document is refused; what is made again of an unchanged origin is made once."""
    monkeypatch.setattr(verify_forms, "recomputed", lambda *_: None)
    monkeypatch.setattr(verify_forms, "content_of", lambda *_: content())
    monkeypatch.setattr(verify_forms, "rendered", lambda _, asked: made(asked))
    path = folder / f"changed.{form}"
    path.write_bytes(file)
    with pytest.raises(CheckFailedError) as fault:
        verify(path, small_city()[0])
    assert fault.value.exit_code == 5
    return fault.value.problem


PLACES = {
    "docx": r"(paragraph \d+|table \d+, row \d+, column \d+): the document has “.*”|word/footer",
    "xlsx": r"sheet .+, cell [A-Z]+\d+: the document has “.*”",
    "html": r"part [a-z_]+, text \d+: the document has “.*”",
    "pdf": r"page \d+, line \d+: the document has “.*”",
}
DRAWS = 12


@pytest.mark.parametrize("form", ["html", "docx", "xlsx"])
def test_a_digit_changed_anywhere_is_found_with_its_place(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(20250101)
    for _ in range(DRAWS):
        problem = refused(tmp_path, form, with_another_digit(form, made(form), draw), monkeypatch)
        assert re.match(PLACES[form], problem), problem


def test_a_digit_changed_in_a_pdf_is_found_with_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)
    for _ in range(2):
        problem = refused(tmp_path, "pdf", rendered(forged(content(), draw), "pdf"), monkeypatch)
        assert re.match(PLACES["pdf"], problem)


@pytest.mark.deep
@pytest.mark.parametrize("form", ["html", *FORMS])
def test_a_hundred_digits_changed_are_all_found(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(1)
    for _ in range(100):
        is_pdf = form == "pdf"
        file = rendered(forged(content(), draw), form) if is_pdf else with_another_digit(form, made(form), draw)
        assert refused(tmp_path, form, file, monkeypatch)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", ["two rows are swapped", "a table is cut"])
def test_rows_swapped_and_tables_cut_are_found(
    tmp_path: Path, form: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(block: object) -> Table:
        assert isinstance(block, Table)
        one, other, *rest = block.rows
        rows = [other, one, *rest] if "swapped" in what else [one, other, *rest][:-1]
        return dataclasses.replace(block, rows=rows, values=() if "cut" in what else block.values)

    file = rendered(changed(content(), *first_table(content()), change), form)
    assert re.match(PLACES[form], refused(tmp_path, form, file, monkeypatch))


def test_a_glyph_changed_in_the_pages_stream_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made("pdf")))
    page = writer.pages[1]
    stream = page.get_contents()
    assert stream is not None
    text = stream.get_data()
    glyphs = re.findall(rb"<([0-9A-Fa-f]{8,})>", text) or re.findall(rb"\(.{4,}?\)", text)
    assert glyphs
    stream.set_data(text.replace(glyphs[0], glyphs[0][4:] + glyphs[0][:4], 1))
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    assert refused(tmp_path, "pdf", out.getvalue(), monkeypatch)


def test_words_that_no_reader_sees_are_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = unpacked(made("docx"))
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(b"B5121B", b"FFFFFF")
    assert "outside its texts: word/styles.xml" in refused(tmp_path, "docx", packed(parts), monkeypatch)
    assert "byte" in refused(tmp_path, "pdf", made("pdf") + b"\n%more\n", monkeypatch)


def test_a_document_whose_origin_is_spoilt_was_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("docx", "xlsx"):
        parts = {name: text.replace(b'"kind"', b"'kind'").replace(b"&quot;kind", b"'kind")
                 for name, text in unpacked(made(form)).items()}  # fmt: skip
        assert "was changed" in refused(tmp_path, form, packed(parts), monkeypatch)


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_another_snapshot_is_found(tmp_path: Path, form: str) -> None:
    name = small_city()[1].manifest["snapshot"]["snapshot"].encode()
    parts = {part: text.replace(b'"snapshot": "' + name, b'"snapshot": "gone-1').replace(
        b'"snapshot": &quot;' + name, b"x") for part, text in unpacked(made(form)).items()}  # fmt: skip
    (tmp_path / f"one.{form}").write_bytes(packed(parts))
    with pytest.raises(CallError, match="no snapshot 'gone-1'"):
        verify(tmp_path / f"one.{form}", small_city()[0])


@pytest.mark.parametrize(
    "file", [b"%PDF-1.7\nnothing", b"PK\x03\x04nothing", packed({"word/document.xml": b"<x/>"}), packed({"a": b""})]
)
def test_what_is_no_document_of_ours_is_told(tmp_path: Path, file: bytes) -> None:
    (tmp_path / "other").write_bytes(file)
    with pytest.raises(CallError, match="no document of ours"):
        verify(tmp_path / "other", small_city()[0])


def test_forms_are_asked_for_by_name() -> None:
    assert checked_forms(["pdf,html", "docx"]) == ["html", "pdf", "docx"]
    for wrong in (["odt"], [], [","]):
        with pytest.raises(CallError, match="no format"):
            checked_forms(wrong)


def test_hostile_names_are_printed_as_they_are(tmp_path: Path) -> None:
    names = [
        "=1+1",
        '#import "x"',
        "$x^2$ *b* _i_ @a <l>",
        "<script>&amp;",
        "\\ /* // ",
        "@SUM(A1)",
        "a\x0bb\x01",
        "名😀字",
    ]
    table = next(table for _, _, table in content().tables())
    rows = [[name, *table.rows[0][1:]] for name in names]
    odd = plain(dataclasses.replace(table, rows=rows, left_out=[], values=()), Paragraph(names[2]))
    for form in FORMS:
        said = texts_of(form, rendered(odd, form))
        for name in names[:-2]:
            assert "".join(name.split()) in "".join(said.split()), (form, name)
        assert "ab" in said
        assert ("名〓字" if form == "pdf" else names[-1]) in said
    with zipfile.ZipFile(io.BytesIO(rendered(odd, "xlsx"))) as book:
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]


def test_a_document_carries_what_it_was_asked_for(tmp_path: Path) -> None:
    document = document_of(invented_run(tmp_path), language="en", edition="internal")
    carried = reading.origin("xlsx", rendered(document.content(), "xlsx"))
    assert carried["manifest"]["run"] == "a1b2c3d4e5f6"
    assert carried["parameters"]["language"] == "en"
