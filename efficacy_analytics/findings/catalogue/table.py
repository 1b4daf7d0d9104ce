"""A table by name: what it says in both languages, and what makes it, imported when it is first made."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType, UnionType
from typing import Any, Final, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.system.arguments import is_of, said, words_of

EXAMPLES: Final = {
    "share": 0.95,
    "confidence": 0.95,
    "rank_confidence": 0.99,
    "replicates": 400,
    "seed": 1,
    "most_steps": 200,
}
"""Of options whose usual value stands in the settings."""


@dataclass(frozen=True)
class Table:
    """A table by name.

    Attributes:
        name: as `efficacy show` takes it.
        zh: what it says, in one line of Chinese.
        en: the same in English.
        source: `module:function` that makes it from the session of a cohort; its keyword arguments are the options.
        fixed: options that this table gives the function where the call does not.
        is_of_history: whether a run of a period makes it of all cases, accepted whenever, that the rest of its cohort
            chooses: what rests on cases since a change must not be cut by a period.
        is_in_runs: whether every run of the findings keeps it; what takes long or is long is made when asked for.
    """

    name: str
    zh: str
    en: str
    source: str
    fixed: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    is_in_runs: bool = True
    is_of_history: bool = False

    def make(self, log: Session, **options: Any) -> pl.DataFrame:
        """The table of a cohort.

        Args:
            log: the engine of a cohort.
            **options: the table's own.

        Raises:
            CallError: the table takes no such option, or not that value.
        """
        self.check(options)
        made: pl.DataFrame = self.function()(log, **{**self.fixed, **options})
        return made

    def function(self) -> Callable[..., pl.DataFrame]:
        """What makes the table, imported at the first call."""
        module, function = self.source.split(":")
        found: Callable[..., pl.DataFrame] = getattr(import_module(module), function)
        return found

    def options(self) -> Mapping[str, inspect.Parameter]:
        """What can be asked of the table besides its cohort, by name: the keyword arguments of its function."""
        given = inspect.signature(self.function()).parameters
        return {name: one for name, one in given.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}

    def check(self, options: Mapping[str, Any]) -> None:
        """Refuses an option that the table does not take, and a value that is none of those declared.

        Raises:
            CallError: the table takes no such option, or not that value.
        """
        taken = self.options() if options else {}
        for name, value in options.items():
            if name not in taken:
                known = ", ".join(taken) or "none"
                raise CallError(f"table '{self.name}' takes no option '{name}'.", hint=f"its options: {known}")
            self._check_kind(name, value)
            allowed = self._values(name)
            if allowed and value not in allowed:
                raise CallError(
                    f"option '{name}' of table '{self.name}' is not {value!r}.",
                    hint=f"one of: {', '.join(str(one) for one in allowed if one is not None)}",
                )

    def _check_kind(self, name: str, value: Any) -> None:
        """Refuses a text for a number, and the like, and a number that counts nothing."""
        wanted = self._kind(name)
        if value is None and self._takes_none(name):
            return
        if not is_of(value, wanted):
            self._refuse(name, value, words_of(wanted))
        if wanted is float and name.endswith(("confidence", "share")) and not 0 < value < 1:
            self._refuse(name, value, "a share between 0 and 1")
        fewest = 0 if name == "seed" or wanted is float else 1
        if wanted in (int, float) and not value >= fewest:
            self._refuse(name, value, f"{words_of(wanted)} from {fewest} on")

    def _refuse(self, name: str, value: Any, wanted: str) -> NoReturn:
        usual = self._usual(name)
        raise CallError(
            f"option '{name}' of table '{self.name}' is {wanted}, not {said(value)}.",
            hint=f"such as {usual}" if not usual.endswith("=None") else "leave it out for what is usual",
        )

    def _kind(self, name: str) -> Any:
        """The type of an option, without the None that stands for the usual value."""
        kind = get_type_hints(self.function()).get(name)
        others = [one for one in get_args(kind) if one is not type(None)]
        return others[0] if self._takes_none(name) and len(others) == 1 else kind

    def _takes_none(self, name: str) -> bool:
        kind = get_type_hints(self.function()).get(name)
        return get_origin(kind) in (Union, UnionType) and type(None) in get_args(kind)

    def _usual(self, name: str) -> str:
        usual = self.options()[name].default
        return f"{name}={EXAMPLES.get(name, usual)!r}"

    def _values(self, name: str) -> tuple[Any, ...]:
        """The values an option may have, where its type lists them."""
        kind = self._kind(name)
        return (*get_args(kind), *([None] if self._takes_none(name) else [])) if get_origin(kind) is Literal else ()
