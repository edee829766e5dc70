"""A Spark session, the Java that it needs, and files on whatever file systems Spark can reach."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from poem_kg.errors import InputError, PoemKgError, ToolMissing, one_line, shorten

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DEBIAN_JAVA: Final = ("java-17-openjdk-*", "java-21-openjdk-*")
_NO_JAVA: Final = (
    "Spark needs Java 17 or 21; install openjdk-17-jre-headless, or set JAVA_HOME to its folder"
)
_FILE: Final = re.compile(r"while reading file (\S+?)\.? ")
_GLOB: Final = frozenset("{}[]*?\\")


def java_home() -> Path | None:
    """Return the folder of the Java that starts Spark; None where `java` on the PATH does.

    JAVA_HOME decides where it is set; else Debian's Java 17, else its Java 21.

    Raises:
        ToolMissing: there is none, or JAVA_HOME names a folder without one.
    """
    return find_java(os.environ.get("JAVA_HOME"), Path("/usr/lib/jvm"), os.environ.get("PATH", ""))


def find_java(named: str | None, folder: Path, path: str) -> Path | None:
    """Return what `java_home` does, of these places.

    Args:
        named: the folder that was asked for, or None.
        folder: where a Debian keeps its Javas, one folder for a version and an architecture.
        path: folders of programs, as in PATH.
    """
    if named:
        if not (Path(named) / "bin" / "java").exists():
            raise ToolMissing(f"JAVA_HOME is {named}, which holds no bin/java; {_NO_JAVA}")
        return Path(named)
    for pattern in _DEBIAN_JAVA:
        for home in sorted(folder.glob(pattern)):
            if (home / "bin" / "java").exists():
                return home
    if any((Path(place) / "java").exists() for place in path.split(os.pathsep) if place):
        return None
    raise ToolMissing(_NO_JAVA)


@contextlib.contextmanager
def session(master: str | None, settings: dict[str, str]) -> Iterator[SparkSession]:
    """Yield the session that is already there, or one that is stopped at the end.

    Args:
        master: where to run, such as `local[4]`, `yarn` or `spark://HOST:PORT`; None leaves it
            to `spark-submit`, the notebook or the settings of the installation; else `local[*]`.
        settings: further settings of Spark, by name, for a session that is started here.

    Raises:
        ToolMissing: pyspark or Java is not installed.
        PoemKgError: Spark does not start.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise ToolMissing("pyspark is not installed; run: pip install 'poem-kg[spark]'") from None

    existing = SparkSession.getActiveSession()
    if existing is not None:
        yield existing
        return
    with _environment(master), _interruptible(), tempfile.TemporaryFile() as log:
        interrupt = signal.getsignal(signal.SIGINT)
        try:
            spark = _started(master, settings, log)
        except PySparkException as error:
            log.seek(0)
            said = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
            told = [line for line in said if line and not line.startswith(("at ", "... "))]
            cause = told[-1].removeprefix('Exception in thread "main" ') if told else reason(error)
            raise PoemKgError(f"Spark does not start: {shorten(one_line(cause), 240)}") from None
        if threading.current_thread() is threading.main_thread():
            # That of pyspark calls Java while Java is being called.
            signal.signal(signal.SIGINT, interrupt)
        try:
            yield spark
        finally:
            with contextlib.suppress(Exception):  # the cluster may have gone before us
                spark.stop()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Keep py4j from telling with stack traces that it was interrupted."""

    def wanted(record: logging.LogRecord) -> bool:
        return "py4j" not in record.pathname

    logging.getLogger().addFilter(wanted)
    try:
        yield
    finally:
        logging.getLogger().removeFilter(wanted)


def _started(master: str | None, settings: dict[str, str], log: IO[bytes]) -> SparkSession:
    """A new session; what its Java says besides errors, which are raised, goes to the log."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf().setAppName("poem-kg cohort").setAll(list(settings.items()))
    if master is not None:
        conf.setMaster(master)
    gateway = SparkContext._gateway
    if gateway is None and not _submitted():
        conf.setIfMissing("spark.ui.showConsoleProgress", "false")
        if _is_here(master):
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1")
            conf.setIfMissing("spark.driver.host", "127.0.0.1")
            conf.setIfMissing("spark.ui.enabled", "false")
        gateway = launch_gateway(conf, popen_kwargs={"stderr": log})  # type: ignore[no-untyped-call]
    return SparkSession(SparkContext(conf=conf, gateway=gateway))


