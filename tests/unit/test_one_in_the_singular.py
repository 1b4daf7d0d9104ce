"""A count of one stands in the singular, in every English text of the program that holds a count."""

import ast
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import efficacy_analytics
from efficacy_analytics.charts.style import numbers as figures

PACKAGE = Path(efficacy_analytics.__file__).parent
NOUNS = (
    "activit(y|ies)|cards?|cases?|case-days?|clock stops?|cop(y|ies)|days?|departments?|events?|files?|groups?|items?"
    "|late cases?|more rows?|pairs?|passages?|paths?|periods?|points?|reminders?|rows?|stages?|steps?|stops?"
    "|suspicious clock stops?|times|units?|working days?|yellow cards?"
)
MANY = re.compile(rf"\b1 ({NOUNS})\b(?<=s)|\b1 (are|were|have|need|lie|come|belong)\b")
"""A noun or a verb of many, right after a one."""

NO_COUNTS = (
    *("share", "overall", "usual", "points", "size", "of_causes", "expected"),  # measured, with decimals
    *("fewest", "shares", "stale_days", "working_day_count", "most"),  # chosen, and never one
)


class One(string.Formatter):
    """Writes every placeholder as a count of one."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        del args, kwargs
        return "1.0%" if str(key) in (*NO_COUNTS, "", "0") else figures.count(1, "en")

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.get_value(field_name, args, kwargs), field_name


def english(file: Path) -> Iterator[tuple[int, str]]:
    """The English texts of a file that hold placeholders."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            is_english = isinstance(key, ast.Constant) and key.value == "en"
            if is_english and isinstance(value, ast.Constant) and "{" in str(value.value):
                yield value.lineno, str(value.value)


def spoken_of_one(text: str) -> str:
    return One().format(text)


def test_no_english_text_tells_one_as_if_it_were_many() -> None:
    faults = [
        f"{file.relative_to(PACKAGE)}:{line}: {spoken_of_one(text)}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for line, text in english(file)
        if MANY.search(spoken_of_one(text))
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("{count} cases are open", True),
        ("{count} {count:case is|cases are} open", False),
        ("of {count} items", True),
        ("{change} need a change", True),
        ("{count} class", False),
    ],
)
def test_a_text_that_did_would_be_found(text: str, is_fault: bool) -> None:
    assert bool(MANY.search(spoken_of_one(text))) == is_fault


def test_a_count_chooses_its_word() -> None:
    said = "{count} {count:row|rows}"
    assert [said.format(count=figures.count(count, "en")) for count in (0, 1, 2, 1_000)] == [
        *("0 rows", "1 row", "2 rows", "1,000 rows")
    ]
    assert said.format(count=figures.count(None, "en")) == "– rows"
