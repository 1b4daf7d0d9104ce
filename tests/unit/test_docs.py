"""The documents say what is there: the glossary follows the vocabulary, and every file they name exists."""

import re
import runpy
from pathlib import Path

import pytest

from efficacy_analytics import vocabulary
from efficacy_analytics.settings import CHECKOUT

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), CHECKOUT / "data_lake" / "README.md"])
CODE = re.compile(r"`([\w./*]+\.(?:py|sql))`")
LINK = re.compile(r"\]\((?!http)([^)#]+)")
WRITER = CHECKOUT / "docs" / "write_glossary.py"


def missing_files(document: Path) -> list[str]:
    """The files of code that a document names and nobody finds, and its links that lead nowhere."""
    text = document.read_text(encoding="utf-8")
    if document.name == "CHANGELOG.md":  # it tells of what was there
        return []
    roots = [CHECKOUT, *(CHECKOUT / name for name in ("efficacy_analytics", "tests", "docs"))]
    named = {name for name in CODE.findall(text) if not any([*root.glob(f"**/{name}")] for root in roots[1:])}
    named -= {name for name in named if [*CHECKOUT.glob(name)]}
    return sorted([*named, *(link for link in LINK.findall(text) if not (document.parent / link).exists())])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    assert missing_files(document) == []


def test_a_file_that_is_gone_would_be_named(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    document.write_text("See `clock/legal.py`, `guarantees/choices.py` and [this](nowhere.md).")
    assert missing_files(document) == ["guarantees/choices.py", "nowhere.md"]


def test_the_glossary_is_that_of_the_vocabulary() -> None:
    made = runpy.run_path(str(WRITER))
    assert made["GLOSSARY"].read_text(encoding="utf-8") == made["glossary"](), "run `make glossary`"


def test_every_list_of_words_is_in_the_glossary() -> None:
    lists = {
        name for name, words in vars(vocabulary).items()
        if name.isupper() and isinstance(words, dict) and all(isinstance(word, dict) for word in words.values())
    }  # fmt: skip
    assert lists == set(runpy.run_path(str(WRITER))["PARTS"])
