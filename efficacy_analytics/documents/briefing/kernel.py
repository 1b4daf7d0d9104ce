"""A notebook kernel of this very Python, whatever kernels are installed on the machine."""

import os
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any, Final

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

PACKAGE_ROOT: Final = Path(__file__).resolve().parents[3]


class ThisPython(AsyncKernelManager):
    """Starts ipykernel with `sys.executable`, reached by no network where the system allows that."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=CRITICAL"]
        environment = {"PYTHONPATH": os.pathsep.join(paths)}
        return KernelSpec(argv=command, display_name="Python", language="python", env=environment)

    def _transport_default(self) -> str:
        return "ipc" if os.name == "posix" else "tcp"

    def _ip_default(self) -> str:
        """Where the sockets lie: the manager's own default is one name in the working directory for all kernels."""
        if self.transport != "ipc":
            return str(super()._ip_default())
        return os.path.join(tempfile.gettempdir(), f"efficacy-kernel-{uuid.uuid4().hex[:12]}")


def executed(notebook: Path, output: Path, parameters: dict[str, Any]) -> None:
    """Runs a notebook with papermill in a kernel of this Python.

    Raises:
        papermill.PapermillExecutionError: a cell failed; `output` then holds the notebook with its reason.
    """
    import papermill

    papermill.execute_notebook(
        str(notebook),
        str(output),
        parameters=parameters,
        kernel_name="python3",
        language="python",
        kernel_manager_class=ThisPython,
        progress_bar=False,
        log_output=False,
        start_timeout=120,
    )
