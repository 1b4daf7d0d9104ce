"""What keys and names may look like: no invisible characters around or in them, and no numbers that were rounded.

Blanks of every kind at the ends are taken away, invisible characters, those that
steer a terminal or the direction of text among them, everywhere; inside, a no-break or full-width blank or a line end
is none between Chinese characters and a plain one elsewhere (docs/assumptions.md, A26). Of a person's name neither is a
plain blank one: 张 三 is 张三. A letter put together from
parts (as some systems write ü) is the letter itself; in keys full-width letters and digits are plain ones.

A number of more than 15 digits that went through a spreadsheet as a number is not the number that it was: the
spreadsheet keeps 15 digits, a double 53 bits. Shown as `3.60102E+17`, it has lost even more.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

import polars as pl

from efficacy_analytics.lake.readers.columns import INVISIBLE
from efficacy_analytics.lake.readers.received import Received, blank_is_null

WIDE_BLANKS = "\t-\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
HAN = r"\p{Han}"
OF_PARTS = "\u0300-\u036f\u3099\u309a"
UNTIDY = rf"^[\s{INVISIBLE}]|[\s{INVISIBLE}]$|[{INVISIBLE}{WIDE_BLANKS}{OF_PARTS}]"
WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
PLAIN = "".join(chr(ord(one) - 0xFEE0) for one in WIDE)
SHORTENED = r"^[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$|^[+-]?[0-9][.,][0-9]+[eE][0-9]{1,3}$"
LONG = r"^[0-9]{16,}$"
KEPT_DIGITS = 15
BITS_OF_A_DIGIT, MOST_CHANCE_BITS = 3.3, 9.9
KEYS = ("row_key", "case_id", "complaint_id")
NAMES = ("item", "department", "resource", "activity")
LOOK_LIKE = str.maketrans("АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν", "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXopv")
"""Letters of Cyrillic and Greek that look like Latin ones."""
PERSONS = ("resource",)
NO_KEYS = ("null", "none", "nan", "<na>", "n/a", "#n/a", "(null)", "nil", "-", "--", "—", "无", "空")
TOTALS = (
    *("合计", "总计", "小计", "共计", "总和", "total", "totals", "grand total", "subtotal", "sum"),
    *("totaal", "eindtotaal", "subtotaal", "gesamt", "gesamtsumme", "summe", "insgesamt", "totale", "totale generale"),
)
"""What stands in the place of a case's number where a row sums up those above it."""


def tidied(rows: Received, counts: Counter[str], keys: Collection[str] = (), persons: Collection[str] = ()) -> Received:
    """The rows without blanks around their texts and without what nobody sees in them.

    Args:
        rows: as received.
        counts: per column of the export how many texts were changed so far; this batch is added.
        keys: the columns of the export that are keys.
        persons: those that hold persons' names.
    """
    known = rows.values
    patterns = {
        name: UNTIDY + rf"|[{WIDE}]" * (name in keys) + rf"|{HAN} +{HAN}" * (name in persons) for name in known.columns
    }
    untidy = known.select(pl.col(name).str.contains(pattern).any() for name, pattern in patterns.items())
    columns = [name for name in untidy.columns if untidy[name].item()]
    if not columns:
        return rows
    tidy = known.with_columns(
        blank_is_null(_tidy(pl.col(name), is_key=name in keys, is_person=name in persons)) for name in columns
    )
    counts.update({name: int(tidy[name].ne_missing(known[name]).sum()) for name in columns})
    return Received(tidy, rows.place)


def kept_key(text: pl.Expr) -> pl.Expr:
    """A key as it is kept: without blanks around it and what nobody sees in it, its letters plain ones."""
    return _tidy(text, is_key=True, is_person=False)


def may_be_kept_otherwise(text: pl.Expr) -> pl.Expr:
    """Whether a key may be kept as another one than it is."""
    return text.str.contains(UNTIDY + rf"|[{WIDE}]").fill_null(False)


