"""The image is built from the lock alone and runs as nobody in particular, on a disk that it cannot write to."""

import importlib.util
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from types import ModuleType

import pytest

from efficacy_analytics.settings import CHECKOUT

PODMAN = shlex.split(os.environ.get("EFFICACY_PODMAN", "podman"))
IMAGE = "localhost/efficacy-analytics"
GUARDED = (
    "--rm", "--read-only", "--network=none", "--cgroups=disabled", "--cap-drop=all", "--security-opt=no-new-privileges",
    "--ulimit=nofile=1024:1024", "--ulimit=nproc=4000:4000",
)  # fmt: skip
VOLUMES = ("efficacy-test-lake:/lake", "efficacy-test-key:/key")


@pytest.fixture(scope="module")
def wheels() -> ModuleType:
    """The script that fetches them."""
    found = importlib.util.spec_from_file_location("fetch_wheels", CHECKOUT / "container" / "fetch_wheels.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def named(lines: list[str]) -> dict[str, str]:
    """Name to version of what is asked for."""
    return dict(line.split(" --hash=")[0].split("==") for line in lines)  # type: ignore[misc]


def test_an_image_gets_each_package_once_by_its_hashes_and_as_its_own_python_needs_it(wheels: ModuleType) -> None:
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    older, newer = (wheels.asked_for(lock, version) for version in ("3.11.2", "3.11.7"))
    for lines in (older, newer):
        assert all(";" not in line and " --hash=sha256:" in line for line in lines)
        assert len(named(lines)) == len(lines)
        assert {"duckdb", "jupyterlab", "pygraphviz", "setuptools"} <= set(named(lines))
    assert set(older) != set(newer)  # beautifulsoup4's helper is another before 3.11.5


def test_the_image_fetches_nothing_and_says_whether_it_is_well() -> None:
    text = (CHECKOUT / "Containerfile").read_text(encoding="utf-8")
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert installs
    assert all("--no-index" in line for line in installs)
    assert {"USER 10001:10001", "VOLUME /lake /key"} <= set(text.splitlines())
    assert 'CMD ["efficacy", "health", "--lake", "/lake"]' in text


@pytest.fixture
def volumes() -> Iterator[list[str]]:
    """Two new volumes, as words for a container; skipped where no container runs."""
    if shutil.which(PODMAN[0]) is None:
        pytest.skip("podman is not here")
    if subprocess.run([*PODMAN, "image", "exists", IMAGE], check=False, capture_output=True).returncode:
        pytest.skip(f"there is no image {IMAGE}: `make image` builds it")
    names = [name.partition(":")[0] for name in VOLUMES]
    yield [f"--volume={name}" for name in VOLUMES]
    subprocess.run([*PODMAN, "volume", "rm", "--force", *names], check=False, capture_output=True)


@pytest.mark.deep
def test_a_container_without_rights_makes_briefings_and_is_well(volumes: list[str]) -> None:
    def said(*words: str, program: str = "efficacy") -> "subprocess.CompletedProcess[str]":
        call = [*PODMAN, "run", *GUARDED, *volumes, f"--entrypoint={program}", IMAGE, *words]
        return subprocess.run(call, capture_output=True, text=True, check=False)

    first = said("--version")
    if first.returncode:
        pytest.skip(f"containers do not run here: {first.stderr.strip().splitlines()[-1]}")
    made = said("demo", "--cases", "800", "--lake", "/lake")
    assert made.returncode == 0, made.stderr
    assert len([line for line in made.stdout.splitlines() if line.startswith("/lake/briefings/")]) == 2
    assert said("run", "nightly", "--lake", "/lake").returncode == 0
    assert said("health", "--lake", "/lake").stdout.startswith("well: the current snapshot is ")
    told = said("-c", "id -u; touch /opt/x 2>/dev/null && echo written; ls /tmp", program="sh")
    assert told.stdout.split() == ["10001"]
