"""Auditing the records: `honesty`."""

from pathlib import Path
from typing import Literal

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, cohort_of, taking
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import settings
from efficacy_analytics.system.progress import Progress

OUT_OPTIONS = (
    click.option(
        "--format", "form", metavar="FORM", default="page", show_default=True, help="page, table, json, csv, parquet."
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
)


@app.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the page.")
@taking(OUT_OPTIONS, COHORT_OPTIONS)
def honesty(
    *,
    lake: Path,
    progress: Progress,
    form: str,
    output: Path | None,
    language: Literal["zh", "en"],
    department: str | None,
    **cohort: str | None,
) -> None:
    """How honest the records are, department by department.

    All departments are compared; --department shows one of them, check by check.
    Each finding is a question, not a verdict.

    \b
    efficacy honesty --language en
    efficacy honesty --department D12
    efficacy honesty --format csv --output checks.csv
    """
    from efficacy_analytics.documents.pages.honesty_terminal import honesty_page
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.findings.honesty import audit
    from efficacy_analytics.lake.notices import notice_lines, noticed
    from efficacy_analytics.system.tabulate import checked_format, write_table
    from efficacy_analytics.workflows.steps import kept_notices

    if form != "page":
        checked_format(form, output)
    with progress("honesty"), open_log(lake, cohort_of(department=None, **cohort), in_force=settings()) as log:
        checks = audit.honesty_checks(log)
        _check_known(department, checks["department"].to_list())
        if form != "page":
            kept = checks if department is None else checks.filter(checks["department"] == department)
            write_table(kept, form, output)
            return
        scores, evidence = audit.honesty(log), audit.honesty_evidence(log)
        page = honesty_page(log, checks, scores, evidence, language, department=department)
        page += "".join(f"{line}\n" for line in notice_lines(noticed(kept_notices(lake)), language))
    if output is None:
        print(page, end="")
    else:
        output.write_text(page, encoding="utf-8")
        print(output)


def _check_known(department: str | None, departments: list[str | None]) -> None:
    if department is not None and department not in departments:
        known = ", ".join(sorted({code for code in departments if code is not None}))
        raise CallError(f"no department '{department}' has cases or steps.", hint=f"one of: {known}")
