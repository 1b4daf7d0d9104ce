"""Columns of MySQL: what type each is, how its values become text without a loss, and how one is written back.

The server sends every value as text, and text as the bytes that are stored (`character_set_results = null`): they are
decoded here, strictly, for the server would put a question mark in place of what it cannot read.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pymysql.charset import charset_by_id
from pymysql.constants import FIELD_TYPE, FLAG

from efficacy_analytics.lake.database.faults import not_in_encoding

INTEGERS = {
    FIELD_TYPE.TINY: "tinyint",
    FIELD_TYPE.SHORT: "smallint",
    FIELD_TYPE.INT24: "mediumint",
    FIELD_TYPE.LONG: "int",
    FIELD_TYPE.LONGLONG: "bigint",
}
PLAIN = {
    **INTEGERS,
    FIELD_TYPE.DECIMAL: "decimal",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.TIMESTAMP: "timestamp",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.YEAR: "year",
    FIELD_TYPE.BIT: "bit",
    FIELD_TYPE.JSON: "json utf8mb4",
}
TEXTS = {
    FIELD_TYPE.VARCHAR: "varchar",
    FIELD_TYPE.VAR_STRING: "varchar",
    FIELD_TYPE.STRING: "char",
    **dict.fromkeys((FIELD_TYPE.BLOB, FIELD_TYPE.TINY_BLOB, FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB), "text"),
}
BINARY, BINARY_CHARSET = "binary", "binary"
CODECS = {
    **dict.fromkeys(("utf8", "utf8mb3", "utf8mb4"), "utf-8"),
    "ascii": "ascii",
    "latin1": "cp1252",
    **dict.fromkeys(("gbk", "gb2312", "gb18030"), "gb18030"),
    "big5": "cp950",
}
"""How bytes of a character set are decoded; text of any other is converted by the server."""

DECLARED_IN_VAIN = ("latin1", "ascii")
"""What old systems declare where they keep bytes of another encoding."""

UTC = "+00:00"
WATERMARKS = {
    "timestamp": "time",
    "datetime": "time",
    "date": "date",
    "decimal": "number",
    **{name + sign: "number" for name in INTEGERS.values() for sign in ("", " unsigned")},
}


def type_named(code: int, charset_id: int, flags: int) -> str:
    """The type of a column of a result: `bigint unsigned`, `datetime`, `varchar latin1`, `binary`."""
    if code in PLAIN:
        is_unsigned = code in INTEGERS and flags & FLAG.UNSIGNED
        return PLAIN[code] + (" unsigned" if is_unsigned else "")
    charset = _charset(charset_id)
    if code not in TEXTS or charset == BINARY_CHARSET:
        return BINARY
    name = "enum" if flags & FLAG.ENUM else "set" if flags & FLAG.SET else TEXTS[code]
    return f"{name} {charset}"


def named(column: str) -> str:
    """A column's name in SQL."""
    return "`" + column.replace("`", "``") + "`"


def as_text(column: str, kind: str) -> str:
    """The SQL of a column's values as text, or as the bytes of text."""
    name = named(column)
    if kind == "timestamp":  # an instant, in a session of UTC; that of no day is none
        return f"concat({name}, if({name} = 0, '', '{UTC}'))"
    if kind == "float":  # alone it is sent with six digits
        return f"{name} + 0e0"
    if kind == "bit":
        return f"{name} + 0"
    if kind == BINARY:
        return f"concat('0x', hex({name}))"
    if _is_text(kind) and _charset_of(kind) not in CODECS:
        return f"convert({name} using utf8mb4)"
    return name


def ordered(column: str, kind: str, *, is_unique: bool) -> str:
    """The SQL by which a column's values are ordered and told apart.

    Two texts that differ may be equal to the server ('a' and 'A', 'a' and 'a '), unless it keeps them unique; then
    its own order is one without ties, and has an index.
    """
    if _is_text(kind) and (not is_unique or kind.startswith(("enum", "set"))):
        return f"cast(concat({as_text(column, kind)}) as binary)"
    return named(column)


def literal(kind: str, text: str, encoding: str | None, *, is_unique: bool) -> str:
    """The SQL of one value, to be compared with `ordered`."""
    if kind == BINARY:
        return f"x'{bytes.fromhex(text.removeprefix('0x')).hex()}'"
    if _is_text(kind):
        charset = _charset_of(kind) if _charset_of(kind) in CODECS else "utf8mb4"
        content = f"x'{text.encode(codec_of(kind, encoding)).hex()}'"
        return f"_{charset} {content}" if is_unique and not kind.startswith(("enum", "set")) else content
    if kind in ("timestamp", "datetime", "date", "time"):
        typed = {"date": "date", "time": "time(6)"}.get(kind, "datetime(6)")
        return f"cast({quoted(text.removesuffix(UTC))} as {typed})"
    return f"{Decimal(text):f}"


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def codec_of(kind: str, encoding: str | None) -> str:
    """How the bytes of a column's texts are decoded.

    Args:
        kind: the column's type.
        encoding: what the layout says of text that is declared as what it is not.
    """
    charset = _charset_of(kind)
    if encoding and charset in DECLARED_IN_VAIN:
        return encoding
    return CODECS.get(charset, "utf-8")


def array_of(name: str, values: Sequence[bytes | None], codec: str) -> Any:
    """A column of texts from bytes.

    Raises:
        InputRefusedError: they are not in that encoding.
    """
    try:
        if codec in ("utf-8", "ascii"):
            return pa.array(values, pa.binary()).cast(pa.string())
        return pa.array([None if value is None else value.decode(codec) for value in values], pa.string())
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise not_in_encoding(codec, f"the column {name}") from None


def joined(parts: Iterable[str]) -> str:
    """Parts of a select."""
    return ", ".join(parts)


def _is_text(kind: str) -> bool:
    return bool(_charset_of(kind)) and _charset_of(kind) != "unsigned"


def _charset_of(kind: str) -> str:
    return kind.partition(" ")[2]


def _charset(charset_id: int) -> str:
    try:
        return str(charset_by_id(charset_id).name)
    except KeyError:
        return f"collation {charset_id}"
