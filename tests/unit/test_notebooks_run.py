"""Every notebook runs from its first cell to its last, on a small city."""

import ast
import builtins
import json
import symtable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.small_city import small_city

from efficacy_analytics.documents.briefing.kernel import ThisPython, executed
from efficacy_analytics.settings import CHECKOUT

ORDINARY = ("reproduce_receipt_phase",)
"""Run by itself each time; `test_notebooks_in_jupyterlab.py` runs all exploring ones in one kernel, and whatever makes
a briefing (`test_briefing_run.py`, `test_front_door.py`) runs its notebook."""
NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))


def _shows(cell: dict[str, Any]) -> bool:
    """Whether a cell ends in an expression, which is what it is there to show."""
    return isinstance(ast.parse("".join(cell["source"])).body[-1], ast.Expr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    [pytest.param(file, id=file.stem, marks=() if file.stem in ORDINARY else pytest.mark.deep) for file in NOTEBOOKS],
)
def test_a_notebook_runs(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if file.stem.startswith("reproduce_"):
        chosen = {"data": str(request.getfixturevalue("open_data"))}
    else:
        chosen = {"lake": str(small_city()[0])}
    executed(file, tmp_path / file.name, {**chosen, "language": "en"})
    cells = json.loads((tmp_path / file.name).read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    showing = [cell for cell in cells if cell["cell_type"] == "code" and _shows(cell)]
    assert len(showing) >= 4
    assert [cell["source"] for cell in showing if not cell["outputs"]] == []
    assert {output["output_type"] for output in outputs} <= {"execute_result", "display_data"}
    assert not [output for output in outputs if "https://cdn" in json.dumps(output)]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_uses_no_name_of_another(file: Path) -> None:
    """From its first cell to its last, each name is made before it is used."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    known = {*dir(builtins), *("display", "get_ipython")}
    for cell in cells:
        if cell["cell_type"] == "code":
            top = symtable.symtable("".join(cell["source"]), file.name, "exec")
            made = {one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()}
            used = {one.get_name() for table in _tables(top) for one in table.get_symbols() if one.is_global()}
            used |= {one.get_name() for one in top.get_symbols() if one.is_referenced()}
            assert used <= known | made, (file.stem, used - known - made)
            known |= made


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def test_kernels_started_at_once_have_sockets_of_their_own() -> None:
    places = [Path(ThisPython().ip) for _ in range(3)]
    assert len(set(places)) == 3
    assert all(place.is_absolute() for place in places)
