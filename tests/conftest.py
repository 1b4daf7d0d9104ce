"""What all tests share: where the real open logs lie, if they are here."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drawn_database import Server, served
from support.drawn_mariadb import MariaServer, mariadb_served
from support.made_once import SHARED
from support.spark_standalone import Standalone, standalone

from efficacy_analytics.engine import duckdb_engine
from efficacy_analytics.settings import AS_SHIPPED, EngineSettings, settings

gc.set_threshold(200_000, 50, 1000)  # of the millions of objects that libraries make at import, none is garbage


def pytest_configure(config: pytest.Config) -> None:
    """Each process begins at another file: what one has compiled with its assertions, the others find compiled."""
    if (worker := getattr(config, "workerinput", None)) is None or len(config.args) > 1:
        return
    files = [str(file) for file in sorted(Path(config.args[0]).rglob("test_*.py"))]
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    config.args = [*files[first:], *files[:first]] or config.args


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Wherever a process began, all have the tests in one order."""
    items.sort(key=lambda item: item.path)


def pytest_collection_finish() -> None:
    """What was made to collect the tests stays to their end: no search for garbage looks at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def shared_by_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where lakes lie that the processes of one run of the tests share, and a key of pseudonyms for the tests alone."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SHARED, str(shared))
        patch.setenv("EFFICACY_KEY_FILE", str(shared / "keys" / "own.key"))
        yield


@pytest.fixture(scope="session", autouse=True)
def own_temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Temporary files of this process lie in pytest's folder, so that those of a session that was killed go with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_thread_an_engine(pytestconfig: pytest.Config) -> Iterator[None]:
    """Where several processes run the tests, they have all cores already: an engine as shipped starts no second thread.

    Long runs keep it, and so do the commands that tests start as processes.
    """
    config = duckdb_engine._config

    def with_one_thread(limits: EngineSettings, path: Path | str) -> dict[str, Any]:
        chosen = {"threads": "1"} if limits.threads == AS_SHIPPED.engine.threads else {}
        return config(limits, path) | chosen

    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ and pytestconfig.option.markexpr == "not deep":
            patch.setattr(duckdb_engine, "_config", with_one_thread)
        yield


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The folder of real public logs; a test that needs it is skipped where it is absent."""
    checkout = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("EFFICACY_OPEN_DATA", checkout.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the open logs are not here (set EFFICACY_OPEN_DATA to their folder)")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of the test session's own; skipped where none is installed."""
    yield from served()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaServer]:
    """A MariaDB server of the test session's own; skipped where none is installed."""
    yield from mariadb_served()


@pytest.fixture
def spark() -> Iterator[Standalone]:
    """Spark's own cluster with two workers; skipped where none is installed."""
    home = os.environ.get("EFFICACY_SPARK_HOME", "")
    if not home or shutil.which("java") is None:
        pytest.skip("$EFFICACY_SPARK_HOME names no Spark 4 (`pip install pyspark` carries one), or there is no Java")
    with standalone(Path(home)) as found:
        yield found


@pytest.fixture
def quick_pulls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pulls in parts of 1,000 rows that try again at once."""
    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 1000\nfirst_wait_seconds = 0.01\n")
    monkeypatch.setenv("EFFICACY_SETTINGS", str(tmp_path / "settings.toml"))
    settings.cache_clear()
    yield
    settings.cache_clear()
