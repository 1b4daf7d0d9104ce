"""What a document says, whole and finished: head, sections of blocks, foot. Every rendering is made from this alone."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.blocks import Block, Table
from efficacy_analytics.vocabulary import Language

Form = Literal["html", "pdf", "docx", "xlsx"]
FOOT_LINE: Final = 92
"""Half-width letters of a line of the foot on paper."""
SHORT_FOOT: Final = 18
"""Such lines that are kept together."""
FORMS: Final[tuple[Form, ...]] = ("html", "pdf", "docx", "xlsx")


@dataclass(frozen=True)
class Masthead:
    """What stands above the first section of a document.

    Attributes:
        name: of the series, large and red.
        edition: whom it is for, top left.
        issue: its number.
        issuer: who issues it, left above the red rule.
        issued_on: its day, right above the red rule.
        title: what it is about.
        period: the period in words.
        remarks: what a reader must know before reading: the day of judgement, periods that are not whole, revisions.
        editor_note: a word of the editor (编者按); none is empty.
        copy_number: of a numbered copy, top right; none is empty.
    """

    name: str
    edition: str
    issue: str
    issuer: str
    issued_on: str
    title: str
    period: str
    remarks: Sequence[str] = ()
    editor_note: str = ""
    copy_number: str = ""

    @property
    def title_parts(self) -> list[str]:
        """The title, parted where a line of it may end: behind its colon, and in Chinese behind its period."""
        period = f"(?<={re.escape(self.period)})|" if self.period and not self.period.isascii() else ""
        return [part for part in re.split(f"{period}(?<=：)|(?<=: )", self.title) if part]


@dataclass(frozen=True)
class Piece:
    """A section of a document: its name, its title in the document's language, its blocks."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Colophon:
    """What stands below the last section: how to read and check the figures, their origin, who gets the document.

    Attributes:
        title: of the part on data and methods.
        lines: on method.
        facts: on origin, each with its name.
        sent: to whom, in order: 报 (superiors), 送 (others), 发 (subordinates), each with its word.
        copies: how many are printed, in words; none is empty.
        printed_on: the day of the print, in words.
    """

    title: str
    lines: Sequence[str]
    facts: Sequence[tuple[str, str]]
    sent: Sequence[tuple[str, str]] = ()
    copies: str = ""
    printed_on: str = ""

    @property
    def is_short(self) -> bool:
        """Whether the lines on method have room on the page of the origin and the foot, and so never stand without."""
        lines = sum(math.ceil(display_width(line) / FOOT_LINE) for line in self.lines)
        return lines <= SHORT_FOOT


@dataclass(frozen=True)
class Content:
    """A document.

    Attributes:
        language: in which it is written.
        head: above the sections.
        pieces: the sections in their order.
        colophon: below them.
        origin: all that decides what it says, as plain values; each rendering carries it, and `verify` reads it.
        day: the day it is of, as year, month and day; its only date, for no rendering looks at the clock on the wall.
    """

    language: Language
    head: Masthead
    pieces: Sequence[Piece]
    colophon: Colophon
    origin: Mapping[str, Any]
    day: tuple[int, int, int]

    @property
    def lang(self) -> str:
        """The language as documents name it."""
        return "zh-CN" if self.language == "zh" else "en"

    @property
    def full_title(self) -> str:
        """Name, number and subject in one line."""
        return f"{self.head.name} {self.head.issue} · {self.head.title}"

    def tables(self) -> Iterator[tuple[int, Piece, Table]]:
        """Every table with its number, counted through the document from 1, and the section it stands in."""
        found = ((piece, block) for piece in self.pieces for block in piece.blocks if isinstance(block, Table))
        yield from ((number, piece, table) for number, (piece, table) in enumerate(found, start=1))
