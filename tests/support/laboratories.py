"""JupyterLab as a command starts it, for as long as a test needs it."""

import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.ports import free_port

SAID = "lab.log"
MOST_SECONDS = 120


@contextmanager
def laboratory(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, token: str = ""
) -> Iterator[str]:
    """The address of a JupyterLab, once it answers.

    Args:
        command: starts it, and takes its options.
        folder: where it is started; it holds what it says, `SAID`.
        environment: of its process.
        token: with which it is asked.
    """
    port = free_port()
    own = ["--no-browser", "--ip", "127.0.0.1", "--port", str(port), f"--IdentityProvider.token={token}"]
    with (folder / SAID).open("wb") as said:
        server = subprocess.Popen([*command, *own], cwd=folder, env=dict(environment), stdout=said, stderr=said)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + MOST_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.2)
        else:
            return