def _tidy(text: pl.Expr, *, is_key: bool, is_person: bool) -> pl.Expr:
    apart = rf"({HAN})[{WIDE_BLANKS}{' ' * is_person}]+({HAN})"
    seen = text.str.replace_all(f"[{INVISIBLE}]", "").str.strip_chars().str.normalize("NFC")
    joined = seen.str.replace_all(apart, "$1$2").str.replace_all(apart, "$1$2")
    plain = joined.str.replace_all(f"[{WIDE_BLANKS}]+", " ")
    return plain.str.replace_many(list(WIDE), list(PLAIN)) if is_key else plain


def read_alike(names: Iterable[str]) -> list[list[str]]:
    """Different names that a reader takes for one: they differ in blanks, marks, capitals, width, or alphabet alone.

    Returns:
        The groups of more than one name, sorted.
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        letters = unicodedata.normalize("NFKC", name).translate(LOOK_LIKE).casefold()
        seen = "".join(one for one in letters.translate(LOOK_LIKE) if one.isalnum())
        groups.setdefault(seen, []).append(name)
    return [group for seen, group in groups.items() if seen and len(group) > 1]


def without_rounded(rows: pl.DataFrame) -> pl.DataFrame:
    """Refuses the rows whose key or name is a number that a spreadsheet has rounded, by `<column>_rounded`.

    A text that looks like a rounded number is taken for one where chance does not explain the long keys of the batch:
    all of them end in noughts after fifteen digits, or all are whole doubles.

    Args:
        rows: a batch, its columns still text, with `rule`.
    """
    for column in (*KEYS, *NAMES):
        if column not in rows.columns:
            continue
        text = pl.col(column)
        is_rounded = rows.select(text.str.contains(SHORTENED).fill_null(False)).to_series()
        if column in KEYS:
            long = rows.select(text.str.contains(LONG).fill_null(False)).to_series()
            if long.any() and _are_rounded(rows[column].filter(long).unique(maintain_order=True)):
                is_rounded |= long
        if is_rounded.any():
            rows = rows.with_columns(
                rule=pl.when(pl.col("rule").is_null() & is_rounded).then(pl.lit(f"{column}_rounded")).otherwise("rule")
            )
    return rows


def without_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Refuses the rows that are a sum of others and no case, by `case_id_of_a_total`.

    Args:
        rows: a batch, its columns still text, with `rule`.
    """
    if "case_id" not in rows.columns:
        return rows
    is_total = pl.col("case_id").str.to_lowercase().str.strip_chars(" :：.").is_in(TOTALS)
    rule = pl.when(pl.col("rule").is_null() & is_total).then(pl.lit("case_id_of_a_total")).otherwise("rule")
    return rows.with_columns(rule=rule)


def without_words_for_none(rows: pl.DataFrame) -> pl.DataFrame:
    """Takes away keys that are words for nothing: all rows without a number would else be one case called NULL.

    Args:
        rows: a batch, its columns still text.
    """
    keys = [column for column in KEYS if column in rows.columns]
    return rows.with_columns(
        pl.when(~pl.col(column).str.to_lowercase().is_in(NO_KEYS)).then(column).alias(column) for column in keys
    )


def _are_rounded(numbers: Iterable[str]) -> bool:
    """Whether chance does not explain that all of these long numbers look rounded."""
    as_shown, as_doubles = 0.0, 0.0
    are_shown = are_doubles = True
    for number in numbers:
        are_shown = are_shown and not number[KEPT_DIGITS:].strip("0")
        are_doubles = are_doubles and int(float(number)) == int(number)
        if not (are_shown or are_doubles):
            return False
        as_shown += BITS_OF_A_DIGIT * (len(number) - KEPT_DIGITS)
        as_doubles += max(0, int(number).bit_length() - 53)
    return (are_shown and as_shown >= MOST_CHANCE_BITS) or (are_doubles and as_doubles > MOST_CHANCE_BITS + 2)