def _submitted() -> bool:
    """Whether `spark-submit` started us, whose Java runs already."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


@contextlib.contextmanager
def _environment(master: str | None) -> Iterator[None]:
    """Set, for a Spark that is started from here, what it reads from the environment."""
    if _submitted():
        yield
        return
    wanted: dict[str, str] = {}
    home = java_home()
    if home is not None:
        wanted["JAVA_HOME"] = str(home)
    if _is_here(master):
        wanted["SPARK_LOCAL_IP"] = "127.0.0.1"
        wanted["PYSPARK_PYTHON"] = sys.executable
    before = dict(os.environ)
    for name, value in wanted.items():
        os.environ.setdefault(name, value)
    try:
        yield
    finally:
        for name in wanted.keys() - before.keys():
            os.environ.pop(name, None)


def _is_here(master: str | None) -> bool:
    """Whether Spark will run on this machine alone, and must not be reached from another."""
    if master is not None:
        return master.startswith("local")
    # Any of these may name another master than Spark's own default, which is local[*].
    return os.environ.keys().isdisjoint({"PYSPARK_SUBMIT_ARGS", "SPARK_CONF_DIR", "SPARK_HOME"})


def running_tasks(spark: SparkSession) -> int:
    """Return how many tasks the executors of a session have in hand, cancelled ones included."""
    context: Any = spark.sparkContext
    executors = context._jsc.sc().statusTracker().getExecutorInfos()
    return sum(int(executor.numRunningTasks()) for executor in executors)


def failure(error: BaseException) -> PoemKgError:
    """Return in one line why Spark failed: what our own code raised on a worker, if it did."""
    lines = [line.strip() for line in str(error).splitlines()]
    for line in reversed(lines):
        name, colon, text = line.partition(": ")
        if colon and name.startswith("poem_kg."):
            return PoemKgError(shorten(one_line(text), 300))
    return PoemKgError(f"Spark failed: {reason(error)}")


def reason(error: BaseException) -> str:
    """Return in one line the last cause that Spark names, and the file where it names one."""
    lines = [line.strip() for line in str(error).splitlines()]
    first = next((line for line in lines if line), type(error).__name__)
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    files = (_FILE.search(line) for line in lines)
    file = next((f"{found[1]}: " for found in files if found), "")
    return shorten(file + one_line(causes[-1] if causes else first), 240)


@dataclass(frozen=True)
class Files:
    """Files by path on any Hadoop file system: `file:`, `hdfs:`, `s3a:`, `abfs:` and others.

    A path without a scheme is of the cluster's default file system, as everywhere in Spark.
    """

    spark: SparkSession

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder.

        Raises:
            InputError: the file system cannot be reached.
        """
        with self._errors(path):
            return bool(self._system(path).exists(self._path(path)))

    def listed(self, path: str) -> list[tuple[str, int]]:
        """Return the files that a path, a folder with all its folders or a pattern stands for.

        Returns:
            Full path and size in bytes, sorted; names that begin with `.` or `_` are left out
            of folders, as Spark does.

        Raises:
            InputError: there is none, or the file system cannot be reached.
        """
        with self._errors(path):
            system = self._system(path)
            found: list[tuple[str, int]] = []
            here = self._path(path)
            # A name with brackets or stars is a pattern only where nothing is called so.
            there = [system.getFileStatus(here)] if system.exists(here) else None
            for status in there or system.globStatus(here) or ():
                if status.isFile():
                    found.append((str(status.getPath().toString()), int(status.getLen())))
                    continue
                inside = system.listFiles(status.getPath(), True)
                root = str(status.getPath().toString())
                while inside.hasNext():
                    entry = inside.next()
                    full = str(entry.getPath().toString())
                    parts = full.removeprefix(root).strip("/").split("/")
                    if not any(part[0] in "._" for part in parts):
                        found.append((full, int(entry.getLen())))
        if not found:
            raise InputError(path, "no such file, or a folder without files", "name the patients")
        return sorted(found)

    def write(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all: it gets its name when it is complete.

        Raises:
            InputError: it cannot be written.
        """
        with self._errors(path):
            system, unfinished = self._system(path), self._path(path + ".tmp")
            stream = system.create(unfinished, True)
            try:
                stream.write(bytearray(data))
            finally:
                stream.close()
            if not system.rename(unfinished, self._path(path)):
                raise InputError(path, "cannot be written", "see whether it exists already")

    def delete(self, path: str) -> None:
        """Delete a file or a folder with all it holds; one that is not there is no error."""
        with self._errors(path):
            self._system(path).delete(self._path(path), True)

    def _path(self, path: str) -> Any:
        jvm: Any = self.spark.sparkContext._jvm
        return jvm.org.apache.hadoop.fs.Path(path)

    def _system(self, path: str) -> Any:
        context: Any = self.spark.sparkContext
        return self._path(path).getFileSystem(context._jsc.hadoopConfiguration())

    @contextlib.contextmanager
    def _errors(self, path: str) -> Iterator[None]:
        from py4j.protocol import Py4JJavaError

        try:
            yield
        except Py4JJavaError as error:
            cause = shorten(one_line(str(error.java_exception.getMessage())), 150)
            raise InputError(path, cause, "name a path that this Spark can reach") from None


def literal_path(path: str) -> str:
    """Return a path for Spark's readers, in which no character stands for others."""
    return "".join("\\" + c if c in _GLOB else c for c in path)
