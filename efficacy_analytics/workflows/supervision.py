"""Writes what is open as files: the board as a page, the list of what to attend to as a workbook or a calendar."""

import datetime as dt
from pathlib import Path
from typing import Final

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.board import open_cases, open_flow, open_stock
from efficacy_analytics.findings.supervision.day import judged_day
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.steps import file_name

FILE_FORMS: Final = ("xlsx", "ics")


def write_board(
    lake: Path,
    cohort: Cohort,
    output: Path | None,
    *,
    language: Language,
    as_on: dt.date | None = None,
    progress: Progress = silent,
) -> Path:
    """Writes the page of the board; without `output` into the lake's `supervision/`.

    Raises:
        CallError: the file is not an HTML file.
        EfficacyError: the disk is full, or does not let the file be written.
    """
    from efficacy_analytics.documents.pages.supervision.page import board_page

    if output and output.suffix != ".html":
        raise CallError(f"a page is not written as '{output.suffix or output.name}'.", hint="name a file .html")
    with progress("open cases"), open_log(lake, cohort, in_force=settings()) as log:
        day = judged_day(log, as_on)
        tables = {one.__name__: one(log, as_on=day) for one in (open_cases, open_stock, open_flow, warnings)}
        page = board_page(log, tables, language, cohort=cohort.as_dict(), as_on=day)
    return _written(lake, output, f"{_name('open', cohort, day, language)}.html", page.encode())


def write_to_do(
    lake: Path,
    cohort: Cohort,
    form: str,
    output: Path | None,
    *,
    language: Language,
    as_on: dt.date | None = None,
    progress: Progress = silent,
) -> Path:
    """Writes the list of what to attend to as `xlsx` or `ics`; without `output` into the lake's `supervision/`.

    Raises:
        EfficacyError: the disk is full, or does not let the file be written.
    """
    from efficacy_analytics.documents.pages.supervision.calendar_file import calendar_file
    from efficacy_analytics.documents.pages.supervision.to_do import to_do_list
    from efficacy_analytics.documents.pages.supervision.workbook import workbook

    with progress("warnings"), open_log(lake, cohort, in_force=settings()) as log:
        day = judged_day(log, as_on)
        to_do = to_do_list(log, warnings(log, as_on=day), language)
    made = (
        workbook(to_do, language, as_on=day) if form == "xlsx" else calendar_file(to_do, language, as_on=day).encode()
    )
    return _written(lake, output, f"{_name('to_do', cohort, day, language)}.{form}", made)


def _name(what: str, cohort: Cohort, day: dt.date, language: Language) -> str:
    return file_name(what, *(value for value in (cohort.department, cohort.item) if value), day.isoformat(), language)


def _written(lake: Path, output: Path | None, name: str, content: bytes) -> Path:
    file = output or lake / "supervision" / name
    with told_of_the_disk(file.parent, f"{file.name} could not be written"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return file
