"""Which code is running: a hash of the package's own files, since a version number changes more seldom than figures."""

import hashlib
from functools import cache
from pathlib import Path

from efficacy_analytics.errors import CheckFailedError

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def code_sha256(package: Path = PACKAGE) -> str:
    """The SHA-256 of all Python and SQL files of a package, names included; read once a process.

    What a wheel carries besides the package (`shipped`) does not count: installed or from a checkout, it is one code.

    Args:
        package: the package's folder; this one where none is given.
    """
    whole = hashlib.sha256()
    for name, file in sorted((path.relative_to(package).as_posix(), path) for path in package.rglob("*")):
        if file.suffix in (".py", ".sql") and not name.startswith("shipped/"):
            whole.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def check_same_code(expected_sha256: str) -> None:
    """That a worker runs the code of whoever gave it a task.

    Raises:
        CheckFailedError: it runs other code.
    """
    if code_sha256() != expected_sha256:
        raise CheckFailedError("a worker runs another version of the program than whoever gave it the task.")
