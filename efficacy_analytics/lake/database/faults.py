"""What can go wrong between a pull and a database, in the same words whatever the database is.

Messages name the database, the relation and the kind of fault, never what the server said about a value: a server's
own words may repeat what stands in a row.
"""

from typing import Final

from efficacy_analytics.errors import InputRefusedError, SourceUnreachableError
from efficacy_analytics.lake.database.address import Address

FORBIDDEN, NO_TABLE, NO_SCHEMA, NO_COLUMN = "forbidden", "no table", "no schema", "no column"
WRITES, NO_SQL, WRONG_TEXT = "writes", "no sql", "wrong text"
PROBLEMS: Final = {
    FORBIDDEN: (
        "does not allow reading",
        "let its owner `grant select` on it, and in PostgreSQL `usage` on its schema",
    ),
    NO_TABLE: (
        "has no such table:",
        "check the name in the layout, its capitals too; in PostgreSQL names in capitals need quotation marks",
    ),
    NO_SCHEMA: ("has no such schema:", "check the name in the layout"),
    NO_COLUMN: ("has no such column in", "check the names in the layout"),
    WRITES: ("does not let a pull write, which is what was asked of", "a layout's query only reads"),
    NO_SQL: ("cannot read the SQL of", "try the layout's query in {client}; it is one select without a semicolon"),
    WRONG_TEXT: (
        "holds text that is not in its own encoding, in",
        'name the encoding in the layout: encoding = "gb18030"',
    ),
}
UNKNOWN: Final = ("cannot answer for", "try the table or query of the layout in {client}")


def not_let_in(address: Address, why: str) -> InputRefusedError:
    """The server answers, and refuses this user."""
    return InputRefusedError(
        f"{address.label} does not let this user in: {why}.",
        hint=f"check user, database and password ({address.system.password_places})",
    )


def not_reached(address: Address, reason: str, *, is_passing: bool) -> SourceUnreachableError:
    """There is no connection."""
    return SourceUnreachableError(
        f"{address.label} cannot be reached: {reason}.",
        hint="check host, port and network; the lake is as it was",
        is_passing=is_passing,
    )


def too_slow(address: Address, relation: str) -> SourceUnreachableError:
    """A statement ran into its limit."""
    return SourceUnreachableError(
        f"{address.label} took longer over {relation} than [database] statement_seconds allows.",
        hint="raise statement_seconds in settings.toml, or add an index on watermark and key; "
        "the repeated command goes on after the last complete part",
        is_passing=False,
    )


def cut_off(address: Address, relation: str, name: str) -> SourceUnreachableError:
    """The connection is gone, or the server cannot answer now."""
    return SourceUnreachableError(
        f"the connection to {address.label} was cut while reading {relation} ({name}).",
        hint="the repeated command goes on after the last complete part",
        is_passing=True,
    )


def refused(address: Address, relation: str, kind: str | None, name: str) -> InputRefusedError:
    """What the layout asks for is not there, or not allowed.

    Args:
        address: where the database is.
        relation: what was read, as messages call it.
        kind: one of `PROBLEMS`; None for whatever else a server may object to.
        name: of the fault, with its code.
    """
    problem, hint = PROBLEMS.get(kind or "", UNKNOWN)
    return InputRefusedError(
        f"{address.label} {problem} {relation} ({name}).", hint=hint.format(client=address.system.client)
    )


def not_in_encoding(encoding: str, place: str) -> InputRefusedError:
    """Text that the encoding does not have."""
    return InputRefusedError(
        f"{place} of the database holds text that is not in {encoding}.",
        hint='name its encoding in the layout, for example encoding = "gb18030"; where that is named already, a text '
        "is broken: mend it there, or read the column by a query that leaves such rows out",
    )
