"""The progress bar of a cohort run: on the standard error, and in a terminal only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poem_kg.cohort.local import Progress


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows how far a run is; it does nothing outside a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[patients]} patients"),
        BarColumn(),
        TextColumn("{task.fields[rate]}/s"),
        TimeRemainingColumn(compact=True),
    )
    began = time.monotonic()
    first: list[int] = []
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, patients="0", rate="0")

        def show(progress: Progress) -> None:
            first.append(progress.patients) if not first else None
            here = progress.patients - first[0]
            rate = here / max(time.monotonic() - began, 1e-3)
            bar.update(
                task,
                total=progress.total or None,
                completed=progress.done,
                patients=f"{progress.patients:,}",
                rate=f"{rate:,.0f}",
            )

        yield show
