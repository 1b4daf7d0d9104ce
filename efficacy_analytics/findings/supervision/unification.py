"""The same item in several departments or areas with another name, limit or fee (数量、名称、时限、收费标准统一).

Items are the same that have one code in several departments, or else names that say nearly the same: the share of
pairs of neighbouring characters that both names have, what stands in brackets (new, change, renewal) being equal. A
match by words is a proposal with its score; whether two items are the same, an office must say.

Source: L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26(3), 1945 (the score).
"""

import datetime as dt
from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.day import asked_day

LEAST_SCORE: Final = 0.85
FIELDS: Final = ("name", "statutory_limit", "promised_limit", "fee_amount")
SCHEMA: Final = {
    "matched_by": pl.String, "score": pl.Float64, "item": pl.String, "department": pl.String, "name": pl.String,
    "other_item": pl.String, "other_department": pl.String, "other_name": pl.String, "field": pl.String,
    "value": pl.String, "other_value": pl.String, "longer_department": pl.String, "saved_days": pl.Int64,
    "case_count": pl.Int64,
}  # fmt: skip
BRACKETS: Final = r"[（(\[【][^）)\]】]*[）)\]】]"


@question
def item_differences(log: Session, *, as_on: dt.date | None = None, least_score: float = LEAST_SCORE) -> pl.DataFrame:
    """In what the same item differs between departments.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day whose limits are compared; by default that of the snapshot.
        least_score: names that share fewer of their pairs of characters are different items, 0 to 1.

    Returns:
        One row per pair of items and field in which they differ, pairs by item and department: `matched_by` (`code` or
        `words`), `score` (1 for a code), `item`, `department`, `name` and the same of the `other_` one, `field`
        (`name`, `statutory_limit`, `promised_limit`, `fee_amount`: the median charged), `value`, `other_value`; and, of
        promised limits in one unit, `longer_department`, `saved_days` were the shorter to hold for both, and
        `case_count` (of the cohort, that would gain by it).
    """
    offered = _worded(log.run("items_offered", as_on=asked_day(log, as_on)))
    pairs = pl.concat([_by_code(offered), _by_words(offered, least_score)])
    left = offered.select(pl.all().name.prefix("left_"))
    right = offered.select(pl.all().name.prefix("right_"))
    whole = pairs.join(left, on="left_key", how="inner").join(right, on="right_key", how="inner")
    parts = [_differing(whole, field) for field in FIELDS]
    order = pl.col("field").replace_strict({name: place for place, name in enumerate(FIELDS)}, return_dtype=pl.Int8)
    found = pl.concat(parts).sort("item", "department", "other_item", "other_department", order)
    return found.with_columns(pl.col("department", "other_department", "longer_department").replace("", None))


def _worded(offered: pl.DataFrame) -> pl.DataFrame:
    """Items with a key, a name to show, the name to compare, and limits in words."""
    name = pl.coalesce("name_zh", "name_en", "item")
    return offered.with_row_index("key").with_columns(
        name=name,
        words=name.str.to_lowercase().str.replace_all(BRACKETS, "").str.replace_all(r"[\s\p{P}]", ""),
        form=name.str.to_lowercase().str.extract_all(BRACKETS).list.join(""),
        statutory_limit=pl.format("{} {}", "statutory_length", "statutory_unit"),
        promised_limit=pl.format("{} {}", "promised_length", "promised_unit"),
    )


def _by_code(offered: pl.DataFrame) -> pl.DataFrame:
    codes = offered.select("item", "key")
    pairs = codes.join(codes, on="item", suffix="_right").filter(pl.col("key") < pl.col("key_right"))
    return pairs.select(
        left_key="key", right_key="key_right", matched_by=pl.lit("code"), score=pl.lit(1.0, dtype=pl.Float64)
    )


def _by_words(offered: pl.DataFrame, least_score: float) -> pl.DataFrame:
    """Pairs of items of different codes and departments whose names share enough neighbouring characters."""
    grams = (
        offered.select("key", "item", "department", "form", "words")
        .with_columns(gram=pl.col("words").map_elements(_grams, return_dtype=pl.List(pl.String)))
        .with_columns(gram_count=pl.col("gram").list.len())
        .explode("gram")
        .drop_nulls("gram")
        .drop("words")
    )
    shared = (
        grams.join(grams, on=["gram", "form"], suffix="_right")
        .filter(
            (pl.col("key") < pl.col("key_right"))
            & (pl.col("item") != pl.col("item_right"))
            & (pl.col("department") != pl.col("department_right"))
        )
        .group_by("key", "key_right", "gram_count", "gram_count_right")
        .agg(shared_count=pl.len())
    )
    score = 2 * pl.col("shared_count") / (pl.col("gram_count") + pl.col("gram_count_right"))
    return (
        shared.with_columns(score=score)
        .filter(pl.col("score") >= least_score)
        .select(left_key="key", right_key="key_right", matched_by=pl.lit("words"), score="score")
    )


def _grams(words: str) -> list[str]:
    """The different pairs of neighbouring characters of a name; a single character stands for itself."""
    return sorted({words[place : place + 2] for place in range(max(1, len(words) - 1))})


def _differing(pairs: pl.DataFrame, field: str) -> pl.DataFrame:
    """The pairs that differ in a field which both have."""
    value, other = (pl.col(f"{side}_{field}") for side in ("left", "right"))
    differing = pairs.filter(value.is_not_null() & other.is_not_null() & (value != other))
    is_days = (pl.lit(field) == "promised_limit") & (pl.col("left_promised_unit") == pl.col("right_promised_unit"))
    more = pl.col("left_promised_length") - pl.col("right_promised_length")
    longer = pl.when(more > 0).then(pl.lit("left")).otherwise(pl.lit("right"))
    of_longer = {
        name: pl.when(longer == "left").then(f"left_{name}").otherwise(f"right_{name}")
        for name in ("department", "case_count")
    }
    return differing.select(
        "matched_by", "score",
        *(pl.col(f"left_{name}").alias(name) for name in ("item", "department", "name")),
        *(pl.col(f"right_{name}").alias(f"other_{name}") for name in ("item", "department", "name")),
        field=pl.lit(field), value=value.cast(pl.String), other_value=other.cast(pl.String),
        longer_department=pl.when(is_days).then(of_longer["department"]),
        saved_days=pl.when(is_days).then(more.abs()),
        case_count=pl.when(is_days).then(of_longer["case_count"]),
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())  # fmt: skip
