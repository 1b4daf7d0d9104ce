"""Every term stands in both languages."""

import re
from collections.abc import Iterator

import pytest

from efficacy_analytics import vocabulary
from efficacy_analytics.charts.bottlenecks import TITLE as BOTTLENECK_TITLES
from efficacy_analytics.charts.maps.process_map import DESCRIPTION, TOOLTIP
from efficacy_analytics.findings.limits.safe_limits import REASONS

TABLES = (
    *("COLUMNS", "KINDS", "REASONS", "METHODS", "BACKTESTS", "BUNCHINGS"),
    *("TIME_KINDS", "UNITS", "CLOCKS", "EDITIONS", "TERMS"),
)


def terms() -> Iterator[tuple[str, dict[str, str]]]:
    for table in TABLES:
        for name, words in getattr(vocabulary, table).items():
            yield f"{table}.{name}", words
    yield from TOOLTIP.items()
    yield from BOTTLENECK_TITLES.items()
    yield "description", DESCRIPTION


@pytest.mark.parametrize(("name", "words"), list(terms()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_term_has_both_languages_with_the_same_places_to_fill(name: str, words: dict[str, str]) -> None:
    assert set(words) == {"zh", "en"}
    assert all(words.values())
    assert sorted(re.findall(r"{(\w+)}", words["zh"])) == sorted(re.findall(r"{(\w+)}", words["en"]))


def test_every_reason_the_limits_can_give_has_words() -> None:
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(vocabulary.REASONS)


def test_english_headings_are_in_sentence_case() -> None:
    headings = [words["en"] for words in vocabulary.COLUMNS.values()]
    assert [text for text in headings if text != text[0] + text[1:].lower()] == []


def test_a_column_without_an_entry_keeps_its_own_name() -> None:
    assert vocabulary.heading("colour_of_the_folder", "zh") == "colour_of_the_folder"
