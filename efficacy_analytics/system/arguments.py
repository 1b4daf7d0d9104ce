"""Arguments of what people call, held against what they are declared to be: a slip is told in one sentence."""

import datetime as dt
import functools
import inspect
import re
from collections import abc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from efficacy_analytics.errors import CallError

P = ParamSpec("P")
R = TypeVar("R")

CALLED: Final[dict[Any, str]] = {
    str: "a text", int: "a whole number", float: "a number", bool: "True or False", dt.date: "a day",
    dt.datetime: "a moment", Path: "a path",
}  # fmt: skip
PLAIN: Final = (str, bytes, int, float, bool, NoneType, dt.date, Path, list, tuple, set, dict)
"""Values that are named as they are; others may hold data, and are named by their kind."""
LISTS: Final = (abc.Sequence, list, tuple)
MAPPINGS: Final = (abc.Mapping, dict)
LARGEST: Final = 2**63
"""Of whole numbers: what engines count with."""
LONGEST: Final = 60
"""Letters of a value in a message."""


def checked(call: Callable[P, R]) -> Callable[P, R]:
    """Makes a function of the front door refuse arguments of another kind than it declares.

    Annotations say what is taken; what is declared as a text in quotes or as anything is left to the function.

    Raises:
        CallError: an argument is of another kind.
    """
    taken = {name: one for name, one in inspect.signature(call).parameters.items() if one.kind not in _REST}

    @functools.wraps(call)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in [*zip(taken, args, strict=False), *kwargs.items()]:
            if name in taken and not is_of(value, taken[name].annotation):
                raise CallError(
                    f"{name} of {call.__name__.strip('_')} is {words_of(taken[name].annotation)}, not {said(value)}.",
                    hint=_meaning(call, name),
                )
        return call(*args, **kwargs)

    return asked


_REST = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def is_of(value: Any, kind: Any) -> bool:
    """Whether a value is what an annotation declares; True and False are no numbers, a text is no list."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in (Any, inspect.Parameter.empty) or isinstance(kind, str | TypeVar):
        return True
    if kind in (None, NoneType):
        return value is None
    if origin in (Union, UnionType):
        return any(is_of(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, tuple({type(part) for part in parts}))  # which of them, the function says
    if origin in LISTS:
        return _is_list_of(value, origin, parts)
    if origin in MAPPINGS:
        return isinstance(value, Mapping) and all(all(map(is_of, row, parts)) for row in value.items())
    return _is_one(value, kind)


def _is_one(value: Any, kind: Any) -> bool:
    if kind in (int, float):
        is_number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
        return is_number and abs(value) < LARGEST  # what is no number is not smaller
    return isinstance(value, kind) if isinstance(kind, type) else True


def _is_list_of(value: Any, origin: Any, parts: tuple[Any, ...]) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        return len(value) == len(parts) and all(map(is_of, value, parts))
    return all(is_of(one, parts[0]) for one in value) if parts else True


def words_of(kind: Any) -> str:
    """An annotation in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(words_of(part) for part in parts if part is not NoneType))
    if origin is Literal:
        return " or ".join(repr(part) for part in parts)
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        return f"a pair ({', '.join(map(words_of, parts))})"
    if origin in LISTS:
        return f"a list, each {words_of(parts[0])}"
    if origin in MAPPINGS:
        return f"a dictionary from {' to '.join(map(words_of, parts))}"
    return CALLED.get(kind, f"a {getattr(kind, '__name__', kind)}")


def said(value: Any) -> str:
    """A value in a message: cut where it is long, by its kind where it may hold data."""
    if not isinstance(value, PLAIN):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _meaning(call: Callable[..., Any], name: str) -> str:
    """What the documentation says of an argument."""
    told = rf"^\s+{name}: (.+?)(?=\n\s+\w+: |\n\s*\n|\Z)"
    found = re.search(told, inspect.getdoc(call) or "", re.MULTILINE | re.DOTALL)
    return f"{name}: {' '.join(found[1].split())}" if found else ""
