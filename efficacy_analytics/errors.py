"""What can go wrong, said once: the problem, a hint, and the exit code of the command line.

Messages name things, codes, counts and columns; never an applicant's data. A name may come from an export: whatever
stands in it, a message stays one line that a terminal shows and does not obey.
"""

import re
from typing import Final

LONGEST_LINE: Final = 1_000
IN_PYTHON: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"`efficacy show (\w+)`", r"`log.\1()`"),
        (r"`efficacy ingest PATH --layout NAME`", "`lake.ingest(path, layout)`"),
        (r"`efficacy (ingest|publish|find|brief|status)`", r"`lake.\1()`"),
        (r"\befficacy publish --as-on (\S+)", r'lake.publish(as_on="\1")'),
        (r"`efficacy refused`", "`lake.status()`"),
        (r"--where (\"[^\"]*\")", r"log.where(\1)"),
        (r"--set (\w+)=…", r'constants={"\1": "…"}'),
        (r"--set\b", "constants"),
        (r"--parameter (\w+)=(\S+)", r'\1="\2"'),
        (r"--(item|department) CODE", r"\1=…"),
        (r"--(zone|layout|about|revision-note) ([\w/.+-]+)", r'\1="\2"'),
        (r"(?<![\w-])--(accepted-from|accepted-until|department|item|where|edition|language|period|zone|layout)\b",
         lambda found: found[1].replace("-", "_")),
    )
)  # fmt: skip
"""What the command line calls its own way, and what a person says in Python instead."""


class EfficacyError(Exception):
    """A fault that is told in one line, with a hint in the next.

    Args:
        problem: what is wrong, naming the thing and the value.
        hint: what to do about it.
    """

    exit_code = 1

    def __init__(self, problem: str, *, hint: str = "") -> None:
        super().__init__(shown(problem))
        self.problem = shown(problem)
        self.hint = shown(hint)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the problem and the hint."""
        return str(self).splitlines()

    def told(self) -> str:
        """The problem and the hint in the words of the command line, a line each."""
        lines = [f"{type(self).__name__}: {self.problem}"]
        return "\n".join([*lines, f"Hint: {self.hint}"] if self.hint else lines)

    def __str__(self) -> str:
        """As `told`, in the words of Python."""
        return in_python(self.told())


class TimeLimitError(EfficacyError):
    """A step of a pipeline took longer than it may."""


class NotToldError(EfficacyError):
    """A server did not take a message; it is sent again later."""


class CallError(EfficacyError):
    """The call itself is wrong: an unknown name, a wrong type, a missing file."""

    exit_code = 2


class LayoutError(CallError):
    """A layout cannot be used as it is written."""


class ParameterError(CallError):
    """A parameter of a query or a notebook is unknown, missing or of the wrong type."""


class InputRefusedError(EfficacyError):
    """An export cannot be taken in; the lake stays as it was."""

    exit_code = 3


class SourceUnreachableError(InputRefusedError):
    """A database cannot be reached, or the connection was cut; what was read so far is kept.

    Args:
        is_passing: whether it is worth trying again at once.
    """

    def __init__(self, problem: str, *, hint: str = "", is_passing: bool = True) -> None:
        super().__init__(problem, hint=hint)
        self.is_passing = is_passing


class CannotAnswerError(EfficacyError):
    """The data cannot support the answer asked for."""

    exit_code = 4


class CalendarError(CannotAnswerError):
    """A date lies outside the years a calendar covers."""


class TooFewCasesError(CannotAnswerError):
    """Fewer cases than the guarantee needs.

    Args:
        missing_count: how many more cases are needed.
    """

    def __init__(self, problem: str, *, hint: str = "", missing_count: int = 0) -> None:
        super().__init__(problem, hint=hint)
        self.missing_count = missing_count


class EmptyCohortError(CannotAnswerError):
    """No case belongs to the cohort."""


class CheckFailedError(EfficacyError):
    """A check of what was made did not hold."""

    exit_code = 5


class DiffersError(CheckFailedError):
    """A document is not as it is made again.

    Args:
        problem: where it differs, and what it has there.
        made_again: what stands there when it is made again: a figure of the lake, which may be internal, so that it is
            told only where that is asked for.
        hint: what to do about it.
    """

    def __init__(self, problem: str, *, made_again: str, hint: str = "") -> None:
        super().__init__(problem, hint=hint)
        self.made_again = shown(made_again)

    def with_figures(self) -> CheckFailedError:
        """The same for whoever may see the lake's figures: with what stands there when it is made again."""
        return CheckFailedError(f"{self.problem} Made again: “{self.made_again}”.", hint=self.hint)


class LakeBusyError(EfficacyError):
    """Another process is writing to the lake."""

    exit_code = 6


def in_python(text: str) -> str:
    r"""A message whose commands and options are the methods and arguments of Python, where there are any.

    >>> in_python("run `efficacy publish`, or leave some out by --where \"event_count <= 9\"")
    'run `lake.publish()`, or leave some out by log.where("event_count <= 9")'
    """
    for pattern, words in IN_PYTHON:
        text = pattern.sub(words, text)
    return text


def shown(text: str) -> str:
    """The text as one line: line ends and marks that a terminal would obey are spelled out, the middle of a very long
    one is left out.
    """
    if len(text) > LONGEST_LINE:
        text = f"{text[: LONGEST_LINE // 2]} … {text[-LONGEST_LINE // 4 :]}"
    return text if text.isprintable() else "".join(map(_spelled, text))


def _spelled(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()
