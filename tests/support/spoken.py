"""The command line in the test's own process: what a test that is not about processes asks of it, without a start."""

import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from efficacy_analytics import cli
from efficacy_analytics.settings import settings
from efficacy_analytics.system.stopping import SIGNALS

Spoken = subprocess.CompletedProcess[bytes]


def spoken(
    words: Sequence[str | Path], *, file: str | None = None, folder: Path | None = None, **environment: str
) -> Spoken:
    """Runs `efficacy` with these words, or a pipeline's file; all that it and its libraries write is caught.

    Args:
        words: what stands behind the program's name.
        file: the pipeline's file that is run instead.
        folder: where it is run.
        **environment: set for as long as it runs.
    """
    asked = [str(word) for word in words]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        with _at(folder or Path.cwd(), environment), _as_called([file or "efficacy", *asked]), _into(said, complained):
            code = _ended(file)
        return subprocess.CompletedProcess(asked, code, _text(said), _text(complained))


def spoken_text(
    words: Sequence[str | Path], *, file: str | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """The same, with what was said as texts."""
    done = spoken(words, file=file, **environment)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def _ended(file: str | None) -> int:
    try:
        if file is None:
            cli.main()
        else:
            runpy.run_path(file, run_name="__main__")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _text(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@contextmanager
def _at(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """In another folder and environment; settings are read anew."""
    before, was = dict(os.environ), Path.cwd()
    os.environ.update(environment)
    os.chdir(folder)
    settings.cache_clear()
    try:
        yield
    finally:
        os.chdir(was)
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


@contextmanager
def _as_called(words: list[str]) -> Iterator[None]:
    """With these words as the call; signals mean afterwards what they meant before."""
    was, handlers = sys.argv, {one: signal.getsignal(one) for one in SIGNALS}
    sys.argv = words
    try:
        yield
    finally:
        sys.argv = was
        for one, handler in handlers.items():
            signal.signal(one, handler)


@contextmanager
def _into(said: IO[bytes], complained: IO[bytes]) -> Iterator[None]:
    """Both streams, those of libraries too, into files."""
    streams = sys.stdout, sys.stderr
    for stream in streams:
        stream.flush()
    kept = os.dup(1), os.dup(2)
    os.dup2(said.fileno(), 1)
    os.dup2(complained.fileno(), 2)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.stderr.reconfigure(line_buffering=True)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = streams
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)
