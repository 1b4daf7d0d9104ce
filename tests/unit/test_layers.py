"""The architecture holds: a module imports only from its own layer or from layers above it."""

import ast
from pathlib import Path

import efficacy_analytics

PACKAGE = Path(efficacy_analytics.__file__).parent
LAYERS = (
    "errors", "vocabulary", "settings", "system", "statistics", "engine", "clock", "lake", "city", "event_log",
    "mining", "findings", "charts", "documents", "workflows", "cli", "__main__",
)  # fmt: skip


def layer_of(module: str) -> str:
    return module.removeprefix("efficacy_analytics").strip(".").split(".")[0]


def imported_modules(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("efficacy_analytics.")}


def later_imports(file: Path, name: str) -> list[str]:
    own = LAYERS.index(layer_of(name))
    return [
        f"{name} imports {module}"
        for module in sorted(imported_modules(file))
        if layer_of(module) in LAYERS and LAYERS.index(layer_of(module)) > own
    ]


def package_files() -> list[tuple[Path, str]]:
    files = [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]
    return [(file, str(file.relative_to(PACKAGE)).removesuffix(".py").replace("/", ".")) for file in files]


def test_every_module_belongs_to_a_layer() -> None:
    assert {layer_of(name) for _, name in package_files()} <= set(LAYERS)


def test_no_module_imports_from_a_later_layer() -> None:
    assert [fault for file, name in package_files() for fault in later_imports(file, name)] == []


def test_a_module_that_did_would_be_named(tmp_path: Path) -> None:
    file = tmp_path / "query.py"
    file.write_text("from efficacy_analytics.findings.runs import Run\n")
    assert later_imports(file, "engine.query") == ["engine.query imports efficacy_analytics.findings.runs.Run"]


def test_only_discovery_and_conformance_import_pm4py() -> None:
    users = [name for file, name in package_files() if "import pm4py" in file.read_text(encoding="utf-8")]
    assert all(name.startswith("mining.") for name in users)
