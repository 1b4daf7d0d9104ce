"""Lengths of limits, whole numbers, amounts of money and yes or no, as an export writes them.

A limit is a length and a unit, "20 working_days" or "20个工作日", in one column or in two. A length without its
unit is not a limit: it may mean working days or calendar days.

An amount may have a decimal comma and groups of thousands: 1234.50, 1,234.50, 1.234,50, 1234,5. A comma before exactly
three digits (1,234) groups thousands, unless a zero or more than three digits stand before it.
"""

import polars as pl

from efficacy_analytics.clock.limits import parsed_limit
from efficacy_analytics.errors import CallError

WHOLE_NUMBER = r"^[0-9]{1,6}$"
AMOUNT = pl.Decimal(18, 4)
CURRENCY = r"[¥￥€$£元圆\s\u00a0\u202f]"
GROUPED_BY_COMMA = r"^[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
GROUPED_BY_POINT = r"^[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+|\.[0-9]{3})$"
WITH_COMMA = r"^[+-]?[0-9]+,[0-9]+$"
WITH_POINT = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
BETWEEN = "\x1f"
YES = ("true", "yes", "y", "1", "是")
NO = ("false", "no", "n", "0", "否")


def limit_of(text: str) -> tuple[int, str] | None:
    """Length and unit of a limit such as "56 calendar_days"; None where it cannot be read."""
    if text.strip().isdigit():
        return None
    try:
        limit = parsed_limit(text)
    except CallError:
        return None
    return limit.length, limit.unit


def with_limit(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Reads the limit `name` ("statutory" or "promised") from its text, else from its length and unit.

    Args:
        frame: has `{name}_limit`, `{name}_length` and `{name}_unit` as text.
        name: whose limit.

    Returns:
        The frame with `{name}_length` INTEGER, `{name}_unit` and `?{name}_limit` (it cannot be read), and
        without `{name}_limit`.
    """
    limit, length, unit = f"{name}_limit", f"{name}_length", f"{name}_unit"
    if all(frame[column].null_count() == frame.height for column in (limit, length, unit)):
        return frame.with_columns(pl.col(length).cast(pl.Int32), pl.lit(False).alias(f"?{limit}")).drop(limit)
    is_given = pl.any_horizontal(pl.col(limit, length, unit).is_not_null())
    parts = pl.concat_str(pl.col(limit, length, unit).fill_null(""), separator=BETWEEN)
    written = frame.with_columns(pl.when(is_given).then(parts).alias(limit))
    texts = written[limit].drop_nulls().unique(maintain_order=True)
    readings = [_limit_of_parts(*(part or None for part in text.split(BETWEEN))) or (None, None) for text in texts]
    read = pl.DataFrame(
        {limit: texts, length: [one[0] for one in readings], unit: [one[1] for one in readings]},
        schema={limit: pl.String, length: pl.Int32, unit: pl.String},
    )
    return (
        written.drop(length, unit)
        .join(read, on=limit, how="left", maintain_order="left")
        .with_columns((pl.col(limit).is_not_null() & pl.col(unit).is_null()).alias(f"?{limit}"))
        .select(*(column for column in frame.columns if column != limit), f"?{limit}")  # as in a batch without limits
    )


def _limit_of_parts(limit: str | None, length: str | None, unit: str | None) -> tuple[int, str] | None:
    """A limit from its text, else from length and unit; a unit that the length says must be that of the column."""
    if limit is not None:
        return limit_of(limit)
    in_two = limit_of(" ".join(part for part in (length, unit) if part is not None))
    alone = None if in_two or length is None else limit_of(length)
    if alone is None:
        return in_two
    return alone if unit is None or limit_of(f"{alone[0]} {unit}") == alone else None


def with_whole_number(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Reads a count such as `extension_days`; `?{column}` says where it cannot be read."""
    text = pl.col(column).str.strip_chars()
    number = pl.when(text.str.contains(WHOLE_NUMBER)).then(text).cast(pl.Int32, strict=False)
    return frame.with_columns(number.alias(column), (text.is_not_null() & number.is_null()).alias(f"?{column}"))


def with_amount(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Reads an amount of money, exactly, to four places; `?{column}` says where it cannot be read."""
    text = pl.col(column).str.replace_all(CURRENCY, "")
    plain = (
        pl.when(text.str.contains(GROUPED_BY_COMMA))
        .then(text.str.replace_all(",", "", literal=True))
        .when(text.str.contains(GROUPED_BY_POINT))
        .then(text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(text.str.contains(WITH_COMMA))
        .then(text.str.replace(",", ".", literal=True))
        .when(text.str.contains(WITH_POINT))
        .then(text)
    )
    amount = plain.str.strip_prefix("+").cast(AMOUNT, strict=False)
    return frame.with_columns(
        amount.alias(column), (pl.col(column).is_not_null() & amount.is_null()).alias(f"?{column}")
    )


def with_yes_or_no(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Reads yes and no in the words exports use; `?{column}` says where it cannot be read."""
    text = pl.col(column).str.strip_chars().str.to_lowercase()
    answer = pl.when(text.is_in(YES)).then(True).when(text.is_in(NO)).then(False)
    return frame.with_columns(answer.alias(column), (text.is_not_null() & answer.is_null()).alias(f"?{column}"))
