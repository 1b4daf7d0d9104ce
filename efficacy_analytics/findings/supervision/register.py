"""What became of each card: given, issued by a notice, answered by its department, closed (交必办、办必果、果必报).

Everything follows from the record of cards. A card is closed once its warning has ended and, where a notice issued it,
its department has answered; one that turned out to have had no cause is withdrawn, issued and answered or not.
"""

import datetime as dt
from typing import Final

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.supervision.cards import RECORD, standing_cards

STATES: Final = ("given", "issued", "answered", "unanswered", "closed", "withdrawn")
"""`given`, `issued` and `answered`: it still holds. `unanswered`: it has ended, but was issued and not answered."""
ISSUED_LEVELS: Final = ("yellow", "red")
"""A reminder is no card that a department has to answer for."""
SUBJECT: Final = (
    *("level", "scope", "department", "item", "source", "case_id", "complaint_id", "stage", "due_on", "given_on"),
)
CARD: Final = ("card", *SUBJECT, "warning", "first_event_number")
REGISTER: Final = (
    *(
        "card",
        "state",
        *SUBJECT,
        "issued_on",
        "document",
        "answered_on",
        "answer",
        "ended_on",
        "withdrawn_on",
        "reason",
    ),
)


def card_register(record: pl.DataFrame) -> pl.DataFrame:
    """One row per card, in the order in which they were given.

    Returns:
        `card`, `state` (one of `STATES`), what it is about (`SUBJECT`), and of each event its day: `issued_on` with the
        `document`, `answered_on` with the latest `answer` (of one day the last that came in), `ended_on`,
        `withdrawn_on` with the `reason`.
    """
    is_answer = pl.col("event") == "answered"
    days_of_answers = pl.col("event_on").filter(is_answer)
    of_card = record.group_by("card", maintain_order=True).agg(
        *(pl.col(name).first() for name in SUBJECT),
        *(
            pl.col("event_on").filter(pl.col("event") == event).last().alias(f"{event}_on")
            for event in ("issued", "ended", "withdrawn")
        ),
        days_of_answers.max().alias("answered_on"),
        pl.col("document").drop_nulls().last(),
        pl.col("answer").filter(is_answer).sort_by(days_of_answers, maintain_order=True).last(),
        pl.col("reason").drop_nulls().last(),
    )
    is_issued, is_answered = pl.col("issued_on").is_not_null(), pl.col("answered_on").is_not_null()
    state = (
        pl.when(pl.col("withdrawn_on").is_not_null()).then(pl.lit("withdrawn"))
        .when(pl.col("ended_on").is_not_null() & is_issued & ~is_answered).then(pl.lit("unanswered"))
        .when(pl.col("ended_on").is_not_null()).then(pl.lit("closed"))
        .when(is_answered).then(pl.lit("answered"))
        .when(is_issued).then(pl.lit("issued"))
        .otherwise(pl.lit("given"))
    )  # fmt: skip
    return of_card.with_columns(state=state).select(REGISTER)


def closed_loops(record: pl.DataFrame) -> pl.DataFrame:
    """How many of the cards issued to each department it answered, ended and closed.

    Returns:
        One row per `department` (null last): `issued_count` (cards by notice, those withdrawn left out),
        `answered_count`, `ended_count`, `closed_count` (both), `closed_share`,
        `withdrawn_count` (issued and withdrawn).
    """
    issued = card_register(record).filter(pl.col("issued_on").is_not_null())
    is_withdrawn = pl.col("state") == "withdrawn"
    return (
        issued.group_by("department")
        .agg(
            issued_count=(~is_withdrawn).sum(),
            answered_count=(pl.col("answered_on").is_not_null() & ~is_withdrawn).sum(),
            ended_count=(pl.col("ended_on").is_not_null() & ~is_withdrawn).sum(),
            closed_count=(pl.col("state") == "closed").sum(),
            withdrawn_count=is_withdrawn.sum(),
        )
        .with_columns(
            closed_share=pl.when(pl.col("issued_count") > 0).then(pl.col("closed_count") / pl.col("issued_count"))
        )
        .sort("department", nulls_last=True)
        .select("department", "issued_count", "answered_count", "ended_count", "closed_count", "closed_share",
                "withdrawn_count")
    )  # fmt: skip


def issued(record: pl.DataFrame, *, document: str, department: str, on: dt.date) -> pl.DataFrame:
    """The rows that a notice to a department adds: its standing yellow and red cards that none has issued yet.

    Args:
        record: what is on record.
        document: the name of the notice.
        department: to whom it goes.
        on: the day of the notice.
    """
    already = record.filter(pl.col("event") == "issued")["card"]
    cards = standing_cards(record).filter(
        (pl.col("department") == department)
        & pl.col("level").is_in(ISSUED_LEVELS)
        & ~pl.col("card").is_in(already.implode())
    )
    return _added(cards, "issued", on=pl.lit(on), document=pl.lit(document))


def answered(record: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """The rows that answers add; one that is on record already is not added again.

    Args:
        record: what is on record.
        answers: `card`, `answered_on`, `answer`.

    Raises:
        CallError: a card is not on record, was not issued, or was withdrawn; it was answered before it was issued; or
            an answer says nothing.
    """
    register = card_register(record)
    joined = answers.join(register.select("card", "state", "issued_on"), on="card", how="left", maintain_order="left")
    for row in joined.iter_rows(named=True):
        _check_answer(row)
    known = record.filter(pl.col("event") == "answered").select(
        "card", pl.col("event_on").alias("answered_on"), "answer"
    )
    new = answers.unique(maintain_order=True).join(known, on=["card", "answered_on", "answer"], how="anti")
    of_card = record.filter(pl.col("event") == "given").select(CARD)
    cards = new.rename({"answer": "said"}).join(of_card, on="card", how="inner", maintain_order="left")
    return _added(cards, "answered", on=pl.col("answered_on"), answer=pl.col("said"))


def _check_answer(row: dict[str, object]) -> None:
    card = row["card"]
    if row["state"] is None:
        raise CallError(f"no card '{card}' is on record.", hint="`efficacy cards` lists those there are")
    if row["issued_on"] is None:
        raise CallError(f"card '{card}' was not issued.", hint="`efficacy document card` issues cards to departments")
    if row["state"] == "withdrawn":
        raise CallError(f"card '{card}' was withdrawn.", hint="there is nothing to answer for")
    if not str(row["answer"] or "").strip() or row["answered_on"] is None:
        raise CallError(f"the answer to card '{card}' lacks its day or its words.", hint="fill in both")
    if row["answered_on"] < row["issued_on"]:  # type: ignore[operator]
        raise CallError(f"card '{card}' is answered before it was issued.", hint="correct the day of the answer")


def _added(cards: pl.DataFrame, event: str, *, on: pl.Expr, **said: pl.Expr) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    whole = {"reason": nothing, "document": nothing, "answer": nothing, **said}
    return cards.with_columns(event=pl.lit(event), event_on=on, **whole).select(
        pl.col(name).cast(kind) for name, kind in RECORD.items()
    )
