"""A real Spark cluster of several processes on this machine, and what kills a part of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from poem_kg.cohort.spark_session import session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Jobs of seconds: Java would spend more on compiling than compiling saves.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = {
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.codegen.wholeStage": "false",
}


@contextlib.contextmanager
def cluster() -> Iterator[SparkSession]:
    """Yield a session on a master and two workers, with an executor process each."""
    with session("local-cluster[2,1,1024]", SETTINGS) as spark:
        import pyspark

        # Where the workers of such a cluster keep the logs of their executors.
        logs = Path(pyspark.__file__).parent / "work" / str(spark.sparkContext.applicationId)
        try:
            yield spark
        finally:
            spark.stop()
            shutil.rmtree(logs, ignore_errors=True)


def executors() -> set[int]:
    """Return the process ids of the executors that this process started, by way of its Java."""
    found = set()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and b"CoarseGrainedExecutorBackend" in (
                (folder / "cmdline").read_bytes()
            ):
                pid = int(folder.name)
                if _is_ours(pid):
                    found.add(pid)
    return found


def _is_ours(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        stat = Path(f"/proc/{pid}/stat").read_text()
        pid = int(stat.rpartition(")")[2].split()[1])
    return False


def wait_for(path: Path, *, seconds: float) -> None:
    """Return as soon as a path exists.

    Raises:
        TimeoutError: it did not come to exist.
    """
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(path)
        time.sleep(0.01)


def kill_one_when(begun: Path, *, seconds: float) -> int:
    """Kill an executor soon after a path exists, and return its process id.

    Raises:
        TimeoutError: the path did not come to exist.
    """
    wait_for(begun, seconds=seconds)
    time.sleep(0.3)
    pid = min(executors())
    os.kill(pid, signal.SIGKILL)
    return pid
