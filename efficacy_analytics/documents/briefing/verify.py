"""Are the figures of a finished page right? Everything is made again from the snapshot the page names, and compared.

Compared are the tables the page carries with tables computed afresh, everything the page says, and, where it was made
by this version, every letter of it: so a page changed by hand is found out wherever it was changed.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import lxml.html
import polars as pl

from efficacy_analytics.documents.blocks import OTHERWISE_MADE, Check
from efficacy_analytics.documents.briefing.document import COHORT, Document
from efficacy_analytics.documents.briefing.evidence import plain
from efficacy_analytics.documents.briefing.page import page as whole_page
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, checked
from efficacy_analytics.documents.briefing.recomputed import HINT, recomputed
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.render.reading import words_of
from efficacy_analytics.errors import CallError, CheckFailedError, DiffersError
from efficacy_analytics.settings import Settings
from efficacy_analytics.system.code import code_sha256

PRINTED = ".//p | .//dd | .//td | .//th | .//h1 | .//h2 | .//caption | .//figcaption | .//li | .//dt | .//span"
"""What a reader reads; a chart's own text lies in its specification, which is compared too."""


def verify(document: Path, lake: Path, in_force: Settings) -> list[Check]:
    """Recomputes every figure of a briefing from the snapshot it names; one that was pruned is made again for it.

    Args:
        document: the page's file.
        lake: the lake that holds the snapshot.
        in_force: the settings of now.

    Returns:
        What agreed: one check per table, one per part of the page.

    Raises:
        CallError: the file is no briefing, or the lake never had its snapshot.
        CheckFailedError: something differs; the first figure that does is named. Or the snapshot was pruned, and what
            it was made from is no more.
    """
    page = _read(document)
    manifest = _carried(page, document, "manifest")
    carried = _carried(page, document, "findings")
    parameters = checked(_carried(page, document, "briefing-parameters"))
    again = Document(recomputed(manifest, lake, in_force), parameters)
    _check_shown(manifest["tables"], again.shown.manifest["tables"])
    checks = [_table_agrees(name, carried, again.shown.table(name)) for name in manifest["tables"]]
    parts = {
        "masthead": again.masthead().html,
        **{name: again.section(name).html for name in again.section_names},
        "colophon": again.colophon().html,
    }
    checks += [_part_agrees(name, page, lxml.html.fromstring(html)) for name, html in parts.items()]
    check_asked(parameters, manifest["cohort"])
    made = _made_again(again, parts.values())
    if manifest.get("code_sha256") != code_sha256():  # another version may print the same texts with other letters
        return [*checks, _words_agree(page, made)]
    return [*checks, _whole_agrees(document.read_text(encoding="utf-8"), made)]


def briefing_origin(document: Path) -> dict[str, Any]:
    """What the page of a briefing says that it was made from: `kind`, `parameters`, `manifest`.

    Raises:
        CallError: the file is no briefing.
        CheckFailedError: what it says cannot be read.
    """
    page = _read(document)
    told = {
        key: _carried(page, document, name)
        for key, name in (("manifest", "manifest"), ("parameters", "briefing-parameters"))
    }
    return {"kind": "briefing", **told}


def _check_shown(carried: Iterable[str], shown: Iterable[str]) -> None:
    """The page carries no table that its edition does not show."""
    more = [name for name in carried if name not in shown]
    if more:
        raise CheckFailedError(f"the page carries table '{more[0]}', which its edition does not show.", hint=HINT)


def check_asked(parameters: BriefingParameters, cohort: dict[str, str | None]) -> None:
    """What the page says it was asked for is what its figures are of."""
    for name in COHORT:
        asked = getattr(parameters, name)
        if asked is not None and str(asked) != cohort.get(name):
            raise CheckFailedError(f"the page was asked for {name} {asked}, and is of {cohort.get(name)}.", hint=HINT)


def _made_again(again: Document, parts: Iterable[str]) -> str:
    """The whole page of the parts that were made again."""
    shown = [again.setup().html, *parts]
    cells = [{"outputs": [{"output_type": "display_data", "data": {"text/html": html}}]} for html in shown]
    return whole_page({"cells": cells}, again)


