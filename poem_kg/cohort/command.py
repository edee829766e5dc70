"""`poem-kg cohort`: what the options mean, the progress bar, and the last line."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.progress import progress_bar
from poem_kg.errors import InputError, PoemKgError
from poem_kg.knowledge import load_knowledge

RUNNERS: Final = ("local", "spark")


def run_command(
    inputs: Sequence[str],
    output: str,
    settings: Settings,
    *,
    runner: str,
    master: str | None,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Run a cohort as the command line asks for it, and return its manifest.

    Args:
        inputs: files, folders, "-".
        output: the folder to make.
        settings: how to run; jobs and resume are for the local runner.
        runner: one of `RUNNERS`.
        master: the Spark master, for that runner.
        tell: called with each line for people.

    Raises:
        InputError: something cannot be used.
        KeyboardInterrupt: the user stopped it; what was done can be gone on with.
    """
    if runner == "spark":
        with _stoppable():
            return _on_spark(inputs, output, settings, master, tell)
    if master is not None:
        raise InputError("--master", "is for the Spark runner", "add --runner spark")
    knowledge = load_knowledge()
    with _stoppable(), progress_bar() as moved:
        return run_local(knowledge, inputs, Path(output), settings, tell=tell, moved=moved)


def summary_line(manifest: dict[str, Any], output: str) -> str:
    """Return one line that tells what came of a run."""
    counts = manifest["counts"]
    seconds = manifest.get("seconds")
    rate = f" in {seconds:.0f} s" if isinstance(seconds, int | float) else ""
    return (
        f"{output}: {counts['patients']:,} patients, {counts['advised']:,} advised, "
        f"{counts['rejected']:,} rejected, {counts['options']:,} options{rate}"
    )


def _on_spark(
    inputs: Sequence[str],
    output: str,
    settings: Settings,
    master: str | None,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    from poem_kg.cohort.spark import run_spark

    if settings.resume:
        raise InputError("--resume", "is for the local runner", "start the Spark job again")
    return run_spark(
        inputs,
        output,
        master=master,
        format=settings.input_format,
        group=settings.group,
        chunk_size=settings.chunk_size,
        as_of=settings.as_of,
        seconds=settings.seconds,
        tell=tell,
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C, and call it a stop whatever breaks on the way out."""
    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except PoemKgError:
        # What was stopped in mid-word with Java, say, fails in a way of its own.
        if asked:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
