"""Pages for people: what stands on them, put together from the graph; templates lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from poem_kg.namespaces import (
    DCTERMS,
    OWL,
    SKOS,
)
from poem_kg.service.addresses import TURTLE, Addresses, Form
from poem_kg.service.holdings import Module
from poem_kg.service.home import home
from poem_kg.service.schema_org import markup
from poem_kg.service.showing import Link, Shown, Words
from poem_kg.service.things import ELSEWHERE, Things
from poem_kg.service.tree import Tree
from poem_kg.service.triples import Graph

if TYPE_CHECKING:
    from jinja2 import Environment

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
    ("Documentation", "docs/"),
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
    "statement.html": "browse",
    "source.html": "browse",
    "criterion.html": "browse",
    "query.html": "browse",
    "term.html": "browse",
}
"""Template to the path in the navigation that its pages belong to."""
Formats = Sequence[tuple[Form, str]]
"""Each form of a description, and its address."""


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
        runs: IRI of a query to the name by which it is called.
        tree: the classes.
        things: puts together what stands on the page of one thing.
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
        self._root = modules[0].iri
        self.runs = runs
        self.tree = Tree(graph)
        self.things = Things(graph, self.shown, addresses, self.tree, runs)

    def thing(self, iri: str, formats: Formats) -> bytes:
        """Return the page about a thing.

        Args:
            iri: the thing.
            formats: each form in which it is described, and where.
        """
        home = self._homes.get(iri)
        template, content = self.things.page(iri)
        return self._page(
            template,
            iri,
            formats,
            turtle=dict(formats)[TURTLE],
            home=self.shown.link(home) if home else None,
            markup=markup(self.graph, iri, licence=self._site["licence"]),
            **content,
        )

    def module(self, module: Module, formats: Formats) -> bytes:
        """Return the page about a document: the terms it describes, or its modules."""
        parts = [m.iri for m in self._modules[1:]] if module.iri == self._root else []
        return self._page(
            "module.html",
            module.iri,
            formats,
            rows=self.shown.rows(ox.NamedNode(module.iri), without=ELSEWHERE),
            modules=tuple(map(self.shown.entry, parts)),
            terms=tuple(map(self.shown.entry, module.described)),
        )

    def home(self) -> bytes:
        """Return the page to begin at."""
        at = self.addresses.at
        return self._page(
            "home.html",
            self._root,
            (),
            doors={path: at(path) for _, path in _NAVIGATION},
            at={path: at(path) for _, path in _PROGRAMS},
            **home(self.graph, self.shown),
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
        environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
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
