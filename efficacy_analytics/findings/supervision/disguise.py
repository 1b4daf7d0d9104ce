"""Items that are filed by name and examined like approvals (变相审批).

A filing (备案) is taken note of, an approval is examined. What a case is like is told by which steps occur in it: each
step speaks for an approval as far as it is more frequent in the approvals of the same department than in what is done
lightly, that is in most of the filings and of the items decided on the spot. An item stands out where more of its cases
look like approvals than an honest one would ever have. A question to ask, not a verdict: a filing may be examined
because the law says so.

Source: the weights are those of a naive Bayes classifier on the presence of steps (D. D. Lewis, "Naive (Bayes) at
forty", ECML 1998).
"""

from typing import Final

import polars as pl
from scipy.stats import binom

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

FILING_WORDS: Final = "备案|filing"
"""What the kind or the name of an item says that is filed and not approved; alternatives are parted by bars."""
ON_THE_SPOT: Final = "on_the_spot"
TOLERATED_SHARE: Final = 0.2
"""Of an honest item so many cases at most look like approvals."""
LEVEL: Final = 0.01
"""The chance that any honest item of a log is named."""
FEWEST_CASES: Final = 5
"""Cases of an item from which its steps count among those of light items, and from which it is judged."""
FEWEST_APPROVALS: Final = 30
"""Approvals of a department without which those of all departments stand for them."""
FEWEST_LIGHT_ITEMS: Final = 5
"""Light items without which nothing says what is usual for them."""
RAREST: Final = 0.02
"""No step counts as rarer than this or as more frequent than the rest: one case may always be odd."""
TELLING_COUNT: Final = 3
TELLING_MORE: Final = 0.1
ITEM: Final = ("department", "item", "kind")
SCHEMA: Final = {
    "department": pl.String, "item": pl.String, "name_zh": pl.String, "name_en": pl.String, "case_count": pl.Int64,
    "approval_like_count": pl.Int64, "approval_like_share": pl.Float64, "usual_share": pl.Float64,
    "chance_if_honest": pl.Float64, "verdict": pl.String, "telling_steps": pl.String,
}  # fmt: skip


@question
def disguised_approvals(
    log: Session, *, filing_words: str = FILING_WORDS, tolerated_share: float = TOLERATED_SHARE
) -> pl.DataFrame:
    """Items that call themselves filings, and how many of their cases look like approvals.

    Args:
        log: the engine of a cohort.
        filing_words: what the kind or a name of an item contains that is filed, alternatives parted by bars.
        tolerated_share: the share of cases of an honest item that may look like approvals.

    Returns:
        One row per department and such item, the largest share first: `department`, `item`, `name_zh`, `name_en`,
        `case_count` (completed and not withdrawn), `approval_like_count`, `approval_like_share`, `usual_share` (the
        median of the other light items, at least the share tolerated), `chance_if_honest` (of so many cases or more
        in an item with the usual share), `verdict` (`stands_out` where that chance is below 1 % even for the most
        unusual of all such items, `not_unusual`, or `not_compared` with fewer than 5 cases or 5 light items), and
        `telling_steps`: up to three steps, parted by bars, that say most for an approval.
    """
    steps = log.run("disguise_steps").with_columns(is_filing=_says(filing_words))
    if not steps["is_filing"].any():
        return pl.DataFrame(schema=SCHEMA)
    steps = steps.with_columns(is_light=pl.col("is_filing") | (pl.col("kind") == ON_THE_SPOT))
    weights = _weights(steps)
    lighter = steps.filter("is_light").select(*ITEM).unique().sort(*ITEM)
    bases = weights.group_by("department").agg(base=pl.col("absent").sum())
    log.put_temporary("disguise_bases", lighter.join(bases, on="department", how="inner"))
    log.put_temporary(
        "disguise_weights", weights.select("department", "activity", weight=pl.col("present") - pl.col("absent"))
    )
    judged = _judged(log.run("disguise_cases"), tolerated_share)
    filings = steps.filter("is_filing").unique(ITEM, keep="first", maintain_order=True)
    told = filings.select(*ITEM, "name_zh", "name_en").join(judged, on=ITEM, how="inner")
    named = _named(told).join(_telling(steps, weights), on=ITEM, how="left")
    return (
        named.with_columns(
            pl.col("department").replace("", None), telling_steps=pl.col("telling_steps").fill_null("")
        )
        .sort("approval_like_share", "case_count", *ITEM, descending=[True, True, False, False, False])
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )  # fmt: skip


def _says(words: str) -> pl.Expr:
    """Whether the kind or a name of an item contains one of the words."""
    alternatives = [word.strip().lower() for word in words.split("|") if word.strip()]
    text = pl.concat_str("kind", "name_zh", "name_en", separator=" ").str.to_lowercase()
    return text.str.contains_any(alternatives)


