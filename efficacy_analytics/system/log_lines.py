"""A log of one line an event, kept in a file that is rotated, and told on stderr as text or as JSON lines."""

import datetime as dt
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

Tell = Callable[..., None]


@contextmanager
def kept_log(file: Path, *, most_bytes: int, file_count: int, on_stderr: str) -> Iterator[Tell]:
    """What tells a line: to the file, always as text, and to stderr.

    Args:
        file: the log; when it is full it is moved to `….1`, that one to `….2`, and so on.
        most_bytes: how long it may become.
        file_count: how many full ones are kept.
        on_stderr: "text", "json" (a line with `at` and the facts), or "" for nothing.

    Yields:
        A function that takes the text of a line and its facts by name.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(file, maxBytes=most_bytes, backupCount=file_count, encoding="utf-8")

    def tell(text: str, **facts: Any) -> None:
        at = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        line = " ".join(text.split())
        handler.emit(logging.LogRecord("", logging.INFO, "", 0, f"{at}  {line}", None, None))
        if on_stderr:
            said = json.dumps({"at": at, **facts}, ensure_ascii=False) if on_stderr == "json" else line
            print(said, file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        handler.close()
