"""How far long work has come, told on stderr: a bar in a terminal, a line per step elsewhere, or nothing."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

OnProgress = Callable[..., None]
Progress = Callable[[str], AbstractContextManager[OnProgress]]


@contextmanager
def silent(title: str) -> Iterator[OnProgress]:
    """Progress that says nothing."""
    yield lambda *_: None


def spoken() -> Progress:
    """Progress for people: a bar where stderr is a terminal, else a line as each step begins."""
    return _bar if sys.stderr.isatty() else _lines


@contextmanager
def _lines(title: str) -> Iterator[OnProgress]:
    begun, last = time.monotonic(), [""]

    def on_progress(message: str, done: int = 0, total: int = 0) -> None:
        if message != last[0]:
            last[0] = message
            print(f"{title:>12}  {time.monotonic() - begun:6.1f} s  {message}", file=sys.stderr, flush=True)

    on_progress("started")
    yield on_progress
    on_progress("done")


@contextmanager
def _bar(title: str) -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.fields[title]:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with RichProgress(*columns, TextColumn("{task.description}"), console=Console(stderr=True)) as bars:
        task = bars.add_task("", title=title, total=None)

        def on_progress(message: str, done: int = 0, total: int = 0) -> None:
            bars.update(task, description=message, completed=done, total=total or None)

        yield on_progress
        bars.update(task, description="done", total=1, completed=1)
