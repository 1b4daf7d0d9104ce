"""What the parts of a log ask of it."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Protocol

import polars as pl

from efficacy_analytics.documents.tables.log_table import LogTable
from efficacy_analytics.engine.session import Session
from efficacy_analytics.vocabulary import Language


class Asked(Protocol):
    """A log that can be asked and narrowed."""

    @property
    def language(self) -> Language: ...

    @property
    def engine(self) -> Session: ...

    def table(self, name: str, **options: Any) -> LogTable: ...

    def readable(self, name: str, **options: Any) -> LogTable: ...

    def names(self, code: str) -> pl.DataFrame: ...

    def in_words(self, frame: pl.DataFrame) -> LogTable: ...

    def shown(self, frame: pl.DataFrame, *, title: str = "", headings: Mapping[str, str] | None = None) -> LogTable: ...

    def where(self, condition: str | None = None, **chosen: Any) -> Any: ...


def near(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """What a slip may have meant, as the end of a sentence."""
    found = get_close_matches(name, list(known), n=3)
    return f" Did you mean {' or '.join(found)}?" if found else f" One of: {', '.join(known)}."
