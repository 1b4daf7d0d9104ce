"""Writes what is open as files: the board as a page, the list of what to attend to as a workbook or a calendar.

Reads what an audit of a sample of cases found, as an office fills it in.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.board import open_cases, open_flow, open_stock
from efficacy_analytics.findings.supervision.day import judged_day
from efficacy_analytics.findings.supervision.responsibility import breach_causes
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.steps import chosen_parts, file_name

PAGE: Final = "page"
FILE_FORMS: Final = ("xlsx", "ics")
"""Forms of the list of what to attend to."""
ANSWERS: Final = {
    **dict.fromkeys(("true", "yes", "1", "是"), True),
    **dict.fromkeys(("false", "no", "0", "否"), False),
}
AUDITED: Final = ("department", "is_late", "stratum_case_count", "is_found")


def write_supervision(
    lake: Path,
    cohort: Cohort,
    form: str,
    output: Path | None,
    *,
    language: Language,
    as_on: dt.date | None = None,
    progress: Progress = silent,
) -> Path:
    """Writes the board as a `page`, or the list of what to attend to as `xlsx` or `ics`.

    Args:
        lake: the lake's folder.
        cohort: the cases.
        form: "page", "xlsx" or "ics".
        output: the file; without it one in the lake's `supervision/`.
        language: "zh" or "en".
        as_on: the day; by default that of the snapshot.
        progress: how far the work has come.

    Raises:
        CallError: the file's name says that it is of another form.
        EfficacyError: the disk is full, or does not let the file be written.
    """
    what, ending = ("open", "html") if form == PAGE else ("to_do", form)
    if output and output.suffix != f".{ending}":
        told = "a page" if form == PAGE else f"the form {form}"
        raise CallError(f"{told} is not written as '{output.suffix or output.name}'.", hint=f"name a file .{ending}")
    with progress("open cases"), open_log(lake, cohort, in_force=settings()) as log:
        day = judged_day(log, as_on)
        content = MAKERS[form](log, cohort, language, day)
    name = file_name(what, *chosen_parts(cohort), day.isoformat(), language)
    file = output or lake / "supervision" / f"{name}.{ending}"
    with told_of_the_disk(file.parent, f"{file.name} could not be written"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return file


def explained_breaches(
    lake: Path, cohort: Cohort, *, language: Language, as_on: dt.date | None = None, progress: Progress = silent
) -> pl.DataFrame:
    """One sentence on each late case: which steps took longer than usual, and whose they are."""
    from efficacy_analytics.documents.pages.supervision.explanations import breach_explanations

    with progress("late cases"), open_log(lake, cohort, in_force=settings()) as log:
        return breach_explanations(log, breach_causes(log, as_on=as_on), language)


def read_audited(file: Path) -> pl.DataFrame:
    """The sample in a CSV file, with what was found: yes, no, or nothing where a case was not looked at.

    Returns:
        One row per case: `department`, `is_late`, `stratum_case_count`, `is_found`.

    Raises:
        CallError: a column is missing, or a cell cannot be read.
    """
    try:
        rows = pl.read_csv(file, infer_schema=False).select(AUDITED)
        return rows.with_columns(
            pl.col("stratum_case_count").cast(pl.Int64),
            *(_answers(rows[name]) for name in ("is_late", "is_found")),
        )
    except pl.exceptions.PolarsError as fault:
        raise CallError(
            f"{file.name} cannot be read as an audited sample: {str(fault).splitlines()[0]}",
            hint="the columns of audit_sample as CSV, and is_found: yes, no, or empty",
        ) from None


def _answers(cells: pl.Series) -> pl.Series:
    said = cells.str.strip_chars().str.to_lowercase().replace("", None)
    unknown = said.drop_nulls().filter(~said.drop_nulls().is_in(list(ANSWERS)))
    if unknown.len():
        raise CallError(f"{cells.name} says '{unknown[0]}'.", hint=f"one of: {', '.join(ANSWERS)}")
    return said.replace_strict(ANSWERS, return_dtype=pl.Boolean)


def _page(log: Session, cohort: Cohort, language: Language, day: dt.date) -> bytes:
    from efficacy_analytics.documents.pages.supervision.page import board_page

    tables = {one.__name__: one(log, as_on=day) for one in (open_cases, open_stock, open_flow, warnings)}
    return board_page(log, tables, language, cohort=cohort.as_dict(), as_on=day).encode()


def _workbook(log: Session, cohort: Cohort, language: Language, day: dt.date) -> bytes:
    from efficacy_analytics.documents.pages.supervision.to_do import to_do_list
    from efficacy_analytics.documents.pages.supervision.workbook import workbook

    del cohort
    return workbook(to_do_list(log, warnings(log, as_on=day), language), language, as_on=day)


def _calendar(log: Session, cohort: Cohort, language: Language, day: dt.date) -> bytes:
    from efficacy_analytics.documents.pages.supervision.calendar_file import calendar_file
    from efficacy_analytics.documents.pages.supervision.to_do import to_do_list

    del cohort
    return calendar_file(to_do_list(log, warnings(log, as_on=day), language), language, as_on=day).encode()


MAKERS: Final[Mapping[str, Callable[[Session, Cohort, Language, dt.date], bytes]]] = {
    PAGE: _page,
    "xlsx": _workbook,
    "ics": _calendar,
}
