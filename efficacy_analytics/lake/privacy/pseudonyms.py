"""Persons under a keyed pseudonym: the same person the same everywhere, and nobody known without the key.

A pseudonym is `p-` and the first 16 hexadecimal digits (64 bits) of the keyed hash of the text, without spaces around
it or between Chinese characters, without what nobody sees in it, and in Unicode's compatible form (NFKC: full-width
digits are digits). Among n persons two share one with a chance
of about n² / 2⁶⁵: 3 in 100 million for one million persons, 3 in 10,000 for a hundred million.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.delivery import deliveries
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.office_hours import OF_ONE
from efficacy_analytics.lake.privacy.key import Key, check_same_key, key_of
from efficacy_analytics.lake.readers.columns import HAN, INVISIBLE
from efficacy_analytics.settings import AS_SHIPPED, PrivacySettings

UNSEEN = re.compile(f"[{INVISIBLE}]")
AMONG_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
PREFIX = "p-"
DIGITS = 16
PSEUDONYM = re.compile(rf"{PREFIX}[0-9a-f]{{{DIGITS}}}")


def pseudonym(text: str, key: Key) -> str:
    """The pseudonym of a text; one that the key knows stays itself, so that a corrected row can be taken in again."""
    plain = AMONG_HAN.sub("", unicodedata.normalize("NFKC", UNSEEN.sub("", text))).strip()
    return plain if plain in key.known else PREFIX + key.digest(plain.encode())[:DIGITS]


def pseudonymised(frame: pl.DataFrame, columns: Sequence[str], key: Key | None) -> pl.DataFrame:
    """The rows with pseudonyms in the personal columns; empty stays empty.

    Args:
        frame: rows as received, as text.
        columns: names of the personal columns; those the frame lacks are passed over.
        key: None where no column is personal.
    """
    if key is None:
        return frame
    for column in [name for name in columns if name in frame.columns]:
        texts = frame[column].drop_nulls().unique()
        replaced = pl.Series([pseudonym(text, key) for text in texts], dtype=pl.String)
        frame = frame.with_columns(pl.col(column).replace_strict(texts, replaced, default=None, return_dtype=pl.String))
    return frame


def key_for(
    layout: Layout,
    lake: Path,
    *,
    allow_other_key: bool = False,
    corrects: str | None = None,
    privacy: PrivacySettings = AS_SHIPPED.privacy,
) -> Key | None:
    """The key, if the layout has personal columns.

    It knows the pseudonyms that stand in the refused rows which a delivery brings back corrected, and no others: a text
    of an export that looks like one is a text.

    Raises:
        CallError: the key file cannot be used, or an earlier delivery was taken in with another key.
    """
    if not layout.personal:
        return None
    key = key_of(lake, privacy)
    if not allow_other_key:
        known = [one for one in deliveries(lake) if one.pseudonyms]
        last = max(known, key=lambda one: one.number, default=None)
        check_same_key(key, last.pseudonyms if last else {})
    return replace(key, known=_refused_pseudonyms(lake, corrects)) if corrects else key


def _refused_pseudonyms(lake: Path, delivery: str) -> frozenset[str]:
    """The pseudonyms in the originals of a delivery's refused rows."""
    if delivery not in [one.delivery for one in deliveries(lake)]:
        return frozenset()
    files = sorted((lake / "refused" / delivery).glob("*.parquet"))
    texts = [text for file in files for text in pl.read_parquet(file, columns=["original"])["original"].drop_nulls()]
    return frozenset(found for text in texts for found in PSEUDONYM.findall(text))


def without_names(layout: Layout, key: Key | None) -> Layout:
    """The layout with pseudonyms where it names persons itself: in the office hours of single officers."""
    if key is None:
        return layout
    hours = {
        kind: {who if PSEUDONYM.fullmatch(who) else pseudonym(who, key): days for who, days in entry.items()}
        if kind in OF_ONE and kind in layout.personal
        else entry
        for kind, entry in layout.office_hours.items()
    }
    return replace(layout, office_hours=hours)
