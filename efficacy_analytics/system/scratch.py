"""One folder for all that a process lays down outside the lake: temporary files, sockets, keys of notebook kernels.

It goes when the process ends. A process that is killed leaves it; the next one of the same mark finds it by its name,
which holds the number of the process and when that began (numbers are given again), and removes it.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from efficacy_analytics.system.disk import is_running

PREFIX = "efficacy-run-"
VARIABLES = ("TMPDIR", "JUPYTER_RUNTIME_DIR")
SHORT = Path("/tmp")
MOST_LETTERS = 75
"""Of the folder's path: the name of a socket in it must fit into 107."""
TICKS_AT = 19
"""The place of the beginning of a process in what Linux tells of it, after its name (proc(5): the 22nd of all)."""


@contextmanager
def own_scratch(of: Path) -> Iterator[Path]:
    """The folder of this process, which all that happens inside uses, in its children too; it is gone afterwards.

    Args:
        of: on whose behalf: what processes of the same left is removed.
    """
    usual = Path(tempfile.gettempdir())
    mark = f"{PREFIX}{hashlib.sha256(str(of.resolve()).encode()).hexdigest()[:8]}-"
    for left in [*usual.glob(f"{mark}*"), *SHORT.glob(f"{mark}*")]:
        if _is_abandoned(left, mark):
            shutil.rmtree(left, ignore_errors=True)
    name = f"{mark}{os.getpid()}-{_began(os.getpid())}-"
    is_short = len(str(usual / name)) + 8 <= MOST_LETTERS
    folder = Path(tempfile.mkdtemp(prefix=name, dir=usual if is_short or not SHORT.is_dir() else SHORT))
    former = {variable: os.environ.get(variable) for variable in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, str(folder)))
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        tempfile.tempdir = str(usual)
        for variable, value in former.items():
            os.environ.pop(variable)
            if value is not None:
                os.environ[variable] = value


def _is_abandoned(folder: Path, mark: str) -> bool:
    """Whether it is ours and its process is no more."""
    process, began, *_ = f"{folder.name.removeprefix(mark)}-".split("-")
    try:
        is_ours = folder.stat().st_uid == os.getuid() and process.isdigit()
    except FileNotFoundError:
        return False
    return is_ours and not (is_running(int(process)) and _began(int(process)) == began)


def _began(process: int) -> str:
    """When a process began, in ticks since the machine did, which no setting of a clock moves; empty where unknown."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[TICKS_AT]
