"""What the generated pages are made from: the graph of the knowledge, its modules, its steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from poem_kg.catalogue import Query
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, POEMKG, PREFIXES
from poem_kg.resources import data_dir
from poem_kg.service.addresses import Addresses
from poem_kg.service.holdings import Module, homes, modules
from poem_kg.service.published import Published, publish
from poem_kg.service.showing import Shown
from poem_kg.service.tree import Tree
from poem_kg.service.triples import Graph

FOLDER: Final = "ontology"
"""The folder of the site in which the modules have their pages."""
_TERM: Final = re.compile(r"\b(poemkg|prov):(\w+)")
_TEMPLATE: Final = re.compile(r"CONSTRUCT\s*\{(.*?)\}\s*WHERE\b(.*)", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One step of the derivation.

    Attributes:
        query: its file.
        number: the first part of its name.
        makes: the IRIs of the terms that it writes, sorted.
        reads: the IRIs of the terms that it asks for, sorted.
    """

    query: Query
    number: int
    makes: tuple[str, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything that generated pages draw on, read once.

    Attributes:
        kb: the knowledge, which answers questions.
    """

    kb: KnowledgeBase = field(default_factory=KnowledgeBase.load)

    @cached_property
    def published(self) -> Published:
        """The knowledge as a dataset."""
        return publish(self.kb)

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """The modules of the ontology and its alignments, the root first; no shapes."""
        shapes = {path.read_bytes() for path in data_dir("shapes").glob("*.ttl")}
        return tuple(m for m in modules(self.published) if m.text not in shapes)

    @cached_property
    def graph(self) -> Graph:
        """What the modules say, without what is derived from it."""
        return Graph(triple for module in self.modules for triple in module.triples)

    @cached_property
    def tree(self) -> Tree:
        """The classes."""
        return Tree(self.graph)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """IRI to the module that describes it."""
        return homes(self.modules)

    @cached_property
    def shown(self) -> Shown:
        """Puts things into words, with links to the pages of the site."""
        return Shown(self.graph, Anchors(self.homes))

    @cached_property
    def files(self) -> Mapping[str, str]:
        """IRI of a module to its file, as a path from the folder of the ontology."""
        root = data_dir("ontology")
        texts = {path.read_bytes(): path for path in sorted(root.rglob("*.ttl"))}
        return {m.iri: texts[m.text].relative_to(root).as_posix() for m in self.modules}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that run for a patient, in their order."""
        return tuple(_step(query) for query in self.kb.knowledge.derive)


class Anchors(Addresses):
    """Where things are described in the site, seen from a page of `FOLDER`.

    Args:
        homes: IRI to the module that describes it.
    """

    def __init__(self, homes: Mapping[str, str]) -> None:
        super().__init__(None, ())
        self._homes = homes

    def of(self, iri: str) -> str | None:
        """Return the address; that of a term of others is its IRI."""
        if home := self._homes.get(iri):
            return f"{page_of(home)}.html#{anchor(iri)}"
        if iri.startswith(BASE):
            return f"{page_of(iri)}.html" if iri in set(self._homes.values()) else None
        return iri if iri.startswith(("https://", "http://")) else None


def page_of(module: str) -> str:
    """Return the name of the page of a module, without an ending."""
    return module.rstrip("/").rsplit("/", 1)[-1] if module != POEMKG else "poem-kg"


def anchor(iri: str) -> str:
    """Return what stands after the "#" for a thing: the end of its IRI."""
    local = iri.removeprefix(POEMKG).removeprefix(BASE)
    return re.sub(r"[^\w.-]", "-", local.rstrip("/"))


def source_file(name: str) -> Path:
    """Return a file of the checkout by its path from there."""
    return data_dir("ontology").parent / name


def _terms(text: str) -> tuple[str, ...]:
    found = {PREFIXES[prefix] + local for prefix, local in _TERM.findall(text)}
    return tuple(sorted(found))


def _step(query: Query) -> Step:
    parts = _TEMPLATE.search(query.text)
    made, read = parts.groups() if parts else ("", query.text)
    return Step(
        query=query,
        number=int(query.name.split("/", 1)[1][:3]),
        makes=_terms(made),
        reads=_terms(read),
    )
