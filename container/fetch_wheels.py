"""Lays the locked packages into a folder as wheels, so that an image is built from it without a network.

    python container/fetch_wheels.py 3.11.2 wheels

The first argument is the version of the image's Python: the lock names other packages for some, and its own hashes for
each. What lies in the folder and is not asked for is removed.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"


def asked_for(lock: str, version: str) -> list[str]:
    """The requirements of a lock that hold for a version of Python, each with its hashes and without its condition."""
    where = {"python_full_version": version, "python_version": ".".join(version.split(".")[:2])}
    lines = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE)).splitlines()
    found = []
    for line in filter(str.strip, lines):
        requirement, *hashes = line.split("--hash=")
        one = Requirement(requirement)
        if one.marker is None or one.marker.evaluate(where):
            one.marker = None
            found.append(" ".join([str(one), *(f"--hash={text.strip()}" for text in hashes)]))
    return found


def fetch(version: str, folder: Path) -> list[Path]:
    """Fetches what is not there yet; the wheels, in order.

    Args:
        version: of the image's Python, in full.
        folder: where they are laid.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = asked_for(LOCK.read_text(encoding="utf-8"), version)
    with tempfile.TemporaryDirectory(prefix="efficacy-wheels-") as scratch:
        lock = Path(scratch) / "requirements.lock"
        lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
        exact = ["--only-binary", ":all:", "--python-version", version, "--requirement", str(lock)]
        subprocess.run([*pip, *exact, "--dest", str(folder)], check=True)
    names = {_as_in_files(Requirement(line.split(" --hash=")[0])) for line in lines}
    for wheel in folder.iterdir():
        if "-".join(wheel.name.lower().split("-")[:2]) not in names:
            wheel.unlink()
    return sorted(folder.iterdir())


def _as_in_files(one: Requirement) -> str:
    """Name and version as the name of a wheel begins."""
    return f"{re.sub(r'[-_.]+', '_', one.name).lower()}-{str(one.specifier).removeprefix('==')}"


if __name__ == "__main__":
    print(f"{len(fetch(sys.argv[1], Path(sys.argv[2])))} wheels in {sys.argv[2]}")
