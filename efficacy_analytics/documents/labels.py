"""Names for the codes in the tables of a run, where the export gave any."""

import polars as pl

from efficacy_analytics.charts.style.names import by_name, names_in
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.vocabulary import Language

LABELLED = {
    "activity": "activity", "next_activity": "activity", "step": "activity", "step_activity": "activity",
    "step_next_activity": "activity", "bottleneck_activity": "activity", "bottleneck_next_activity": "activity",
    "department": "department", "item": "item",
}  # fmt: skip


CODES = ("department", "item")


def names_of(findings: Findings, code: str, language: Language) -> pl.DataFrame:
    """What to call each activity, department or item; empty where the run has no names.

    Returns:
        One row per code: the code and `name`.
    """
    table = f"{code}_names"
    if table not in findings.manifest["tables"]:
        return pl.DataFrame(schema={code: pl.String, "name": pl.String})
    return names_in(findings.table(table), code, language)


def readable(findings: Findings, table: str, language: Language) -> pl.DataFrame:
    """A table of the run with names instead of codes in its columns of activities, departments and items."""
    return in_words(findings, findings.table(table), language)


def in_words(findings: Findings, frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Any frame with names instead of codes in its columns of activities, departments and items.

    Returns:
        The frame; `department_code` and `item_code` keep the codes, by which rows stand in the same order in every
        language.
    """
    columns = {column: code for column, code in LABELLED.items() if column in frame.columns}
    names = {code: names_of(findings, code, language) for code in set(columns.values())}
    return frame.with_columns(
        *(pl.col(name).alias(f"{name}_code") for name in CODES if name in frame.columns),
        *(by_name(column, names[code]) for column, code in columns.items()),
    )


def name_of(findings: Findings, code: str, value: str, language: Language) -> str:
    """The name of one code, else the code."""
    names = dict(names_of(findings, code, language).rows())
    return str(names.get(value, value))
