"""The architecture holds: imports run in one direction, between layers and inside them, and folders stay readable."""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import efficacy_analytics

PACKAGE = Path(efficacy_analytics.__file__).parent
LAYERS = (
    "errors", "vocabulary", "settings", "system", "statistics", "engine", "clock", "lake", "city", "event_log",
    "mining", "findings", "charts", "documents", "workflows", "cli", "__main__",
)  # fmt: skip


MOST_FILES = 15


def layer_of(module: str) -> str:
    return module.removeprefix("efficacy_analytics").strip(".").split(".")[0]


@cache
def imported_modules(file: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(name for name in found if name.startswith("efficacy_analytics."))


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


def imports_among(sources: Mapping[str, Path]) -> dict[str, set[str]]:
    """For each module those it imports, anywhere in its file: in functions and for types alone as well."""

    def known(name: str) -> str:
        return name if name in sources else name.rpartition(".")[0]

    return {
        module: {known(name) for name in imported_modules(file)} & set(sources) - {module}
        for module, file in sources.items()
    }


def circle_in(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """A circle of modules that import each other, the first one again at its end; none is empty."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as fault:
        return [str(module) for module in reversed(fault.args[1])]
    return []


def package_modules() -> dict[str, Path]:
    names = {file: f"efficacy_analytics.{name}".removesuffix(".__init__") for file, name in package_files()}
    return {name: file for file, name in names.items()}


def crowded(folder: Path) -> dict[str, int]:
    """The folders with more files of code than can be read on one screen."""
    files = [file for kind in ("*.py", "*.sql") for file in folder.rglob(kind) if file.name != "__init__.py"]
    counts = Counter(str(file.parent.relative_to(folder)) for file in files)
    return {name: count for name, count in counts.items() if count > MOST_FILES}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle_in(imports_among(package_modules())) == []


def test_a_circle_would_be_named_for_types_alone_too(tmp_path: Path) -> None:
    texts = {
        "efficacy_analytics.lake.a": "def late():\n    from efficacy_analytics.lake import b\n",
        "efficacy_analytics.lake.b": "from efficacy_analytics.lake.c import C\n",
        "efficacy_analytics.lake.c": "if TYPE_CHECKING:\n    from efficacy_analytics.lake.a import A\n",
    }
    sources = {name: tmp_path / f"{name}.py" for name in texts}
    for name, file in sources.items():
        file.write_text(texts[name])
    found = circle_in(imports_among(sources))
    assert found[0] == found[-1]
    assert set(found) == set(texts)


def connections_held(files: Iterable[tuple[Path, str]]) -> list[str]:
    """Modules outside the engine that reach for a connection, or for DuckDB itself."""
    return [
        f"{name}:{node.lineno}"
        for file, name in files
        if layer_of(name) != "engine"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "connection")
        or (isinstance(node, ast.Import) and any(alias.name == "duckdb" for alias in node.names))
    ]


READS_DUCKDB = {"lake.readers.duckdb", "lake.database.changes"}
"""A delivery may be a DuckDB file; and a pull compares what a database gives in an engine of its own."""


def test_nobody_outside_the_engine_touches_a_connection() -> None:
    assert {place.split(":")[0] for place in connections_held(package_files())} == READS_DUCKDB


def test_a_module_that_touched_one_would_be_named(tmp_path: Path) -> None:
    file = tmp_path / "sly.py"
    file.write_text("import duckdb\n\n\ndef f(log):\n    return log.connection\n")
    assert connections_held([(file, "mining.sly")]) == ["mining.sly:1", "mining.sly:5"]


def test_a_folder_can_be_read_on_one_screen() -> None:
    assert crowded(PACKAGE) == {}


def test_a_crowded_folder_would_be_named(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    for number in range(MOST_FILES + 1):
        (tmp_path / "bag" / f"{number}.sql").touch()
    assert crowded(tmp_path) == {"bag": MOST_FILES + 1}


def test_only_discovery_and_conformance_import_pm4py() -> None:
    users = [name for file, name in package_files() if "import pm4py" in file.read_text(encoding="utf-8")]
    assert all(name.startswith("mining.") for name in users)


def settings_read(files: Iterable[tuple[Path, str]]) -> set[str]:
    """The modules that ask the process for its settings, instead of being given values."""
    return {
        name
        for file, name in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "settings"
    }


EDGES = ("settings", "workflows", "cli")
"""Where settings are read and passed on as values."""
OF_THE_NOTEBOOK = {f"documents.briefing.{name}" for name in ("document", "office")}
"""What the briefing's notebook calls: the office's own words on the page, and which lake it is."""


def test_the_settings_of_the_process_are_read_at_the_edges_alone() -> None:
    """A log is opened with its settings: two logs of one process can be asked by different ones."""
    asking = {name for name in settings_read(package_files()) if layer_of(name) not in EDGES}
    assert asking == OF_THE_NOTEBOOK


def calls_without(files: Iterable[tuple[Path, str]], value: str) -> list[str]:
    """Calls of functions that take a value by name, in modules that do not pass it on."""
    trees = {name: ast.parse(file.read_text(encoding="utf-8")) for file, name in files}
    taking = {
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and value in {given.arg for given in node.args.kwonlyargs}
    }
    return [
        f"{name}:{node.lineno} {node.func.id}"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in taking
        if value not in {given.arg for given in node.keywords}
    ]


def test_settings_once_read_are_passed_on_wherever_they_are_taken() -> None:
    """A call that forgets them would be answered by the settings as shipped, without a word."""
    assert calls_without(package_files(), "in_force") == []


def test_a_call_that_forgot_them_would_be_named(tmp_path: Path) -> None:
    file = tmp_path / "log.py"
    file.write_text("def opened(path, *, in_force):\n    return path\n\n\nopened('a', in_force=1)\nopened('b')\n")
    assert calls_without([(file, "event_log.log")], "in_force") == ["event_log.log:6 opened"]
