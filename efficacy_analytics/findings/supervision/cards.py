"""Cards on record: which warnings were given, and what became of them (预警纠错).

A card is given once for its cause: a level reached by one case, one stage of it or one complaint. Nothing on record is
ever removed; what happens to a card is a further row. A card whose warning no longer holds has ended, unless the data
of today, judged as on the day it was given, show that there was no cause: then it is withdrawn, with the reason. In
between, a notice may issue it to its department, and the department may answer (`register.py`).
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Final

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.findings.supervision.withdrawal import SUBJECT, with_reasons

CAUSE: Final = (*SUBJECT, "level")
"""What tells one cause from another."""
HEIGHTS: Final[Mapping[str, int]] = {"reminder": 1, "yellow": 2, "red": 3}
RECORD: Final = {
    "card": pl.String, "event": pl.String, "event_on": pl.Date, "given_on": pl.Date, "reason": pl.String,
    "level": pl.String, "scope": pl.String, "warning": pl.String, "source": pl.String, "case_id": pl.String,
    "complaint_id": pl.String, "stage": pl.String, "first_event_number": pl.Int32, "department": pl.String,
    "item": pl.String, "due_on": pl.Date, "document": pl.String, "answer": pl.String,
}  # fmt: skip
"""The columns of the record. `event`: one of `EVENTS`; `document` of what is issued, `answer` of what is answered."""
EVENTS: Final = ("given", "issued", "answered", "ended", "withdrawn")
OVER: Final = ("ended", "withdrawn")
"""What becomes of a card by the data; `issued` and `answered` are acts of offices."""


def card_events(log: Session, record: pl.DataFrame, *, as_on: dt.date) -> pl.DataFrame:
    """What the warnings of a day add to the record of cards.

    Args:
        log: the engine of all cases of a snapshot.
        record: what is on record so far, columns as `RECORD`.
        as_on: the day of the warnings; not before the last day on record.

    Returns:
        The rows to add, columns as `RECORD`: `given` for each warning whose cause has no card yet, `ended` and
        `withdrawn` for cards that stood until now and whose warning holds no more at that level or a higher one.
    """
    now = with_cards(warnings(log, as_on=as_on))
    given = now.filter(~pl.col("card").is_in(record["card"].implode())).with_columns(
        event=pl.lit("given"), event_on=pl.lit(as_on), given_on=pl.lit(as_on), reason=pl.lit(None, pl.String)
    )
    gone = _not_held(standing_cards(record), now)
    over = [_over(log, part, as_on) for part in gone.partition_by("given_on", maintain_order=True)]
    added = pl.concat([given.select(_typed()), *over])
    return added.sort("event", "card")


def with_cards(table: pl.DataFrame) -> pl.DataFrame:
    """Warnings with `card`, the name of the card of each: it follows from the cause, on record or not yet."""
    cards = [_card(row) for row in table.select(CAUSE).iter_rows()]
    return table.with_columns(pl.Series("card", cards, dtype=pl.String))


def standing_cards(record: pl.DataFrame) -> pl.DataFrame:
    """The cards that were given and have neither ended nor been withdrawn."""
    over = record.filter(pl.col("event").is_in(OVER))["card"]
    return record.filter((pl.col("event") == "given") & ~pl.col("card").is_in(over.implode())).sort("card")


def card_counts(record: pl.DataFrame) -> pl.DataFrame:
    """How many cards each department was given, by level, for schemes that deduct points for them.

    Returns:
        One row per `department` (null last) and `level`: `given_count`, `withdrawn_count`, `card_count` (what counts:
        given and not withdrawn), `standing_count`.
    """
    last = record.group_by("card").agg(
        pl.col("department", "level").first(),
        is_withdrawn=(pl.col("event") == "withdrawn").any(),
        is_over=pl.col("event").is_in(OVER).any(),
    )
    counts = last.group_by("department", "level").agg(
        given_count=pl.len(), withdrawn_count=pl.col("is_withdrawn").sum(), standing_count=(~pl.col("is_over")).sum()
    )
    height = pl.col("level").replace_strict(HEIGHTS, return_dtype=pl.Int8)
    return counts.sort("department", height, descending=[False, True], nulls_last=True).select(
        "department", "level", "given_count", "withdrawn_count",
        (pl.col("given_count") - pl.col("withdrawn_count")).alias("card_count"), "standing_count",
    )  # fmt: skip


def _card(cause: tuple[object, ...]) -> str:
    """The name of a card: a hash of its cause, so that the same cause never has two."""
    return hashlib.sha256(repr(cause).encode()).hexdigest()[:16]


def _not_held(standing: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The standing cards whose subject is warned of at no such level any more."""
    height = pl.col("level").replace_strict(HEIGHTS, return_dtype=pl.Int8)
    held = now.select(*SUBJECT, height.alias("held_height"))
    joined = standing.join(held, on=list(SUBJECT), how="left", nulls_equal=True, maintain_order="left")
    return joined.filter((pl.col("held_height") < height).fill_null(value=True)).drop("held_height")


def _over(log: Session, cards: pl.DataFrame, as_on: dt.date) -> pl.DataFrame:
    """Cards given on one day and not held any more: withdrawn where the day itself, judged anew, gives no cause."""
    given_on: dt.date = cards["given_on"][0]
    causeless = _not_held(cards, warnings(log, as_on=given_on))
    ended = cards.join(causeless.select("card"), on="card", how="anti", maintain_order="left")
    withdrawn = with_reasons(log, causeless.drop("reason"), given_on=given_on)
    return pl.concat(
        part.with_columns(event=pl.lit(event), event_on=pl.lit(as_on)).select(_typed())
        for event, part in (("ended", ended), ("withdrawn", withdrawn))
    )


def _typed() -> list[pl.Expr]:
    return [
        pl.lit(None, kind).alias(name) if name in ("document", "answer") else pl.col(name).cast(kind)
        for name, kind in RECORD.items()
    ]
