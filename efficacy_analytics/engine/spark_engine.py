"""Many machines: tasks that a cluster computes side by side, by the protocol of Spark Connect.

The cluster schedules and retries; what a task computes is DuckDB's, on the worker. No SQL is translated. Where no
address is given, Sail's own server is started on this machine and ends with the process that started it.
"""

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from efficacy_analytics.engine.session import Cluster
from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.settings import CHECKOUT, EngineSettings

KINDS: Final = ("duckdb", "spark")
NEEDED: Final = ("pyspark", "pysail")
MOST_RETRIES: Final = 4
SERVER: Final = """
import os, sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.stdin.read()
server.stop()
"""
"""It listens on a free port, says which and no more (nobody reads on: what tasks print would block them when the pipe
is full), and ends when whoever started it does, killed or not."""


@dataclass(frozen=True)
class SparkCluster:
    """A cluster that speaks Spark Connect.

    Attributes:
        session: the client's session.
        name: its address, as a person is told it.
    """

    session: Any
    name: str

    def each(self, task: Callable[[int], str], count: int) -> list[str]:
        """What a task makes of each number below `count`, in their order; each number is a task of its own.

        Args:
            task: a function of a module that the workers have too, or a `partial` of one; it may be run more than
                once for one number.
            count: how many.

        Raises:
            EfficacyError: a task failed as often as the cluster tries it, or the cluster is gone.
        """

        def of_batches(batches: Iterable[Any]) -> Iterator[Any]:
            import pyarrow as pa

            for batch in batches:
                numbers = batch.column(0).to_pylist()
                yield pa.RecordBatch.from_pydict({"number": numbers, "made": [task(number) for number in numbers]})

        with _told(self.name):
            made = self.session.range(0, count, 1, count).mapInArrow(of_batches, "number long, made string").collect()
        found = {row["number"]: row["made"] for row in made}
        return [found[number] for number in range(count)]


@contextmanager
def cluster(engine: EngineSettings) -> Iterator[Cluster]:
    """The cluster of the settings, for as long as it is needed.

    Args:
        engine: `remote` is its address; without one Sail is started here, with as many workers as `threads`.

    Raises:
        CallError: the engine is unknown, or the extra `scale` is not installed.
        EfficacyError: the cluster cannot be reached.
    """
    if engine.kind not in KINDS or (engine.remote and not is_address(engine.remote)):
        raise CallError(
            f"the engine '{engine.kind}' at '{shown(engine.remote)}' is unknown.",
            hint='engine.kind is "duckdb" or "spark", engine.remote empty or sc://HOST:PORT, in settings.toml',
        )
    _check_installed(own_server=not engine.remote)
    if engine.remote:
        with _connected(engine.remote, shown(engine.remote)) as found:
            yield found
    else:
        with own_server(engine.threads) as port, _connected(f"sc://127.0.0.1:{port}", "Sail") as found:
            yield found


def is_address(remote: str) -> bool:
    """Whether a text is the address of a server of Spark Connect: sc://HOST:PORT, and what else it may hold."""
    try:
        parts = urlsplit(remote)
        return parts.scheme == "sc" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False


def shown(remote: str) -> str:
    """The address as it may be told: without the parameters, among which a token may stand."""
    return remote.partition(";")[0].rstrip("/")


def _check_installed(*, own_server: bool) -> None:
    for package in NEEDED[: 2 if own_server else 1]:
        if find_spec(package) is None:
            raise CallError(
                f"the engine 'spark' needs the package {package}.",
                hint="pip install 'efficacy-analytics[scale]', or engine.kind = \"duckdb\" in settings.toml",
            )


@contextmanager
def _connected(remote: str, name: str) -> Iterator[SparkCluster]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, which is not used
        with _home_of_client(), _told(name):
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession

            session = SparkSession.builder.remote(remote).create()
            session.client.set_retry_policies([DefaultPolicy(max_retries=MOST_RETRIES)])
            session.range(1).collect()
        try:
            yield SparkCluster(session, name)
        finally:
            with _quiet():
                session.stop()


@contextmanager
def _home_of_client() -> Iterator[None]:
    """The client looks for an installation of Spark when it is loaded, and ends the process where there is none."""
    had = os.environ.get("SPARK_HOME")
    os.environ["SPARK_HOME"] = had or str(Path(str(find_spec("pyspark").origin)).parent)  # type: ignore[union-attr]
    try:
        yield
    finally:
        if had is None:
            del os.environ["SPARK_HOME"]


@contextmanager
def own_server(workers: int) -> Iterator[int]:
    """The port of a Sail server on this machine with so many workers of one task each; it ends with the block."""
    environment = os.environ | {
        "SAIL_MODE": "local-cluster",
        "SAIL_CLUSTER__WORKER_INITIAL_COUNT": str(workers),
        "SAIL_CLUSTER__WORKER_MAX_COUNT": str(workers),
        "SAIL_CLUSTER__WORKER_TASK_SLOTS": "1",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment, text=True,
    ) as server:  # fmt: skip
        try:
            said = server.stdout.readline() if server.stdout else ""
            if not said.strip().isdigit():
                raise EfficacyError("Sail's server did not start.", hint='engine.kind = "duckdb" in settings.toml')
            yield int(said)
        finally:
            server.kill()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the cluster says of a fault, in one sentence."""
    from grpc import RpcError
    from pyspark.errors import PySparkException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the client's own words on what is told below
            yield
    except (PySparkException, RpcError) as fault:
        raise EfficacyError(
            f"the cluster {name} did not do its tasks: {_reason(fault)}",
            hint='repeat the command, or set engine.kind = "duckdb" in settings.toml',
        ) from fault


def _reason(fault: BaseException) -> str:
    """What a fault says in one line: of a connection its details, of a task the error that ended it."""
    said = str(fault.details() if hasattr(fault, "details") else fault)
    details = re.search(r'details = "(.*?)"\n', said)
    lines = [line.strip() for line in (details[1] if details else said).splitlines() if line.strip()]
    causes = [line for line in lines if "Error: " in line and not line.startswith(("File", "pyspark"))]
    return (causes or lines or [type(fault).__name__])[-1][:300]


@contextmanager
def _quiet() -> Iterator[None]:
    """A cluster that is gone need not be left properly."""
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
