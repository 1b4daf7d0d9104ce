"""Names instead of codes, in the reader's language.

A name that stands for several codes is followed by its code, so that two activities are never taken for one.
"""

from collections import Counter

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
    called: dict[str, str] = {}
    for key, *given in table.select(pl.col(code, wanted, other).cast(pl.String)).iter_rows():
        called.setdefault(key, next((name for name in given if name is not None), key))
    count = Counter(called.values())
    names = [f"{name} ({key})" if count[name] > 1 and name != key else name for key, name in called.items()]
    return pl.DataFrame({code: list(called), "name": names}, schema={code: pl.String, "name": pl.String})


def named(table: pl.DataFrame, column: str, names: pl.DataFrame) -> pl.DataFrame:
    """The table with the codes of a column replaced by their names; a code without a name stays."""
    return table.with_columns(by_name(column, names))


def by_name(column: str, names: pl.DataFrame) -> pl.Expr:
    """A column with its codes replaced by their names (one row a code, the name beside it)."""
    return pl.col(column).cast(pl.String).replace(dict(names.iter_rows()))


def departments_named(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """A frame whose `department` says so where the data states none."""
    return frame.with_columns(pl.col("department").fill_null(DEPARTMENT_NOT_STATED[language]))
