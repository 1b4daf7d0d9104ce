"""The documents say what is there: the glossary follows the vocabulary, and every file they name exists."""

import json
import re
import runpy
from pathlib import Path

import click
import pytest
from made.titles import TITLES

from efficacy_analytics import __version__, vocabulary
from efficacy_analytics.cli import app
from efficacy_analytics.settings import CHECKOUT

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), CHECKOUT / "data_lake" / "README.md"])
CODE = re.compile(r"`([\w./*]+\.(?:py|sql))`")
LINK = re.compile(r"\]\((?!http)([^)#]+)")
WRITER = CHECKOUT / "docs" / "write_glossary.py"
MADE = {CHECKOUT / "docs" / "reference" / f"{name}.md" for name in (*TITLES, "index")}
"""Pages that are made when the site is built."""


def missing_files(document: Path) -> list[str]:
    """The files of code that a document names and nobody finds, and its links that lead nowhere."""
    text = document.read_text(encoding="utf-8")
    if document.name == "CHANGELOG.md":  # it tells of what was there
        return []
    roots = [CHECKOUT, *(CHECKOUT / name for name in ("efficacy_analytics", "tests", "docs"))]
    named = {name for name in CODE.findall(text) if not any([*root.glob(f"**/{name}")] for root in roots[1:])}
    named -= {name for name in named if [*CHECKOUT.glob(name)]}
    links = {link: (document.parent / link).resolve() for link in LINK.findall(text)}
    return sorted([*named, *(link for link, file in links.items() if not file.exists() and file not in MADE)])


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


COMMAND = re.compile(r"(?:^|`)(?:\.venv/bin/)?efficacy ([^`\n#|;]+)", re.MULTILINE)


def unknown_words(line: str) -> list[str]:
    """The command and the options of a line that the command line does not know."""
    command: click.Command = app
    words = line.replace("…", " ").replace("[", " ").replace("]", " ").split()
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        if name not in command.commands:
            return [] if name.isupper() or name.startswith(("-", "…")) else [name]
        command = command.commands[name]
    if command.context_settings.get("ignore_unknown_options"):  # it passes them on
        return []
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"-h", "--help"}
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    return [option for option in options if option not in known]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_every_command_that_a_document_gives_exists_with_its_options(document: Path) -> None:
    if document.name == "CHANGELOG.md":  # it tells of what was there
        return
    lines = COMMAND.findall(document.read_text(encoding="utf-8"))
    assert {line: unknown_words(line) for line in lines if unknown_words(line)} == {}


def test_a_command_or_an_option_that_is_gone_would_be_named() -> None:
    assert unknown_words("brief --period 2025Q1 --colour red") == ["--colour"]
    assert unknown_words("layout guess a.csv") == []
    assert unknown_words("sing") == ["sing"]


def code_of(readme: str) -> list[str]:
    """The lines of the code blocks, without their comments."""
    blocks = re.findall(
        r"^```\w*\n(.*?)^```", (CHECKOUT / readme).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_the_readme_in_chinese_gives_the_same_lines_as_that_in_english() -> None:
    runnable = [line for line in code_of("README.md") if re.match(r"[\w.(]", line)]
    assert [line for line in code_of("README.zh.md") if re.match(r"[\w.(]", line)] == runnable


def test_the_citation_names_this_version() -> None:
    text = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", text, re.MULTILINE) == [__version__]


def test_what_archives_read_says_what_the_citation_says() -> None:
    cited = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    codemeta, zenodo = (json.loads((CHECKOUT / name).read_text()) for name in ("codemeta.json", ".zenodo.json"))
    assert codemeta["version"] == zenodo["version"] == __version__
    assert f'title: "{zenodo["title"]}"' in cited
    assert codemeta["license"].endswith(zenodo["license"])
    assert f"license: {zenodo['license']}" in cited
    assert codemeta["keywords"] == zenodo["keywords"] == re.findall(r"^  - ([a-z ]+)$", cited, re.MULTILINE)
