"""Are the figures of a finished page right? Everything is made again from the snapshot the page names, and compared.

Compared are the tables the page carries with tables computed afresh, the sentences, every figure printed in a table,
and, where the page was made by this version, every letter of it: so a page changed by hand is found out wherever it was
changed.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html
import polars as pl

from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.briefing.document import COHORT, Document
from efficacy_analytics.documents.briefing.evidence import DECIDING_SETTINGS, SNAPSHOT_FACTS, plain
from efficacy_analytics.documents.briefing.page import page as whole_page
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, checked
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.errors import CallError, CheckFailedError
from efficacy_analytics.event_log.build import at_hand
from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.event_log.snapshots import Snapshot, open_snapshot
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.findings.disclosure.public_findings import needed
from efficacy_analytics.settings import settings
from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256

PRINTED = ".//p | .//dd | .//td | .//th | .//h1 | .//h2 | .//caption | .//figcaption | .//li | .//dt | .//span"
"""What a reader reads; a chart's own text lies in its specification, which is compared too."""

HINT = "the page was changed, or made by another version; `efficacy brief` makes it again"


@dataclass(frozen=True)
class Recomputed:
    """The findings of a page, made again."""

    manifest: dict[str, Any]
    tables: dict[str, pl.DataFrame]

    def table(self, name: str) -> pl.DataFrame:
        """A recomputed table by its name."""
        return self.tables[name]


