"""Spark's own cluster on this machine: a master, two workers and a server of Spark Connect, each a real process."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import efficacy_analytics
from support.ports import free_port

CHECKOUT = Path(efficacy_analytics.__file__).parent.parent


@dataclass(frozen=True)
class Standalone:
    """A running cluster: its address, and its workers."""

    remote: str
    workers: list[subprocess.Popen[bytes]]

    def kill_worker(self) -> None:
        """Kills a worker with all that it runs."""
        os.killpg(self.workers.pop().pid, signal.SIGKILL)


@contextmanager
def standalone(home: Path) -> Iterator[Standalone]:
    """The cluster, for as long as it is needed.

    Args:
        home: the folder of Spark, as `pip install pyspark` lays it out.
    """
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(CHECKOUT),
    }  # fmt: skip
    master, connect = free_port(), free_port()
    at, run = f"spark://127.0.0.1:{master}", str(home / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    with tempfile.TemporaryDirectory(prefix="efficacy-spark-") as folder, ExitStack() as undone:

        def begun(*words: str) -> subprocess.Popen[bytes]:
            process = _begun(words, environment, folder)
            undone.callback(_ended, process)
            return process

        begun(run, f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(master), "--webui-port", "0")
        _listening(master)
        of_worker = ("--host", "127.0.0.1", "--cores", "1", "--memory", "2g", "--webui-port", "0")
        workers = [
            begun(run, f"{deploy}.worker.Worker", at, *of_worker, "--work-dir", f"{folder}/{number}")
            for number in range(2)
        ]
        conf = {
            "spark.connect.grpc.binding.port": connect, "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.executor.memory": "1g", "spark.executor.cores": 1, "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
        }  # fmt: skip
        settings = [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        begun(str(home / "bin" / "spark-submit"), "--class", server, "--master", at, *settings, "spark-internal")
        _listening(connect)
        yield Standalone(f"sc://127.0.0.1:{connect}", workers)


def _begun(words: Sequence[str], environment: Mapping[str, str], folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _ended(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _listening(port: int, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on {port}")
