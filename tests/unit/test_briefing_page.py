"""The page stands alone, is the same for the same run, and is not made when something is missing."""

import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import polars as pl
import pytest
from support.invented_page import document_of, notebook_of, page_of
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.briefing.evidence import plain
from efficacy_analytics.documents.briefing.page import page
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.findings.runs import Run

SHOWN = [name for name in SECTIONS if name != "schemes"]
"""The sections of a run that knows no scheme."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return invented_run(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def made(run: Run) -> str:
    return page_of(run)


def carried(text: str, name: str) -> Any:
    return json.loads(lxml.html.document_fromstring(text).xpath("//script[@id=$name]", name=name)[0].text)


def test_a_page_asks_for_nothing_outside_itself(made: str) -> None:
    tree = lxml.html.document_fromstring(made)
    addresses = tree.xpath("//@src | //@href")
    assert [address for address in addresses if not address.startswith("data:")] == []
    assert re.findall(r"url\((?!data:)", made.split("<script")[0]) == []
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]


def test_a_page_has_every_section_once_and_no_code(made: str) -> None:
    tree = lxml.html.document_fromstring(made)
    assert tree.xpath("//section/@data-section") == SHOWN
    assert "document.section(" not in made


def test_the_same_run_gives_the_same_bytes(run: Run, made: str) -> None:
    assert page_of(run) == made


def test_a_page_carries_the_tables_it_shows_exactly(run: Run, made: str) -> None:
    tables = carried(made, "findings")
    assert tables["on_time"] == json.loads(json.dumps(plain(run.table("on_time"))))
    assert sorted(tables) == sorted(carried(made, "manifest")["tables"])


def test_a_stranger_reads_the_carried_tables_by_the_names_of_their_columns(run: Run, made: str) -> None:
    for name, table in carried(made, "findings").items():
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        kept = run.table(name)
        texts = [column for column, kind in kept.schema.items() if kind in (pl.String, pl.Int64, pl.Boolean)]
        assert [{column: row[column] for column in texts} for row in rows] == kept.select(texts).to_dicts()


def test_a_page_tells_nothing_of_the_machine_or_the_hour(run: Run, made: str) -> None:
    manifest = carried(made, "manifest")
    assert not {"started_at", "ended_at", "python"} & set(manifest)
    assert str(run.path) not in made
    assert set(carried(made, "briefing-parameters")) == {
        "accepted_from", "accepted_until", "department", "item", "language", "edition", "issue", "issued_on",
        "revision_note",
    }  # fmt: skip


def test_a_name_cannot_break_out_of_its_cell(tmp_path: Path) -> None:
    evil = '<img src=x onerror="alert(1)"></script>'
    names = invented_tables()["department_names"].with_columns(name_zh=pl.lit(evil), name_en=pl.lit(evil))
    text = page_of(invented_run(tmp_path, invented_tables() | {"department_names": names}))
    tree = lxml.html.document_fromstring(text)
    assert tree.xpath("//img") == []
    assert tree.xpath("//section/@data-section") == SHOWN
    assert tree.xpath("//section[@data-section='departments']//td")[0].text.startswith(evil[:20])


def test_the_page_carries_the_glyphs_of_its_words(made: str) -> None:
    import base64
    import io

    from fontTools.ttLib import TTFont

    address = re.search(r"data:font/woff;base64,([^)]+)", made)
    assert address
    glyphs = TTFont(io.BytesIO(base64.b64decode(address[1]))).getBestCmap()
    words = "".join(lxml.html.document_fromstring(made).xpath("//main//p//text() | //main//td//text()"))
    words += "一二三四五六七八九十"  # the numbers of the sections, which the style sheet writes
    assert {character for character in words if not character.isspace() and ord(character) not in glyphs} == set()


@pytest.fixture(scope="module")
def notebook(run: Run) -> dict[str, Any]:
    return notebook_of(document_of(run))


@pytest.mark.parametrize("lost", range(9))  # set-up, head, six sections, foot
def test_a_page_without_one_of_its_parts_is_not_made(run: Run, notebook: dict[str, Any], lost: int) -> None:
    kept = [cell for number, cell in enumerate(notebook["cells"]) if number != lost]
    with pytest.raises(CheckFailedError, match="lacks a part"):
        page({"metadata": {}, "cells": kept}, document_of(run))


def test_a_section_shown_twice_is_not_published(run: Run, notebook: dict[str, Any]) -> None:
    twice = [*notebook["cells"], notebook["cells"][3]]
    with pytest.raises(CheckFailedError, match="lacks a part"):
        page({"metadata": {}, "cells": twice}, document_of(run))


@pytest.mark.parametrize(
    "fault",
    [
        {"metadata": {"papermill": {"exception": True}}},
        {"cells": [{"outputs": [{"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}]}]},
    ],
)
def test_a_failed_cell_makes_no_page(run: Run, notebook: dict[str, Any], fault: dict[str, Any]) -> None:
    with pytest.raises(CheckFailedError, match="a cell of the briefing failed"):
        page(notebook | fault, document_of(run))
