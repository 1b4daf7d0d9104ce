"""Names instead of codes, in the reader's language.

A name that stands for several codes is followed by its code, so that two activities are never taken for one.
"""

import polars as pl

from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, Language


def names_in(table: pl.DataFrame, code: str, language: Language) -> pl.DataFrame:
    """What to call each code.

    Args:
        table: one row per code with `name_zh`, `name_en`; either may be null.
        code: the column of the code, as `activity`.
        language: "zh" or "en"; the other language's name stands in for a missing one, the code for both.

    Returns:
        One row per code, in the order of `table`: the code and `name`.
    """
    wanted, other = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
    key = pl.col(code).cast(pl.String)
    named = table.select(key, pl.coalesce(pl.col(wanted, other).cast(pl.String), key).alias("name")).unique(
        code, keep="first", maintain_order=True
    )
    is_shared = pl.len().over("name") > 1
    return named.with_columns(
        pl.when(is_shared & (pl.col("name") != key))
        .then(pl.format("{} ({})", "name", key))
        .otherwise("name")
        .alias("name")
    )


def named(table: pl.DataFrame, column: str, names: pl.DataFrame) -> pl.DataFrame:
    """The table with the codes of a column replaced by their names; a code without a name stays."""
    known = {row[0]: row[1] for row in names.rows()}
    return table.with_columns(pl.col(column).cast(pl.String).replace(known))


def departments_named(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """A frame whose `department` says so where the data states none."""
    return frame.with_columns(pl.col("department").fill_null(DEPARTMENT_NOT_STATED[language]))
