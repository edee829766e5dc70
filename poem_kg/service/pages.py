"""Pages for people: what stands on them, put together from the graph; templates lay it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from poem_kg.namespaces import (
    DCTERMS,
    OWL,
    POEMKG,
    PREFIXES,
    RDF,
    SH,
    SKOS,
)
from poem_kg.service.addresses import TURTLE, Addresses, Form
from poem_kg.service.holdings import Module
from poem_kg.service.schema_org import markup
from poem_kg.service.showing import (
    COMMENT,
    DEFINITIONS,
    LOCATOR,
    OURS,
    SOURCE,
    Entry,
    Link,
    Row,
    Shown,
    Words,
)
from poem_kg.service.triples import LABELS, Graph

if TYPE_CHECKING:
    from jinja2 import Environment

MOST: Final = 150
"""How many things one list of a page shows; a page says when there are more."""
_TYPE: Final = RDF + "type"
_TEXTS: Final = frozenset(SH + name for name in ("ask", "construct", "select", "update"))
_ALSO_CALLED: Final = SKOS + "altLabel"
_STATEMENT: Final = POEMKG + "Statement"
_EVIDENCE: Final = POEMKG + "EvidenceSource"
_REASON: Final = POEMKG + "reason"
_CHECKED: Final = frozenset(
    POEMKG + name for name in ("cites", "review", "verificationNote", "verified")
)
_IN_SOURCE: Final = _CHECKED | {SOURCE, LOCATOR}
_NAVIGATION: Final = (
    ("Patient", "patient"),
    ("Knowledge", "browse"),
    ("Evidence", "evidence"),
    ("Query", "editor"),
)
"""What every page leads to: name and path."""
_PROGRAMS: Final = (
    ("Data", "dataset/catalog"),
    ("API", "openapi.json"),
    ("SPARQL endpoint", "sparql"),
    ("Queries", "queries"),
    ("Ontology", "ontology/"),
)
"""What every page leads to at its foot, for those who come for the data: name and path."""
_BELONGS: Final = {
    "answer.html": "editor",
    "browsing.html": "browse",
    "editor.html": "editor",
    "evidence.html": "evidence",
    "module.html": "browse",
    "patient.html": "patient",
    "queries.html": "editor",
    "sparql.html": "editor",
    "thing.html": "browse",
}
"""Template to the path in the navigation that its pages belong to."""
_PLACES: Final = (
    ("Ontology", "ontology/", "terms, criteria, sources and statements, document by document"),
    ("Queries", "queries", "the questions that can be asked, with their text and parameters"),
    ("Data", "dataset/catalog", "files to download, with versions, counts and checksums"),
    ("SPARQL", "sparql", "the endpoint for queries of your own, and what it says of itself"),
    ("API", "openapi.json", "the calls for patients and for queries by name, as OpenAPI"),
)
"""Where the page to begin at leads: name, path, what is there."""
_ELSEWHERE: Final = frozenset((_TYPE, _ALSO_CALLED, COMMENT, *LABELS, *DEFINITIONS, *_TEXTS))
"""What a page shows in a place of its own, not among the properties."""


Formats = Sequence[tuple[Form, str]]
"""Each form of a description, and its address."""


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: the source, the place in it, and how far that was verified."""

    link: Link
    locator: Words | None
    title: Words | None
    citation: Words | None
    doi: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Ours:
    """That a statement is our own decision: what that means, and the reason for it."""

    kind: Link
    says: Words | None
    reason: Words | None


@dataclass(frozen=True)
class Group:
    """Things that lead to the one of the page, by one property."""

    name: Link
    entries: tuple[Entry, ...]
    more: int