def verify(document: Path, lake: Path) -> list[Check]:
    """Recomputes every figure of a briefing from the snapshot it names; one that was pruned is made again for it.

    Args:
        document: the page's file.
        lake: the lake that holds the snapshot.

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
    again = Document(_recomputed(manifest, lake), parameters)
    checks = [_table_agrees(name, carried, again.shown.table(name)) for name in manifest["tables"]]
    parts = {
        "masthead": again.masthead().html,
        **{name: again.section(name).html for name in SECTIONS},
        "colophon": again.colophon().html,
    }
    checks += [_part_agrees(name, page, lxml.html.fromstring(html)) for name, html in parts.items()]
    _check_asked(parameters, manifest["cohort"])
    if manifest.get("code_sha256") != code_sha256():
        return checks  # another version may print the same figures with other letters around them
    return [*checks, _whole_agrees(document.read_text(encoding="utf-8"), again, parts.values())]


def _check_asked(parameters: BriefingParameters, cohort: dict[str, str | None]) -> None:
    """What the page says it was asked for is what its figures are of."""
    for name in COHORT:
        asked = getattr(parameters, name)
        if asked is not None and str(asked) != cohort.get(name):
            raise CheckFailedError(f"the page was asked for {name} {asked}, and is of {cohort.get(name)}.", hint=HINT)


def _whole_agrees(had: str, again: Document, parts: Iterable[str]) -> Check:
    """Nothing stands on the page besides its parts: no sentence, style or script that was put there by hand."""
    shown = [again.setup().html, *parts]
    cells = [{"outputs": [{"output_type": "display_data", "data": {"text/html": html}}]} for html in shown]
    has = whole_page({"cells": cells}, again)
    if had == has:
        return Check("the whole page", len(has), "letters")
    at = next((place for place, pair in enumerate(zip(had, has, strict=False)) if pair[0] != pair[1]), len(has))
    old, new = (" ".join(text[max(0, at - 40) : at + 60].split()) for text in (had, has))
    raise CheckFailedError(
        f"the page differs from letter {at + 1:,}, outside its figures: “{_cut(old)}”, made again “{_cut(new)}”.",
        hint=HINT,
    )


def _read(document: Path) -> Any:
    if not document.is_file():
        raise CallError(f"there is no file {document}.", hint="give the page that `efficacy brief` printed")
    return lxml.html.document_fromstring(
        document.read_text(encoding="utf-8"), parser=lxml.html.HTMLParser(huge_tree=True)
    )


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


def _recomputed(manifest: dict[str, Any], lake: Path) -> Recomputed:
    """The tables made again, from the snapshot and the cohort that the page names, under the same settings."""
    mine = json.loads(json.dumps(dataclasses.asdict(settings())))
    for name in DECIDING_SETTINGS:
        if mine[name] != manifest["settings"].get(name):
            raise CheckFailedError(
                f"the page was made with other settings of '{name}'.", hint="use the settings.toml it was made with"
            )
    with at_hand(lake, manifest["snapshot"]["snapshot"]) as found:
        names = tuple(needed(manifest["tables"]))
        deciding = json.dumps(mine, sort_keys=True)
        facts, tables = _answered(found, file_sha256(found.path), _cohort(manifest["cohort"]), names, deciding)
    told = (*SNAPSHOT_FACTS, "notices")  # the page shows the notices in words alone
    snapshot = {name: str(value) for name, value in facts.items() if name in told and value is not None}
    return Recomputed({**manifest, "snapshot": snapshot}, tables)


@lru_cache(maxsize=4)
def _answered(
    snapshot: Snapshot, _sha256: str, cohort: Cohort, names: tuple[str, ...], _settings: str
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """What a snapshot says of itself, and its tables for a cohort: made once for all pages of one run.

    The hash of the snapshot's file and the settings are asked for because they decide the answer too.
    """
    with open_snapshot(snapshot) as log:
        tables: dict[str, pl.DataFrame] = {}
        for is_of_history, chosen in ((True, cohort.history), (False, cohort)):
            choose(log, chosen)
            made = [name for name in names if table(name).is_of_history == is_of_history]
            tables |= {name: table(name).make(log) for name in made}
        return log.run("snapshot_facts").row(0, named=True), tables


def _cohort(told: dict[str, str | None]) -> Cohort:
    days = [dt.date.fromisoformat(day) if day else None for day in (told["accepted_from"], told["accepted_until"])]
    return Cohort(days[0], days[1], told["department"], told["item"], told["where"])


def _table_agrees(name: str, carried: dict[str, Any], again: pl.DataFrame) -> Check:
    had, has = carried.get(name, {"columns": {}, "rows": []}), plain(again)
    if list(had["columns"].items()) != list(has["columns"].items()):
        raise CheckFailedError(f"table '{name}' has other columns than recomputed.", hint=HINT)
    if len(had["rows"]) != len(has["rows"]):
        raise CheckFailedError(f"table '{name}' has {len(had['rows'])} rows, recomputed {len(has['rows'])}.", hint=HINT)
    for number, (old, new) in enumerate(zip(had["rows"], has["rows"], strict=True), start=1):
        for column, value, made in zip(has["columns"], old, new, strict=True):
            if value != made:
                raise CheckFailedError(
                    f"table '{name}', row {number}, {column}: the page has {value}, recomputed {made}.", hint=HINT
                )
    return Check(f"table {name}", len(has["rows"]) * len(has["columns"]))


def _part_agrees(name: str, page: Any, again: Any) -> Check:
    mark = f"@data-section='{name}'" if name in SECTIONS else f"contains(@class, '{name}')"
    found = page.xpath(f"//main//*[self::section or self::header or self::footer][{mark}]")
    if len(found) != 1:
        raise CheckFailedError(f"the page has {len(found)} parts '{name}', not one.", hint=HINT)
    had, has = list(_printed(found[0])), list(_printed(again))
    for old, new in zip(had, has, strict=False):
        if old != new:
            raise CheckFailedError(f"part '{name}': the page has “{_cut(old)}”, recomputed “{_cut(new)}”.", hint=HINT)
    if len(had) != len(has):
        raise CheckFailedError(f"part '{name}' has {len(had)} texts, recomputed {len(has)}.", hint=HINT)
    return Check(f"part {name}", len(has))


def _printed(part: Any) -> Iterator[str]:
    """The texts of a part in reading order, then what its charts are drawn from."""
    for element in part.xpath(PRINTED):
        yield " ".join(element.text_content().split())
    for element in part.xpath(".//script[@type='application/json']"):
        yield element.text


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "…"
