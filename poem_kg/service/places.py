"""The closed list of what is served: path to what stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from poem_kg.export.dataset import PREPARED, QUERIES
from poem_kg.export.description import CATALOG
from poem_kg.namespaces import (
    BASE,
    CRITERION,
    DATASET,
    POEMKG,
    QUERY,
    SHAPES,
    SOURCE,
    STATEMENT,
    WORDS,
)
from poem_kg.service.addresses import FORMS, Form, stem
from poem_kg.service.datasets import Datasets, Download
from poem_kg.service.holdings import File, Module

CATALOGUE_PATH: Final = CATALOG.removeprefix(BASE)
WELL_KNOWN: Final = ".well-known/void"
"""Where programs look for the description of the datasets (VoID, section 7.2)."""


@dataclass(frozen=True)
class Thing:
    """Something that is no document; `dataset` where the catalogue describes it."""

    iri: str
    dataset: bool = False


@dataclass(frozen=True)
class Catalogue:
    """The document that describes the datasets."""

    iri: str = CATALOG


@dataclass(frozen=True)
class Home:
    """The page that one begins at."""


@dataclass(frozen=True)
class Moved:
    """A path that stands for another one."""

    path: str
    status: int


Held = Thing | Module | File | Catalogue | Download | Home | Moved


@dataclass(frozen=True)
class Place:
    """What a path stands for.

    Attributes:
        path: the path without a suffix.
        held: what is there.
        form: the form that a suffix asks for, or None.
        versioned: whether the path names a version.
    """

    path: str
    held: Held
    form: Form | None = None
    versioned: bool = False

    @property
    def address(self) -> str:
        """The path with the suffix of the form."""
        return stem(self.path) + self.form.suffix if self.form else self.path


def places(
    things: Iterable[str], modules: Iterable[Module], files: Iterable[File], datasets: Datasets
) -> dict[str, Place]:
    """Return every place by its address.

    Args:
        things: the IRIs that something is said about; those that are not ours are left out.
        modules: the documents.
        files: what is served byte by byte.
        datasets: what can be fetched whole.
    """
    found: dict[str, Place] = {}
    for place in _all(things, tuple(modules), files, datasets):
        found[place.address] = place
    return found


def _all(
    things: Iterable[str], modules: tuple[Module, ...], files: Iterable[File], datasets: Datasets
) -> Iterator[Place]:
    """Yield each place; a later one takes the address of an earlier one."""
    documents = {module.iri for module in modules}
    for iri in things:
        if iri.startswith(BASE) and iri not in documents and "#" not in iri:
            yield from _forms_of(iri.removeprefix(BASE), Thing(iri))
    for module in modules:
        yield from _forms_of(module.iri.removeprefix(BASE), module)
        if module.version_iri:
            yield from _forms_of(module.version_iri.removeprefix(BASE), module, versioned=True)
    for file in files:
        yield Place(file.iri.removeprefix(BASE), file)
    for iri in datasets.described:
        yield from _forms_of(iri.removeprefix(BASE), Thing(iri, dataset=True))
    yield from _forms_of(CATALOGUE_PATH, Catalogue())
    for path, download in datasets.downloads.items():
        yield Place(path, download, versioned=True)
    yield Place(DATASET.removeprefix(BASE), Moved(CATALOGUE_PATH, 303))
    yield Place(WELL_KNOWN, Moved(CATALOGUE_PATH, 302))
    for space in (STATEMENT, SOURCE, CRITERION, SHAPES, WORDS):
        # Nothing is said about these names; the root leads to all that is under them.
        yield Place(space.removeprefix(BASE), Moved(POEMKG.removeprefix(BASE), 303))
    # The named graphs of the endpoint that are part of something else.
    yield Place(QUERIES.removeprefix(BASE), Moved(QUERY.removeprefix(BASE), 303))
    yield Place(PREPARED.removeprefix(BASE), Moved(f"{DATASET.removeprefix(BASE)}knowledge", 303))
    yield Place("", Home())


def _forms_of(path: str, held: Held, *, versioned: bool = False) -> Iterator[Place]:
    if path.endswith("/"):
        yield Place(stem(path), Moved(path, 308))
    yield Place(path, held, versioned=versioned)
    for form in FORMS:
        yield Place(path, held, form, versioned)