def _weights(steps: pl.DataFrame) -> pl.DataFrame:
    """What the presence and the absence of each step say for an approval, by department.

    Returns:
        One row per department and step that occurs anywhere: `department`, `activity`, `light_share`, `present`,
        `absent` (log-likelihood ratios).
    """
    activities = steps.select("activity").unique().sort("activity")
    light = activities.join(_light_shares(steps), on="activity", how="left", maintain_order="left")
    approvals = steps.filter(~pl.col("is_light"))
    parts = [
        light.join(_approval_shares(approvals, name), on="activity", how="left", maintain_order="left").with_columns(
            department=pl.lit(name)
        )
        for name in steps["department"].unique().sort()
    ]
    light_share, approval_share = (
        pl.col(name).fill_null(0).clip(RAREST, 1 - RAREST) for name in ("light_share", "approval_share")
    )
    return pl.concat(parts).select(
        "department",
        "activity",
        light_share,
        present=(approval_share / light_share).log(),
        absent=((1 - approval_share) / (1 - light_share)).log(),
    )


def _light_shares(steps: pl.DataFrame) -> pl.DataFrame:
    """Of each step the share of cases with it in the middle one of the light items: a few odd items do not move it."""
    light = steps.filter(pl.col("is_light") & (pl.col("case_count") >= FEWEST_CASES))
    item_count = light.select(ITEM).unique().height
    present = light.with_columns(share=pl.col("step_case_count") / pl.col("case_count"))
    medians = [
        (activity, _median([*part["share"], *[0.0] * (item_count - part.height)]))
        for (activity,), part in present.group_by("activity", maintain_order=True)
    ]
    return pl.DataFrame(medians, schema={"activity": pl.String, "light_share": pl.Float64}, orient="row")


def _median(values: list[float]) -> float | None:
    return pl.Series(values, dtype=pl.Float64).median()  # type: ignore[return-value]


def _approval_shares(approvals: pl.DataFrame, department: str) -> pl.DataFrame:
    """Of each step the share of a department's approvals with it; of all departments' where it has too few."""
    own = approvals.filter(pl.col("department") == department)
    chosen = own if _case_count(own) >= FEWEST_APPROVALS else approvals
    share = pl.col("step_case_count").sum() / max(1, _case_count(chosen))
    return chosen.group_by("activity").agg(approval_share=share).sort("activity")


def _case_count(steps: pl.DataFrame) -> int:
    return int(steps.unique(ITEM)["case_count"].sum())


def _judged(counts: pl.DataFrame, tolerated_share: float) -> pl.DataFrame:
    """Each light item beside the others: what share is usual, and how likely so many would be at that."""
    enough = counts.filter(pl.col("case_count") >= FEWEST_CASES)
    shares = [like / cases for like, cases in enough.select("approval_like_count", "case_count").iter_rows()]
    keys = enough.select(ITEM).rows()
    usual = {
        key: max(tolerated_share, _median(shares[:place] + shares[place + 1 :]) or 0.0)
        for place, key in enumerate(keys)
        if len(keys) >= FEWEST_LIGHT_ITEMS
    }
    told = [usual.get(row) for row in counts.select(ITEM).iter_rows()]
    judged = counts.with_columns(pl.Series("usual_share", told, dtype=pl.Float64))
    chances = binom.sf(judged["approval_like_count"] - 1, judged["case_count"], judged["usual_share"].fill_null(1.0))
    return judged.with_columns(
        approval_like_share=pl.col("approval_like_count") / pl.col("case_count"),
        chance_if_honest=pl.when(pl.col("usual_share").is_not_null()).then(pl.Series(chances)),
    )


def _named(judged: pl.DataFrame) -> pl.DataFrame:
    """Which items stand out, all that are compared taken together."""
    level = LEVEL / max(1, judged["chance_if_honest"].count())
    verdict = (
        pl.when(pl.col("chance_if_honest").is_null())
        .then(pl.lit("not_compared"))
        .when(pl.col("chance_if_honest") <= level)
        .then(pl.lit("stands_out"))
        .otherwise(pl.lit("not_unusual"))
    )
    return judged.with_columns(verdict=verdict)


def _telling(steps: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Of each filing the steps that say most for an approval: how much more frequent they are, times what each says."""
    speaking = (
        steps.filter("is_filing")
        .join(weights, on=["department", "activity"], how="inner")
        .with_columns(more=pl.col("step_case_count") / pl.col("case_count") - pl.col("light_share"))
        .with_columns(says=pl.col("more") * (pl.col("present") - pl.col("absent")))
        .filter((pl.col("more") > TELLING_MORE) & (pl.col("says") > 0))
        .sort(*ITEM, "says", "activity", descending=[False, False, False, True, False])
    )
    return speaking.group_by(ITEM, maintain_order=True).agg(
        telling_steps=pl.col("activity").head(TELLING_COUNT).str.join("|")
    )
