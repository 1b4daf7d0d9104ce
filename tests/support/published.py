"""Documents of an invented run as a lake keeps them: workbooks and bare pages, registered under their numbers."""

import datetime as dt
from pathlib import Path

from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.evidence import json_inside_page, manifest_kept, origin_of
from efficacy_analytics.documents.briefing.masthead import masthead
from efficacy_analytics.documents.content import Content
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.findings.runs import open_run
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.workflows import issues
from support.invented_page import document_of
from support.invented_run import invented_run


def published(lake: Path, name: str, day: str, *, revision: int = 0, **given: str) -> list[Path]:
    """A briefing under its number, in both languages, as a page and a workbook without sections."""
    folder = lake / "findings" / "a1b2c3d4e5f6"
    run = open_run(folder) if folder.is_dir() else invented_run(lake)
    subject = {"kind": "briefing", "edition": given.get("edition", "internal"), "name": name.partition("-")[0]}
    issue = issues.number_for(lake, subject, is_supplement=False, day=dt.date(2025, 10, 15))
    (lake / "briefings").mkdir(exist_ok=True)
    made = []
    for language in ("zh", "en"):
        told = {**given, "language": language, "issue": issue.words(revision, language), "issued_on": day}
        document = document_of(run, **told)
        shown, parameters = document.shown, document.parameters
        content = Content(
            parameters.language, masthead(shown, parameters), [], colophon(shown, parameters),
            origin_of(shown, parameters), (2025, 10, 15),
        )  # fmt: skip
        page = lake / "briefings" / f"{name}-{language}.html"
        asked = document.parameters.model_dump(mode="json", exclude={"lake", "run"})
        page.write_text(
            f"<html><title>{content.full_title}</title><body>"
            f'<script type="application/json" id="briefing-parameters">{json_inside_page(asked)}</script>'
            f'<script type="application/json" id="manifest">{json_inside_page(manifest_kept(document.shown))}</script>'
            f"</body></html>",
            encoding="utf-8",
        )
        book = page.with_suffix(".xlsx")
        book.write_bytes(rendered(content, "xlsx"))
        made += [page, book]
    documents = [
        {"file": file.relative_to(lake).as_posix(), "sha256": file_sha256(file), "language": file.stem[-2:],
         "format": file.suffix[1:]}
        for file in made
    ]  # fmt: skip
    issues.keep(
        lake, issue, {"revision": revision, "run": run.name, "content": f"c{revision}", "figures": {},
                      "issued_on": day, "documents": documents},
    )  # fmt: skip
    return made
