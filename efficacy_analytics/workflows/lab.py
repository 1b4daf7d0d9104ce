"""JupyterLab on a working copy of the notebooks, in the lake: outputs and case numbers never reach the checkout."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.vocabulary import LANGUAGES
from efficacy_analytics.workflows.exploring.questions import asked

COPIED: Final = ("[0-9][0-9]_*.ipynb", "reproduce_*.ipynb")
"""The exploring notebooks and the studies; the briefing's is run by `efficacy brief`."""
FIRST: Final = "00_tour.ipynb"
SHIPPED: Final = ".shipped.json"
"""Beside the working copy: what each notebook was when it was copied, to tell what its owner changed."""
LANGUAGE: Final = "language"
"""In `SHIPPED`: what the working copy speaks."""
PARAMETER: Final = re.compile(r'^(language: str = )"\w*"', re.MULTILINE)
ASKED: Final = re.compile(r'^log\.ask\("(\w+)"\)$', re.MULTILINE)
"""A question of a notebook, in a line of its own."""
SETTINGS: Final = ".jupyterlab"
QUIET: Final = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
"""What JupyterLab asks its users and other machines about by itself: nothing."""

ASKS_NOBODY: Final = tuple(
    f"--HTMLExporter.{name}_url="
    for name in (
        "mathjax",
        "mermaid_js",
        "mermaid_layout_elk_js",
        "require_js",
        "jquery",
    )
)
"""A notebook exported as HTML loads nothing from other machines."""


def lab_command(
    lake: Path, options: Sequence[str] = (), *, language: str | None = None
) -> tuple[list[str], dict[str, str], list[str]]:
    """What starts JupyterLab on the working copy `lab/` of the lake, which is made or brought up to date.

    Args:
        lake: the lake's folder; cells read it from `EFFICACY_LAKE`.
        options: any of JupyterLab's own; they come last and win.
        language: of the notebooks, "zh" or "en"; by default that of the last time, at first "zh".

    Returns:
        The command, its environment, and what is to be told of notebooks that their owner has changed.

    Raises:
        CallError: the notebooks are not beside the package, or there is no such language.
    """
    if language is not None and language not in LANGUAGES:
        raise CallError(f"there is no language '{language}'.", hint=f"one of: {', '.join(LANGUAGES)}")
    folder = lake.resolve() / "lab"
    told = working_copy(CHECKOUT / "notebooks", folder, language=language)
    settings = folder / SETTINGS
    settings.mkdir(exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(QUIET, indent=1), encoding="utf-8")
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    own = [
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly", f"--LabApp.app_settings_dir={settings}",
        f"--LabApp.default_url=/lab/tree/{FIRST}", f"--ServerApp.root_dir={folder}", *ASKS_NOBODY,
    ]  # fmt: skip
    environment = {**os.environ, "EFFICACY_LAKE": str(lake.resolve())}
    return [sys.executable, "-m", "jupyterlab", *as_root, *own, *options], environment, told


def start_lab(lake: Path, options: Sequence[str] = (), *, language: str | None = None) -> None:
    """Becomes JupyterLab on the working copy; arguments as for `lab_command`.

    Raises:
        CallError: the notebooks are not beside the package, or there is no such language.
    """
    command, environment, told = lab_command(lake, options, language=language)
    for line in told:
        print(line, file=sys.stderr)
    sys.stdout.flush()
    os.execve(command[0], command, environment)


def working_copy(shipped: Path, folder: Path, *, language: str | None = None) -> list[str]:
    """Copies the notebooks, and brings those up to date whose cells were not changed; outputs are no change.

    A copy speaks one language: its parameter says which, and its questions stand in it before a cell has run.

    Args:
        shipped: the checkout's notebooks.
        folder: the working copy.
        language: "zh" or "en"; by default that of the last time, at first "zh".

    Returns:
        A line for each notebook that was changed by its owner and has a newer shipped one: it is left as it is, and the
        new one laid beside it.

    Raises:
        CallError: there are no notebooks.
    """
    files = sorted(file for pattern in COPIED for file in shipped.glob(pattern))
    if not files:
        raise CallError(f"there are no notebooks in {shipped}.", hint="run from a checkout of the project")
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / SHIPPED
    known = _known(record)
    spoken = language or known.get(LANGUAGE)
    known[LANGUAGE] = spoken if spoken in LANGUAGES else LANGUAGES[0]
    told = []
    for file in files:
        new = spoken_notebook(file.read_bytes(), known[LANGUAGE])
        own, now = folder / file.name, _cells_mark(new)
        if known.get(file.name) == now and own.is_file():
            continue
        if own.is_file() and _cells_mark(own.read_bytes()) not in (known.get(file.name), now):
            beside = own.with_suffix(".shipped.ipynb")
            beside.write_bytes(new)
            told.append(f"{own} was changed and is left as it is; the new one is {beside.name}")
        else:
            own.write_bytes(new)
        known[file.name] = now
    record.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")
    return told


def _known(record: Path) -> dict[str, str]:
    """The marks of what was copied; none where there is no record or it cannot be read: the owner's cells decide."""
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: mark for name, mark in told.items() if isinstance(mark, str)} if isinstance(told, dict) else {}


def spoken_notebook(text: bytes, language: str) -> bytes:
    """A notebook whose parameter says the language, and whose questions stand below their cells in it.

    Args:
        text: the notebook as shipped; what is none is left as it is.
        language: "zh" or "en".
    """
    try:
        notebook = json.loads(text)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return text
    for cell in cells:
        source = "".join(cell["source"])
        if "parameters" in cell["metadata"].get("tags", []):
            source = PARAMETER.sub(f'\\g<1>"{language}"', source)
            cell["source"] = source.splitlines(keepends=True)
        cell["outputs"] = [_shown(name, language) for name in ASKED.findall(source)]
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _shown(name: str, language: str) -> dict[str, Any]:
    """The output of a cell that asks a question."""
    question = asked(name, "zh" if language == "zh" else "en")
    data = {"text/markdown": question._repr_markdown_(), "text/plain": str(question)}
    return {"output_type": "execute_result", "execution_count": None, "data": data, "metadata": {}}


def _cells_mark(text: bytes) -> str:
    """A mark of what stands in the cells of a notebook, outputs left out; of its bytes where it is none."""
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        text = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
    except (ValueError, KeyError, TypeError):
        pass
    return hashlib.sha256(text).hexdigest()
