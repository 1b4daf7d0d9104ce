"""The list of what must be attended to (督办), in the reader's words: what, why, by whom, by when."""

import polars as pl

from efficacy_analytics.charts.style.names import named, names_in
from efficacy_analytics.engine.session import Session
from efficacy_analytics.vocabulary import COLOURS, SCOPES, STAGES, TURNS, Language

COLUMNS = (
    "level", "scope", "case_id", "item", "stage", "due_on", "working_days_left", "department", "holding_department",
    "holder", "turn", "source", "reason",
)  # fmt: skip
"""What the list tells of each warning."""


def in_words(log: Session, table: pl.DataFrame, language: Language) -> pl.DataFrame:
    """A table with names instead of the codes of departments, items and activities, as far as it has them."""
    for code, query in (("department", "department_names"), ("item", "item_names"), ("activity", "activity_names")):
        names = names_in(log.run(query), code, language)
        of_code = {"department": ("department", "holding_department"), "activity": ("activity", "last_activity")}
        for column in of_code.get(code, (code,)):
            if column in table.columns:
                table = named(table, column, names)
    if "stage" in table.columns:
        table = table.with_columns(pl.col("stage").replace({code: words[language] for code, words in STAGES.items()}))
    return table


def to_do_list(log: Session, warnings: pl.DataFrame, language: Language) -> pl.DataFrame:
    """The warnings in words.

    Args:
        log: the engine of the cohort, for names.
        warnings: the table `warnings`.
        language: "zh" or "en".

    Returns:
        One row per warning in their order, columns as `COLUMNS`; `case_id` is the complaint's number for a complaint.
    """
    words = in_words(log, warnings, language)
    levels = {name: text[language] for name, text in COLOURS.items()}
    turns = {name: text[language] for name, text in TURNS.items()}
    scopes = {name: text[language] for name, text in SCOPES.items()}
    return words.with_columns(
        pl.col("level").replace(levels),
        pl.col("scope").replace(scopes),
        pl.col("turn").replace(turns),
        pl.coalesce("case_id", "complaint_id").alias("case_id"),
        pl.col(f"name_{language}").alias("reason"),
    ).select(COLUMNS)
