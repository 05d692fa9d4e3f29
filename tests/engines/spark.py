"""A Spark cluster of our own: a master, two workers and the Thrift server, all on loopback.

Every process ends with the one that started it, and everything it wrote is in one folder.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.e2e.serving import free_port
from tests.engines.packages import NotInstalled, program
from tests.engines.servers import _children, _ends_with_parent

WORKERS = 2


@dataclass
class Spark:
    """A running cluster, known by its folder and the port of its Thrift server."""

    folder: Path
    thrift_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The SQLAlchemy address of its Thrift server."""
        return f"hive://reader@127.0.0.1:{self.thrift_port}/default?auth=NONE"

    def run(self, *statements: str) -> list[Any]:
        """Say something without any guard; the rows of the last statement, if any."""
        rows: list[Any] = []
        with sa.create_engine(self.url, poolclass=sa.NullPool).connect() as connection:
            for statement in statements:
                found = connection.exec_driver_sql(statement)
                rows = [tuple(row) for row in found] if found.returns_rows else []
        return rows

    def executors(self) -> list[int]:
        """The process ids of the executors that are up."""
        workers = [one.pid for name, one in self.processes.items() if name.startswith("worker")]
        children = [pid for worker in workers for pid in _children(worker)]
        # The shell that became the worker may have left it a dead child that nobody buries.
        return [pid for pid in children if b"CoarseGrainedExecutorBackend" in _command(pid)]

    def tasks(self) -> set[str]:
        """What the executors are at work on: the numbers of tasks that did not end yet.

        One that ended when its job was gone already is told apart, or, with its executor, not at
        all: compare with what was there before.
        """
        log = self.log("thrift")
        begun = set(re.findall(r" Starting task \S+ in stage \S+ \(TID (\d+)\)", log))
        ended = re.findall(r" (?:Finished|Lost) task \S+ in stage \S+ \(TID (\d+)\)", log)
        late = re.findall(r"Ignoring update with state \w+ for TID (\d+)", log)
        return begun - {*ended, *late}

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def _command(pid: int) -> bytes:
    """What a process runs; nothing where it is dead or gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def spark(memory_mb: int = 768, driver_mb: int = 1024) -> Iterator[Spark]:
    """A cluster that answers; NotInstalled where its programs are not to be had."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise NotInstalled("No pyspark here. Try: make test-spark")
    home = Path(found.origin).parent
    java = Path(program("java")).resolve().parents[1]
    folder = Path(tempfile.mkdtemp(prefix="nsm-spark-"))
    cluster = Spark(folder, free_port())
    try:
        _start(cluster, home, java, memory_mb, driver_mb)
        yield cluster
    finally:
        _stop(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def _start(cluster: Spark, home: Path, java: Path, memory_mb: int, driver_mb: int) -> None:
    master_port = free_port()
    master = f"spark://127.0.0.1:{master_port}"
    spark_class = str(home / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    small = {"SPARK_DAEMON_MEMORY": "256m"}
    usual = {
        "JAVA_HOME": str(java),
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(cluster.folder / "local"),
    }

    def begin(name: str, *command: str, **environment: str) -> None:
        with (cluster.folder / f"{name}.log").open("wb") as log:
            cluster.processes[name] = subprocess.Popen(
                command,
                cwd=cluster.folder,
                env=os.environ | usual | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_ends_with_parent(signal.SIGKILL),
            )

    nowhere = ("--webui-port", "0")
    listening = ("-h", "127.0.0.1", "-p", str(master_port), *nowhere)
    begin("master", spark_class, f"{deploy}.master.Master", *listening, **small)
    for number in range(WORKERS):
        work = ("-d", str(cluster.folder / f"work-{number}"), *nowhere)
        size = ("-h", "127.0.0.1", "-c", "1", "-m", f"{memory_mb + 256}m")
        begin(
            f"worker-{number}",
            spark_class,
            f"{deploy}.worker.Worker",
            *size,
            *work,
            master,
            **small,
        )
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": 2 * WORKERS,
        # Tables are known as long as the server runs: that spares it a database of its own.
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": cluster.folder / "warehouse",
    }
    begin(
        "thrift",
        *(str(home / "bin" / "spark-submit"), "--master", master),
        *("--driver-memory", f"{driver_mb}m", "--executor-memory", f"{memory_mb}m"),
        *("--executor-cores", "1"),
        *(part for key, value in settings.items() for part in ("--conf", f"{key}={value}")),
        *("--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
        *("--hiveconf", f"hive.server2.thrift.port={cluster.thrift_port}"),
        *("--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1", "spark-internal"),
    )
    _wait(cluster)


def _wait(cluster: Spark, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while "HiveThriftServer2 started" not in cluster.log("thrift"):
        ended = [name for name, one in cluster.processes.items() if one.poll() is not None]
        if ended or time.monotonic() > deadline:
            name = (ended or ["thrift"])[0]
            raise RuntimeError(f"Spark did not start ({name}):\n{cluster.log(name)[-2000:]}")
        time.sleep(0.2)
    # One that is killed before the driver has met it is not missed by anybody.
    while cluster.log("thrift").count(" Registered executor ") < WORKERS:
        if time.monotonic() > deadline:
            raise RuntimeError("Spark has no executors.")
        time.sleep(0.2)


def _stop(cluster: Spark) -> None:
    executors = cluster.executors()
    for process in reversed(cluster.processes.values()):
        process.kill()
        process.wait(timeout=20)
    for pid in executors:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