class Pages:
    """Makes the pages.

    Args:
        graph: what is known.
        addresses: where things are found.
        modules: the documents, the root of the ontology first.
        homes: IRI to the module that describes it.
        runs: IRI of a query to the name by which it is called.

    Attributes:
        graph: what is known.
        shown: puts it into the parts of a page.
        addresses: where things are found.
    """

    def __init__(
        self,
        graph: Graph,
        addresses: Addresses,
        modules: Sequence[Module],
        homes: Mapping[str, str],
        runs: Mapping[str, str],
    ) -> None:
        self.graph = graph
        self.shown = Shown(graph, addresses)
        self.addresses = addresses
        self._modules = modules
        self._homes = homes
        self._runs = runs
        self._root = modules[0].iri

    def thing(self, iri: str, formats: Formats) -> bytes:
        """Return the page about a thing.

        Args:
            iri: the thing.
            formats: each form in which it is described, and where.
        """
        home = self._homes.get(iri)
        source, ours = self._source(iri), self._ours(iri)
        shown = (
            _ELSEWHERE
            | (_IN_SOURCE if source else frozenset())
            | ({_REASON} if ours else frozenset())
        )
        return self._page(
            "thing.html",
            iri,
            formats,
            kinds=self.shown.kinds(iri),
            ours=ours,
            also_called=self.shown.all_words(iri, _ALSO_CALLED),
            source=source,
            texts=self._query_texts(iri),
            run=self._run(iri),
            rows=self.shown.rows(ox.NamedNode(iri), without=shown),
            fragments=tuple(map(self.shown.part, self.graph.fragments(iri))),
            said=self._incoming(iri, statements=True),
            used=self._incoming(iri, statements=False),
            turtle=dict(formats)[TURTLE],
            home=self.shown.link(home) if home else None,
            markup=markup(self.graph, iri, licence=self._site["licence"]),
        )

    def module(self, module: Module, formats: Formats) -> bytes:
        """Return the page about a document: the terms it describes, or its modules."""
        parts = [m.iri for m in self._modules[1:]] if module.iri == self._root else []
        return self._page(
            "module.html",
            module.iri,
            formats,
            rows=self.shown.rows(ox.NamedNode(module.iri), without=_ELSEWHERE),
            modules=tuple(map(self.shown.entry, parts)),
            terms=tuple(map(self.shown.entry, module.described)),
        )

    def home(self) -> bytes:
        """Return the page to begin at: what this is, where the rest is, what it rests on."""
        at = self.addresses.at
        sources = sorted(
            (
                self.shown.entry(iri)
                for iri in self.graph.subjects()
                if _EVIDENCE in self.graph.kinds(iri)
            ),
            key=lambda entry: entry.link.text.casefold(),
        )
        return self._page(
            "home.html",
            self._root,
            (),
            places=tuple((name, at(path), note) for name, path, note in _PLACES),
            sources=tuple(sources),
        )

    def render(self, template: str, *, title: str, **content: Any) -> bytes:
        """Return a page that is about no thing of the graph.

        Args:
            template: the name of its template.
            title: its title, in words.
            content: what the template lays out.
        """
        text = self._environment.get_template(template).render(
            title=title, site=self._site, here=_BELONGS.get(template), **content
        )
        return text.encode()

    def term(self, term: object) -> Link | Words | None:
        """Return how a term of an answer stands on a page; None for one that is not bound."""
        if isinstance(term, ox.NamedNode):
            return self.shown.link(term.value)
        if isinstance(term, ox.Literal):
            return self.shown.words(term)
        return Words(str(term)) if term is not None else None

    def _page(self, template: str, iri: str, formats: Formats, **content: Any) -> bytes:
        return self.render(
            template,
            title=self.graph.label(iri),
            iri=iri,
            says=self.shown.says(iri),
            formats=tuple((form.name, href, form.media_type) for form, href in formats),
            **content,
        )

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.tests["a_link"] = lambda value: isinstance(value, Link)
        environment.tests["words"] = lambda value: isinstance(value, Words)
        for name in environment.list_templates():
            environment.get_template(name)  # compiled before the first page of each kind
        return environment

    @cached_property
    def _site(self) -> dict[str, Any]:
        """What every page says: the ontology, its version, its warning, where else to go."""
        warning = self.graph.text(self._root, SKOS + "scopeNote")
        licences = self.graph.iris(self._root, DCTERMS + "license")
        version = self.graph.text(self._root, OWL + "versionInfo")
        at = self.addresses.at
        return {
            "home": at(""),
            "warning": self.shown.words(warning) if warning else None,
            "version": version.value if version else "",
            "licence": licences[0] if licences else None,
            "nav": tuple((name, path, at(path)) for name, path in _NAVIGATION),
            "programs": tuple((name, at(path)) for name, path in _PROGRAMS),
            "static": at("static/"),
        }

    def _source(self, iri: str) -> Source | None:
        sources = self.graph.iris(iri, SOURCE)
        if not sources:
            return None
        doi = self.graph.text(sources[0], PREFIXES["bibo"] + "doi")
        return Source(
            link=self.shown.link(sources[0]),
            locator=self.shown.first(iri, LOCATOR),
            title=self.shown.first(sources[0], DCTERMS + "title"),
            citation=self.shown.first(sources[0], DCTERMS + "bibliographicCitation"),
            doi=doi.value if doi else None,
            rows=self.shown.rows(ox.NamedNode(iri), only=_CHECKED),
        )

    def _ours(self, iri: str) -> Ours | None:
        if OURS not in self.graph.kinds(iri):
            return None
        return Ours(self.shown.name(OURS), self.shown.says(OURS), self.shown.first(iri, _REASON))

    def _query_texts(self, iri: str) -> tuple[str, ...]:
        return tuple(
            t.object.value
            for t in self.graph.about(ox.NamedNode(iri))
            if t.predicate.value in _TEXTS and isinstance(t.object, ox.Literal)
        )

    def _run(self, iri: str) -> str | None:
        """Where a query of the catalogue can be run."""
        name = self._runs.get(iri)
        return self.addresses.at(f"queries/{name}") if name else None

    def _incoming(self, iri: str, *, statements: bool) -> tuple[Group, ...]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for triple in self.graph.named_toward(ox.NamedNode(iri)):
            subject = triple.subject
            assert isinstance(subject, ox.NamedNode)
            if (_STATEMENT in self.graph.kinds(subject.value)) == statements:
                found[triple.predicate.value][subject.value] = None
        groups = []
        for predicate, subjects in found.items():
            entries = sorted(
                map(self.shown.entry, list(subjects)[:MOST]),
                key=lambda entry: (entry.ours, entry.link.text.casefold(), entry.link.iri),
            )
            more = max(0, len(subjects) - MOST)
            groups.append(Group(self.shown.name(predicate), tuple(entries), more))
        return tuple(sorted(groups, key=lambda group: group.name.text))
