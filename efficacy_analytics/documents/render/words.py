"""The few words that a rendering itself adds: numbers of tables and figures, and where left-out rows are."""

from typing import Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.vocabulary import Language, Words

WORDS: Final[dict[str, Words]] = {
    "table": {"zh": "表 ", "en": "Table "},
    "figure": {"zh": "图 ", "en": "Figure "},
    "colon": {"zh": "：", "en": ": "},
    "editor_note": {"zh": "编者按：", "en": "Editor's note: "},
    "more": {
        "zh": "另有 {count} 行，见同名 xlsx 附表“{sheet}”。",
        "en": "{count} more {count:row|rows}: sheet “{sheet}” of the xlsx file beside.",
    },
    "elsewhere": {"zh": "{figure}见文末横页。", "en": "{figure} stands on a page of its own near the end."},
    "origin": {
        "zh": "本文依据：快照、办件范围与设置",
        "en": "What this document was made from: snapshot, cases, settings",
    },
}
SHEET: Final[Words] = {"zh": "表{number}", "en": "Table {number}"}


def spoken(language: Language) -> dict[str, str]:
    """The words in one language."""
    return {name: words[language] for name, words in WORDS.items()}


def sheet_name(number: int, language: Language) -> str:
    """The sheet of a workbook that holds the table of that number."""
    return SHEET[language].format(number=number)


def elsewhere(number: int, language: Language) -> str:
    """Where a wide figure of that number stands, on paper."""
    return WORDS["elsewhere"][language].format(figure=f"{WORDS['figure'][language]}{number}")


def more_rows(count: int, number: int, language: Language) -> str:
    """Where the rows are that the print leaves out; empty where there are none."""
    if not count:
        return ""
    return WORDS["more"][language].format(count=figures.count(count, language), sheet=sheet_name(number, language))
