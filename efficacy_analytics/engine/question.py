"""Questions of a session: each leaves nothing behind, and each is answered once.

What a question computes for itself (verdicts of another day, the visits of stages) lives in temporary tables of its
own scope, so that the order of questions never changes an answer.
"""

import dataclasses
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import polars as pl

from efficacy_analytics.engine.session import Question, Session

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT_BYTES: Final = 128 << 20
"""An answer larger than this is not kept: it is computed again when it is asked for again."""


def question(answer: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Makes a function that asks a session leave nothing behind, and answer the same question from what it kept.

    Args:
        answer: takes a session first; what it returns must follow from the session's cohort and settings, and its
            arguments, alone.

    Returns:
        The same function. It keeps what it returned for as long as the session's cohort stays, where the arguments
        can be compared and the answer is not too large.
    """
    return _asked(answer, lambda log: log.answers)


def question_of_snapshot(answer: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """As `question`, of what is the same for every cohort: answered once for all sessions on one snapshot.

    Args:
        answer: takes a session first; what it returns must follow from the snapshot and its arguments alone, neither
            from the cohort nor from settings.
    """
    asked = _asked(answer, lambda log: log.snapshot_answers)

    @wraps(answer)
    def asked_by_one(log: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with log.snapshot_lock:
            return asked(log, *args, **kwargs)

    return asked_by_one


def _asked(
    answer: Callable[Concatenate[Session, P], R], kept_in: Callable[[Session], dict[Question, Any]]
) -> Callable[Concatenate[Session, P], R]:
    defaults = {
        name: one.default for name, one in signature(answer).parameters.items() if one.kind is Parameter.KEYWORD_ONLY
    }

    @wraps(answer)
    def asked(log: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        known = (answer, args, tuple(sorted({**defaults, **kwargs}.items())))
        if not _can_be_compared(known):
            with log.scope():
                return answer(log, *args, **kwargs)
        answers = kept_in(log)
        if known not in answers:
            with log.scope():
                found = answer(log, *args, **kwargs)
            if _bytes(found) > MOST_KEPT_BYTES:
                return found
            answers[known] = _of_its_own(found)
            return found
        kept: R = answers[known]
        return _of_its_own(kept)

    return asked


def _of_its_own(answer: R) -> R:
    """An answer that whoever asked may change in place; a frame's columns are shared, not copied."""
    own: Any = answer.clone() if isinstance(answer, pl.DataFrame) else answer
    return own  # type: ignore[no-any-return]


def _can_be_compared(known: tuple[Any, ...]) -> bool:
    try:
        hash(known)
    except TypeError:
        return False
    return True


def _bytes(found: Any) -> int:
    """How much memory an answer takes: a frame or an array, or a value made of them."""
    if isinstance(found, pl.DataFrame):
        return int(found.estimated_size())
    if dataclasses.is_dataclass(found):
        return sum(_bytes(getattr(found, field.name)) for field in dataclasses.fields(found))
    if isinstance(bytes_of_array := getattr(found, "nbytes", None), int):
        return bytes_of_array
    within = found.values() if isinstance(found, dict) else found
    return sum(map(_bytes, within)) if isinstance(found, dict | list | tuple) else 0
