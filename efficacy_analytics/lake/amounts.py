"""Lengths of limits, whole numbers and yes or no, as an export writes them.

A limit is a length and a unit: "20 working_days", or "on_the_spot", whose length is 0.
"""

import re

import polars as pl

from efficacy_analytics.lake.layout_keys import UNITS

ON_THE_SPOT = "on_the_spot"
LIMIT = re.compile(rf"^(?:(\d{{1,6}}) +)?({'|'.join(UNITS)})$")
WHOLE_NUMBER = r"^\d{1,6}$"
YES = ("true", "yes", "y", "1", "是")
NO = ("false", "no", "n", "0", "否")


def limit_of(text: str) -> tuple[int, str] | None:
    """Length and unit of a limit such as "56 calendar_days"; None where it cannot be read."""
    found = LIMIT.match(text.strip())
    if found is None:
        return None
    length, unit = found.groups()
    if unit == ON_THE_SPOT:
        return (0, unit) if int(length or 0) == 0 else None
    return (int(length), unit) if length is not None else None


def with_limit(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Reads the limit `name` ("statutory" or "promised") from its text, or from its length and unit.

    Args:
        frame: has `{name}_limit`, `{name}_length` and `{name}_unit` as text; the text of the limit wins.
        name: whose limit.

    Returns:
        The frame with `{name}_length` INTEGER, `{name}_unit` and `?{name}_limit` (it cannot be read), and
        without `{name}_limit`.
    """
    written = pl.col(f"{name}_limit").str.strip_chars()
    parts = written.str.splitn(" ", 2)
    bare_unit = written == ON_THE_SPOT
    length = pl.coalesce(
        pl.when(bare_unit).then(pl.lit("0")).otherwise(parts.struct.field("field_0")), f"{name}_length"
    ).str.strip_chars()
    unit = pl.coalesce(
        pl.when(bare_unit).then(written).otherwise(parts.struct.field("field_1")),
        pl.when(written.is_null()).then(pl.col(f"{name}_unit")),
    ).str.strip_chars()
    length = pl.when(unit == ON_THE_SPOT).then(length.fill_null("0")).otherwise(length)
    number = pl.when(length.str.contains(WHOLE_NUMBER)).then(length).cast(pl.Int32, strict=False)
    readable = number.is_not_null() & unit.is_in(UNITS) & ((unit != ON_THE_SPOT) | (number == 0))
    given = length.is_not_null() | unit.is_not_null()
    return frame.with_columns(
        number.alias(f"{name}_length"),
        unit.alias(f"{name}_unit"),
        (given & ~readable.fill_null(False)).alias(f"?{name}_limit"),
    ).drop(f"{name}_limit")


def with_whole_number(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Reads a count such as `extension_days`; `?{column}` says where it cannot be read."""
    text = pl.col(column).str.strip_chars()
    number = pl.when(text.str.contains(WHOLE_NUMBER)).then(text).cast(pl.Int32, strict=False)
    return frame.with_columns(number.alias(column), (text.is_not_null() & number.is_null()).alias(f"?{column}"))


def with_yes_or_no(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Reads yes and no in the words exports use; `?{column}` says where it cannot be read."""
    text = pl.col(column).str.strip_chars().str.to_lowercase()
    answer = pl.when(text.is_in(YES)).then(True).when(text.is_in(NO)).then(False)
    return frame.with_columns(answer.alias(column), (text.is_not_null() & answer.is_null()).alias(f"?{column}"))
