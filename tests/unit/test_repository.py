"""What is kept in the project: no registry address, no notebook output, lists of packages that agree."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Spelled in parts, so that this file does not hold what it looks for.
ADDRESSES = ("py" + r"pi\.org", "python" + r"hosted\.org", "index" + r"-url\s+http", "npmjs" + r"\.")
REGISTRY = re.compile("|".join(ADDRESSES))
TEXT = {".py", ".md", ".toml", ".lock", ".yml", ".sql", ".ipynb", ".csv", ".txt", ".json", ".html", ""}


def kept_files() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_holds_a_registry_address() -> None:
    texts = [file for file in kept_files() if file.suffix in TEXT]
    assert [file.name for file in texts if REGISTRY.search(file.read_text(encoding="utf-8"))] == []


def test_no_notebook_has_outputs() -> None:
    for file in (file for file in kept_files() if file.suffix == ".ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == [], file.name


def test_the_lock_has_every_declared_package_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    scale = project["dependencies"] + project["optional-dependencies"]["scale"]
    for file, declared in (("requirements.lock", project["dependencies"]), ("requirements-scale.lock", scale)):
        lock = (ROOT / file).read_text(encoding="utf-8")
        for requirement in declared:
            name = re.split(r"[<>=!~ ]", requirement)[0]
            assert re.search(rf"^{name}==\S+.*\\\n    --hash=sha256:", lock, re.MULTILINE), (file, name)


def test_the_development_lock_agrees_with_the_lock() -> None:
    pins = [dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS]
    for other in pins[1:]:
        assert {name for name in pins[0].keys() & other.keys() if pins[0][name] != other[name]} == set()


LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-scale.lock")


def test_the_conda_environment_installs_the_lock() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "- python=3.11\n" in text
    assert "- -r requirements.lock\n" in text


def test_help_answers_without_the_heavy_libraries() -> None:
    code = "import sys, efficacy_analytics.cli; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"polars", "duckdb", "altair", "pm4py", "papermill", "scipy", "numpy", "lxml", "pandas", "rich", "pydantic"}
    assert heavy & set(told.stdout.split()) == set()


def test_ci_calls_the_command_the_readme_names() -> None:
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
