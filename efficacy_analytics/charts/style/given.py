"""Which libraries the page of a notebook has been given: each once, and again where the cell that gave it runs anew."""

from typing import Any, Final

GIVEN: Final[dict[str, tuple[str, int]]] = {}
"""By library: the cell that gave it, and its run."""


def is_missing(library: str) -> bool:
    """Whether the notebook that runs lacks a library; from then on it counts as given. Outside notebooks never.

    The outputs of a cell vanish when it runs again, and with them what they brought for all others.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return False
    here = (_cell(shell), int(shell.execution_count))
    last = GIVEN.get(library)
    if last is not None and (not here[0] or last[0] != here[0] or last == here):
        return False
    GIVEN[library] = here
    return True


def _cell(shell: Any) -> str:
    """The cell that runs, as JupyterLab names it; empty where nobody says."""
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent() if kernel is not None else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def place_name(kind: str, number: int) -> str:
    """The id of a place in a page; in a notebook with the kernel's own mark, for outputs of an earlier one may stay."""
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    return f"{kind}-{number}" if kernel is None else f"{kind}-{str(kernel.ident)[:8]}-{number}"
