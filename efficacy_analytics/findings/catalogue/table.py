"""A table by name: what it says in both languages, and what makes it, imported when it is first made."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import polars as pl

from efficacy_analytics.engine.session import Session


@dataclass(frozen=True)
class Table:
    """A table by name.

    Attributes:
        name: as `efficacy show` takes it.
        zh: what it says, in one line of Chinese.
        en: the same in English.
        make: makes it from the engine of a cohort, with options of its own.
        is_in_runs: whether every run of the findings keeps it; what takes long or is long is made when asked for.
    """

    name: str
    zh: str
    en: str
    make: Callable[..., pl.DataFrame]
    is_in_runs: bool = True


def lazily(source: str, **fixed: Any) -> Callable[..., pl.DataFrame]:
    """A function known by `module:function`, imported at its first call; options of the call come before `fixed`."""
    module, function = source.split(":")

    def make(log: Session, **options: Any) -> pl.DataFrame:
        made: pl.DataFrame = getattr(import_module(module), function)(log, **{**fixed, **options})
        return made

    return make
