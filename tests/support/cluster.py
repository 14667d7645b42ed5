"""A stand-alone Spark cluster on loopback: a master and workers, each a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

HOST = "127.0.0.1"

#: Java's first compiler only, one collector thread: five young JVMs on two cores are else busy
#: with compiling for a minute or more, which pays only in runs much longer than a test.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def missing() -> str:
    """Why no cluster can be started here; "" if it can."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (pip install 'dedup-news[spark]')"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "there is no Java (apt-get install openjdk-17-jre-headless)"
    return ""


def _home() -> Path:
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Starts when entered; everything it started is gone when left."""

    def __init__(self, folder: Path, workers: int = 2, cores: int = 1, memory: str = "1g") -> None:
        self._folder = folder
        self._sizes = workers, cores, memory
        self._port = _port()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"spark://{HOST}:{self._port}"

    def options(self) -> dict[str, str]:
        """Configuration of a session at this cluster."""
        _, _, memory = self._sizes
        return {
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.driver.memory": "1g",
            "spark.driver.extraJavaOptions": SHORT_LIVED,
            "spark.executor.memory": memory,
            "spark.executor.extraJavaOptions": SHORT_LIVED,
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(self._folder / "warehouse"),
            "spark.local.dir": str(self._folder),
            "spark.log.level": "ERROR",
        }

    def environment(self) -> dict[str, str]:
        """Variables of the cluster's processes and of a driver."""
        return {
            "SPARK_HOME": str(_home()),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_LOCAL_DIRS": str(self._folder),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED,
            "PYSPARK_PYTHON": sys.executable,
        }

    def __enter__(self) -> Cluster:
        workers, cores, memory = self._sizes
        try:
            self._start("master", "master.Master", "--port", str(self._port))
            self._wait("master", self._processes[0])
            for number in range(workers):
                name = f"worker-{number}"
                where = ("--work-dir", str(self._folder / name))
                size = ("--cores", str(cores), "--memory", memory)
                self._start(name, "worker.Worker", *size, *where, self.url)
            self._registered(workers)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def kill_worker(self, number: int) -> None:
        """SIGKILL to a worker and its executors, as if its machine were gone."""
        os.killpg(self._processes[1 + number].pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kill what still runs."""
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes = []

    def _start(self, name: str, role: str, *arguments: str) -> None:
        # Should the tests themselves be killed, the cluster goes with them.
        bound = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command = [*bound, str(_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}"]
        command += ["--host", HOST, "--webui-port", "0", *arguments]
        with (self._folder / f"{name}.log").open("wb") as log:
            # A session of its own: killed as a group, the executors of a worker go with it.
            self._processes.append(
                subprocess.Popen(
                    command,
                    env={**os.environ, **self.environment()},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def _wait(self, name: str, process: subprocess.Popen[bytes]) -> None:
        for _ in range(600):
            if process.poll() is not None:
                break
            try:
                socket.create_connection((HOST, self._port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{name}: {(self._folder / f'{name}.log').read_text()[-2000:]}")

    def _registered(self, workers: int) -> None:
        log = self._folder / "master.log"
        for _ in range(600):
            if log.read_text("utf-8", "replace").count("Registering worker") >= workers:
                return
            time.sleep(0.1)
        raise RuntimeError(f"workers did not register: {log.read_text()[-2000:]}")
