"""Columns of time limits in a printed table: no number of days stands there without its unit.

Where all rows have one unit it stands in the heading, and the column is one of numbers; else each row says its own.
"""

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Column, column
from efficacy_analytics.vocabulary import KINDS, REASONS, TERMS, UNITS, Language, heading

ON_THE_SPOT = "on_the_spot"
"""The unit of which there is no number to tell."""


def limit_column(name: str, rows: pl.DataFrame, language: Language, *, unit: str = "limit_unit") -> Column:
    """A column of lengths of limits.

    Args:
        name: of the lengths, as `limit_days`.
        rows: of the table.
        language: "zh" or "en".
        unit: the column that says their units.
    """
    units = rows.drop_nulls(name)[unit].drop_nulls().unique().to_list()
    if len(units) != 1 or units[0] == ON_THE_SPOT:
        return Column(heading(name, language), lambda row: figures.limit(row[name], row[unit], language), meant=name)
    plain = column(name, language, lambda length: figures.number(length, language))
    return Column(with_unit(plain.heading, units[0], language), plain.written, name=name)


def with_unit(title: str, unit: str, language: Language) -> str:
    """A heading and the unit of what stands below it."""
    words = UNITS[unit][language].removeprefix("个")
    return f"{title}（{words}）" if language == "zh" else f"{title} ({words})"


def kind_column(language: Language) -> Column:
    """What was found for the item."""
    return column("kind", language, lambda kind: KINDS[kind][language], is_figure=False, meant="limit_kind")


def finding_columns(language: Language) -> list[Column]:
    """Whether a limit can be shortened, and why it is so."""
    none = TERMS["none"][language]
    return [
        kind_column(language),
        column(
            "reason",
            language,
            lambda reason: REASONS[reason][language] if reason else none,
            is_figure=False,
            meant="limit_reason",
        ),
    ]
