"""Every notebook runs from its first cell to its last, on a small city."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from support.small_city import small_city

from efficacy_analytics.documents.briefing.kernel import ThisPython, executed
from efficacy_analytics.settings import CHECKOUT

NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))


def _shows(cell: dict[str, Any]) -> bool:
    """Whether a cell ends in an expression, which is what it is there to show."""
    return isinstance(ast.parse("".join(cell["source"])).body[-1], ast.Expr)


@pytest.mark.slow
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
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


def test_kernels_started_at_once_have_sockets_of_their_own() -> None:
    places = [Path(ThisPython().ip) for _ in range(3)]
    assert len(set(places)) == 3
    assert all(place.is_absolute() for place in places)
