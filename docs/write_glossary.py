"""Writes docs/glossary.md, the words of the workbench in both languages, from `vocabulary.py` (`make glossary`)."""

from collections.abc import Mapping
from pathlib import Path

from efficacy_analytics import vocabulary

GLOSSARY = Path(__file__).with_name("glossary.md")
HEAD = """# Glossary 术语表

Made by `make glossary` from `efficacy_analytics/vocabulary.py`: change a word there, never here.

Three words that mislead are not used: *cycle time* (our throughput time 全程时间, from acceptance to the last
completion), *sojourn time* of pm4py (there: service time alone), and *duration*.
"""
PARTS = {
    "TERMS": "Words of the pages",
    "COLUMNS": "Columns of the tables",
    "TABLE_COLUMNS": "Columns of the tables of a log, in notebooks",
    "VALUES": "Codes in the tables of a log",
    "CLOCKS": "Clocks",
    "UNITS": "Units of a limit",
    "TIME_KINDS": "Kinds of time between two steps",
    "PARTS": "Parts of a case's time",
    "CAUSES": "Causes of waiting",
    "STEP_ORDERS": "Orders of the steps of a case",
    "STAGES": "Stages of a limit's verdict",
    "COLOURS": "Colours of open cases",
    "TURNS": "Whose turn it is",
    "BREACH_CAUSES": "What the days of a late case were spent on",
    "SCOPES": "What a warning is about",
    "KINDS": "Findings on a limit",
    "REASONS": "Why a limit has no finding",
    "RECORDS": "What a source of cases records",
    "NOT_RECORDED": "Why an indicator has no value",
    "METHODS": "How a safe limit was found",
    "BACKTESTS": "Back-tests of a limit",
    "BUNCHINGS": "Completion just before the limit",
    "EDITIONS": "Editions",
}


def glossary() -> str:
    """The text of the glossary."""
    return HEAD + "".join(_part(title, getattr(vocabulary, name)) for name, title in PARTS.items())


def _part(title: str, words: Mapping[str, vocabulary.Words]) -> str:
    rows = [f"| {word['zh']} | {word['en']} | `{code}` |" for code, word in sorted(words.items())]
    return "\n".join([f"\n## {title}\n", "| 中文 | English | code |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    GLOSSARY.write_text(glossary(), encoding="utf-8")
