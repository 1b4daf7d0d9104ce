"""Markdown that holds what a declaration says: tables, code, docstrings."""

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

SECTIONS = re.compile(r"^(Args|Returns|Raises|Attributes|Source|Sources|Yields):[ ]*(.*)$", re.MULTILINE)
ENTRY = re.compile(r"^(\*{0,2}[\w.]+):\s+(.*)$")


def cell(value: Any) -> str:
    """One cell of a table."""
    return re.sub(r"\s+", " ", str(value)).replace("|", "\\|").replace("<", "&lt;").strip()


def code(value: Any) -> str:
    """A name or a value as code, in a cell or a sentence."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    mark = "``" if "`" in text else "`"
    return f"{mark}{text}{mark}".replace("|", "\\|") if text else "–"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines) + "\n"


def prose(text: str) -> str:
    """Text of a docstring: its characters are themselves, its examples are code."""
    parts = [
        f"```pycon\n{part}\n```" if part.startswith(">>>") else re.sub(r"(?<!`)<(?=[\w/])", "&lt;", part)
        for part in text.split("\n\n")
    ]
    return "\n\n".join(parts)


def docstring(thing: Any) -> str:
    """The docstring of a function or class: its sentences, then a part for each of its sections."""
    text = inspect.getdoc(thing) or ""
    parts = SECTIONS.split(text)
    said = [prose(parts[0].strip())]
    for name, first, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        body = inspect.cleandoc(f"{first}\n{rest}" if first else rest)
        said.append(f"**{name}**\n\n{_entries(body) if name in ('Args', 'Attributes', 'Raises') else prose(body)}")
    return "\n\n".join(said) + "\n"


def _entries(body: str) -> str:
    """`name: what it is`, the next lines of one being indented, as a list."""
    lines: list[str] = []
    for line in body.splitlines():
        found = ENTRY.match(line)
        if found and found[1] == "log":  # the cases of the question, which are there already
            continue
        if found:
            lines.append(f"- {code(found[1])}: {prose(found[2])}")
        elif line.strip():
            lines.append(f"  {prose(line.strip())}")
    return "\n".join(lines)