def _words_agree(page: Any, made: str) -> Check:
    """Nothing is said on the page besides what is said on the one made again."""
    had, has = list(words_of(page)), list(words_of(_parsed(made)))
    for (_, old), (place, new) in zip_longest(had, has, fillvalue=("the end of the page", "")):
        if old != new:
            raise DiffersError(f"{place}: the page has “{cut(old)}”.", made_again=cut(new), hint=HINT)
    return Check(OTHERWISE_MADE.format("texts of the page"), len(has), "texts")


def _whole_agrees(had: str, has: str) -> Check:
    """Nothing stands on the page besides its parts: no sentence, style or script that was put there by hand."""
    if had == has:
        return Check("the whole page", len(has), "letters", is_whole=True)
    at = next((place for place, pair in enumerate(zip(had, has, strict=False)) if pair[0] != pair[1]), len(has))
    old, new = (" ".join(text[max(0, at - 40) : at + 60].split()) for text in (had, has))
    raise DiffersError(
        f"the page differs from letter {at + 1:,}, outside its figures: “{cut(old)}”.", made_again=cut(new), hint=HINT
    )


def _read(document: Path) -> Any:
    if not document.is_file():
        raise CallError(f"there is no file {document}.", hint="give the page that `efficacy brief` printed")
    return _parsed(document.read_text(encoding="utf-8"))


def _parsed(text: str) -> Any:
    return lxml.html.document_fromstring(text, parser=lxml.html.HTMLParser(huge_tree=True))


def _carried(page: Any, document: Path, name: str) -> Any:
    found = page.xpath("//script[@id=$name]", name=name)
    if len(found) != 1:
        raise CallError(
            f"{document} is no briefing of ours: it carries no '{name}'.", hint="give a page made by `efficacy brief`"
        )
    try:
        return json.loads(found[0].text)
    except ValueError:
        raise CheckFailedError(
            f"the '{name}' that {document} carries cannot be read.", hint="make the page again"
        ) from None


def _table_agrees(name: str, carried: dict[str, Any], again: pl.DataFrame) -> Check:
    had, has = carried.get(name, {"columns": {}, "rows": []}), plain(again)
    if list(had["columns"].items()) != list(has["columns"].items()):
        raise CheckFailedError(f"table '{name}' has other columns than recomputed.", hint=HINT)
    if len(had["rows"]) != len(has["rows"]):
        raise DiffersError(
            f"table '{name}' has {len(had['rows'])} rows, and other than recomputed.",
            made_again=f"{len(has['rows'])} rows", hint=HINT,
        )  # fmt: skip
    for number, (old, new) in enumerate(zip(had["rows"], has["rows"], strict=True), start=1):
        for column, value, made in zip(has["columns"], old, new, strict=True):
            if value != made:
                raise DiffersError(
                    f"table '{name}', row {number}, {column}: the page has {value}, and other than recomputed.",
                    made_again=str(made), hint=HINT,
                )  # fmt: skip
    return Check(f"table {name}", len(has["rows"]) * len(has["columns"]))


def _part_agrees(name: str, page: Any, again: Any) -> Check:
    mark = f"@data-section='{name}'" if name in SECTIONS else f"contains(@class, '{name}')"
    found = page.xpath(f"//main//*[self::section or self::header or self::footer][{mark}]")
    if len(found) != 1:
        raise CheckFailedError(f"the page has {len(found)} parts '{name}', not one.", hint=HINT)
    had, has = list(_printed(found[0])), list(_printed(again))
    for old, new in zip(had, has, strict=False):
        if old != new:
            problem = f"part '{name}': the page has “{cut(old)}”, and other than recomputed."
            raise DiffersError(problem, made_again=cut(new), hint=HINT)
    if len(had) != len(has):
        problem = f"part '{name}' has {len(had)} texts, and other than recomputed."
        raise DiffersError(problem, made_again=f"{len(has)} texts", hint=HINT)
    return Check(f"part {name}", len(has))


def _printed(part: Any) -> Iterator[str]:
    """The texts of a part in reading order, then what its charts are drawn from."""
    for element in part.xpath(PRINTED):
        yield " ".join(element.text_content().split())
    for element in part.xpath(".//script[@type='application/json']"):
        yield element.text


def cut(text: str) -> str:
    """A text short enough to be told."""
    return text if len(text) <= 120 else text[:117] + "…"
