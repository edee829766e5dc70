"""Builds the site into a folder: whole, or not at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError, KnowledgeError, ToolMissing
from poem_kg.handbook.contents import source_file

CONFIG: Final = Path(__file__).with_name("mkdocs.yml")
STAMP: Final = "built-by-poem-kg"
"""A file in every site that was built; a folder without it is not replaced."""


def build(folder: Path) -> int:
    """Build the site and return how many files it has.

    The folder is written beside its place and moved there when all of it is done. Nothing is
    fetched.

    Args:
        folder: where the site is to lie; one that was built before is replaced. Where it is a
            link, that is what it leads to.

    Raises:
        ToolMissing: mkdocs is not installed.
        KnowledgeError: this is no checkout, the folder holds something else, or a page has a link
            that leads nowhere.
        InputError: the folder cannot be written there.
    """
    if not source_file("docs/index.md").is_file():
        raise KnowledgeError("docs/ is not here; build the documentation in a checkout")
    place = Path(os.path.realpath(folder))
    fresh = place.with_name(f"{place.name or 'site'}.new-{os.getpid()}")
    try:
        with _telling(folder):
            if place.exists() and not _is_ours(place):
                why = "holds something else" if place.is_dir() else "is no folder"
                raise KnowledgeError(f"{folder}: {why}; name a new or an empty folder")
            fresh.mkdir(parents=True)
        _build(fresh)
        with _telling(folder):
            (fresh / STAMP).write_text("", encoding="utf-8")
            count = sum(path.is_file() for path in fresh.rglob("*"))
            _replace(place, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return count


def _is_ours(place: Path) -> bool:
    """Whether what is there may be replaced: an empty folder, or a site that was built before."""
    return place.is_dir() and (not any(place.iterdir()) or (place / STAMP).is_file())


def _replace(place: Path, fresh: Path) -> None:
    """Move a folder into its place; what was there goes last, or comes back."""
    aside = place.with_name(f"{place.name}.old-{os.getpid()}")
    if not place.exists():
        fresh.rename(place)
        return
    place.rename(aside)
    try:
        fresh.rename(place)
    except BaseException:
        aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Tell in one line why a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be written ({error.strerror})", "choose another place"
        ) from None


def _build(folder: Path) -> None:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # the theme's notice of its successor
    try:
        from mkdocs.commands.build import build as run
        from mkdocs.config import load_config
        from mkdocs.exceptions import MkDocsException
    except ImportError:
        raise ToolMissing(
            "mkdocs is not installed; run make docs, or pip install 'poem-kg[docs]'"
        ) from None
    told: list[str] = []
    listening = _Listening(told)
    log = logging.getLogger("mkdocs")
    log.addHandler(listening)
    try:
        config = load_config(str(CONFIG), site_dir=str(folder.resolve()), strict=True)
        run(config)
    except (MkDocsException, SystemExit) as error:
        why = told[0] if told else str(error)
        raise KnowledgeError(f"docs: {' '.join(why.split())}; mend the page") from None
    finally:
        log.removeHandler(listening)


class _Listening(logging.Handler):
    """Keeps what mkdocs warns of."""

    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())
